package lastgood.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;

/// A pod template, seen as a revision: what it *is*, without what belongs to the place where it stands.
///
/// Two workloads of one service (blue and green, stable and canary) run the same revision under different selector
/// labels, a controller adds hashes of its own, and a maintenance switch in the environment is no release. None of
/// that is part of the identity, and none of it is taken along when a template is put back.
///
/// @param raw as it was found; what is put back is this, so that a controller recognises its own
/// @param content what identifies it
public record Template(ObjectNode raw, ObjectNode content) {

    private static final Set<String> CONTROLLERS_LABELS =
            Set.of("pod-template-hash", "controller-revision-hash", "pod-template-generation");

    /// Added by `kubectl rollout restart` and by our own: it makes pods anew and is no other release.
    public static final String RESTARTED = "kubectl.kubernetes.io/restartedAt";

    /// Our own restart: whose it was.
    public static final String RESTARTED_BY = "lastgood.dev/restarted-by";

    /// What of a live template belongs to its place.
    ///
    /// @param selector labels by which the workload finds its pods
    /// @param maintenance name of the environment variable that switches maintenance on, if there is one
    public record Place(Set<String> selector, Optional<String> maintenance) {

        public static Place of(JsonNode workload, Optional<String> maintenance) {
            return new Place(
                    Trees.texts(workload.path("spec").path("selector").path("matchLabels"))
                            .keySet(),
                    maintenance);
        }
    }

    public static Template of(JsonNode template, Place place) {
        var content = (ObjectNode) template.deepCopy();
        var meta = content.path("metadata").isObject()
                ? (ObjectNode) content.path("metadata")
                : content.putObject("metadata");
        meta.remove(List.of("creationTimestamp", "name", "namespace"));
        if (meta.path("labels") instanceof ObjectNode labels) {
            labels.remove(CONTROLLERS_LABELS);
            labels.remove(place.selector());
        }
        if (meta.path("annotations") instanceof ObjectNode annotations) {
            annotations.remove(RESTARTED);
            annotations.properties().removeIf(e -> e.getKey().startsWith("lastgood.dev/"));
        }
        Trees.dropIfEmpty(meta, List.of("labels", "annotations"));
        Trees.dropIfEmpty(content, List.of("metadata"));
        place.maintenance().ifPresent(name -> containers(content).forEach(c -> without(c, name)));
        return new Template((ObjectNode) template.deepCopy(), content);
    }

    public Digest digest() {
        return Trees.digest(content);
    }

    /// This revision in the place of another: with that place's selector labels and its maintenance switch as it is
    /// now.
    public ObjectNode in(JsonNode workload, JsonNode current, Place from, Place place) {
        var result = raw.deepCopy();
        var meta = result.path("metadata").isObject()
                ? (ObjectNode) result.path("metadata")
                : result.putObject("metadata");
        var labels = meta.path("labels").isObject() ? (ObjectNode) meta.path("labels") : meta.putObject("labels");
        labels.remove(CONTROLLERS_LABELS);
        labels.remove(from.selector());
        Trees.texts(workload.path("spec").path("selector").path("matchLabels")).forEach(labels::put);
        place.maintenance()
                .ifPresent(name -> environment(current, name)
                        .ifPresent(value -> containers(result).forEach(c -> with(c, name, value))));
        return result;
    }

    // ---- containers

    /// All of them: a sidecar or an init container of the bad release is the bad release.
    public static List<ObjectNode> containers(JsonNode template) {
        var all = new ArrayList<ObjectNode>();
        for (var list : List.of("initContainers", "containers")) {
            for (var container : template.path("spec").path(list)) {
                if (container instanceof ObjectNode object) {
                    all.add(object);
                }
            }
        }
        return all;
    }

    /// Images by container name.
    public SortedMap<String, String> images() {
        var images = new TreeMap<String, String>();
        containers(content)
                .forEach(
                        c -> images.put(c.path("name").asText(), c.path("image").asText()));
        return images;
    }

    /// The container that the version is read from: the one named, else the one named like the workload, else the
    /// first.
    public Optional<JsonNode> container(String... names) {
        var all = content.path("spec").path("containers");
        for (var name : names) {
            var found = Trees.items(all)
                    .filter(c -> c.path("name").asText().equals(name))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
        }
        return Trees.items(all).findFirst();
    }

    /// The same template with another image in that container.
    public Template withImage(String container, String image) {
        return new Template(withImage(raw, container, image), withImage(content, container, image));
    }

    private static ObjectNode withImage(ObjectNode template, String container, String image) {
        var copy = template.deepCopy();
        for (var c : containers(copy)) {
            if (c.path("name").asText().equals(container)) {
                c.put("image", image);
            }
        }
        return copy;
    }

    /// Names of ConfigMaps that pods of it read.
    public Set<String> configMaps() {
        return references("configMap", "configMapRef", "configMapKeyRef");
    }

    public Set<String> secrets() {
        return references("secret", "secretRef", "secretKeyRef");
    }

    private Set<String> references(String volume, String from, String key) {
        var names = new LinkedHashSet<String>();
        for (var v : content.path("spec").path("volumes")) {
            add(names, v.path(volume).path(volume.equals("secret") ? "secretName" : "name"));
            for (var source : v.path("projected").path("sources")) {
                add(names, source.path(volume).path("name"));
            }
        }
        for (var container : containers(content)) {
            container.path("envFrom").forEach(e -> add(names, e.path(from).path("name")));
            container
                    .path("env")
                    .forEach(e -> add(names, e.path("valueFrom").path(key).path("name")));
        }
        return names;
    }

    private static void add(Set<String> names, JsonNode name) {
        if (name.isTextual()) {
            names.add(name.asText());
        }
    }

    // ---- environment

    public static Optional<String> environment(JsonNode template, String name) {
        return containers(template).stream()
                .flatMap(c -> Trees.items(c.path("env")))
                .filter(e -> e.path("name").asText().equals(name))
                .map(e -> e.path("value").asText(""))
                .findFirst();
    }

    private static void without(ObjectNode container, String name) {
        if (container.path("env") instanceof ArrayNode env) {
            for (var i = env.size() - 1; i >= 0; i--) {
                if (env.get(i).path("name").asText().equals(name)) {
                    env.remove(i);
                }
            }
            Trees.dropIfEmpty(container, List.of("env"));
        }
    }

    /// Sets it in the container, whether it is there or not.
    public static void with(ObjectNode container, String name, String value) {
        without(container, name);
        var env = container.path("env") instanceof ArrayNode there ? there : container.putArray("env");
        env.addObject().put("name", name).put("value", value);
    }
}
