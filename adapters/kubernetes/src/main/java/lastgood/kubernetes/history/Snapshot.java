package lastgood.kubernetes.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Parts;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.Version;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Templates;

/// All that a release is made of: pod templates, contents of ConfigMaps, and of Secrets what is needed to tell that
/// they
/// have changed and no more.
///
/// It is kept as a tree, `spec` of a `Release` object or a file, and checked against its digests whenever it is read:
/// what is no longer the same is as good as gone.
///
/// @param tree `workloads.<name>.{kind,digest,version,selector,template}`, `config.<name>.{digest,data,binaryData}`,
///     `secrets.<name>`
public record Snapshot(ObjectNode tree) {

    static Snapshot empty() {
        var tree = Api.JSON.createObjectNode();
        tree.putObject("workloads");
        tree.putObject("config");
        tree.putObject("secrets");
        return new Snapshot(tree);
    }

    void workload(String name, String kind, Revision revision, Templates.Found found) {
        var entry = tree.withObject("/workloads").putObject(name);
        entry.put("kind", kind)
                .put("digest", revision.digest().text())
                .put("version", revision.version().text());
        var selector = entry.putArray("selector");
        found.place().selector().forEach(selector::add);
        found.place().maintenance().ifPresent(m -> entry.put("maintenance", m));
        entry.set("template", found.template().raw());
    }

    void config(String name, JsonNode configMap) {
        var entry = tree.withObject("/config").putObject(name);
        entry.put("digest", content(configMap).text());
        for (var key : java.util.List.of("data", "binaryData")) {
            if (configMap.path(key).isObject()) {
                entry.set(key, configMap.path(key));
            }
        }
    }

    void secret(String name, String fingerprint) {
        tree.withObject("/secrets").put(name, fingerprint);
    }

    void describe(Release release) {
        tree.put("number", release.number())
                .put("version", release.version().text())
                .put("digest", release.revision().digest().text())
                .put("at", release.at().toString())
                .put("by", release.by().name());
        var migrations = tree.putArray("migrations");
        release.migrations().forEach(migrations::add);
    }

    public int number() {
        return tree.path("number").asInt(0);
    }

    /// The identity of what a ConfigMap holds.
    public static Digest content(JsonNode configMap) {
        var content = Api.JSON.createObjectNode();
        for (var key : java.util.List.of("data", "binaryData")) {
            if (configMap.path(key).isObject() && !configMap.path(key).isEmpty()) {
                content.set(key, configMap.path(key));
            }
        }
        return Trees.digest(content);
    }

    /// The pod template of that revision, if it is among its workloads and is still what it was.
    Optional<Templates.Found> template(Digest revision) {
        return Trees.items(tree.path("workloads"))
                .filter(w -> w.path("digest").asText().equals(revision.text()))
                .map(Snapshot::found)
                .filter(f -> f.template().digest().equals(revision))
                .findFirst();
    }

    private static Templates.Found found(JsonNode workload) {
        Set<String> selector = new LinkedHashSet<>();
        workload.path("selector").forEach(l -> selector.add(l.asText()));
        var place = new Template.Place(
                selector, Optional.of(workload.path("maintenance").asText("")).filter(m -> !m.isEmpty()));
        return new Templates.Found(Template.of(workload.path("template"), place), place);
    }

    /// What that ConfigMap held, if this is the content that is asked for.
    Optional<JsonNode> config(String name, Digest content) {
        return Optional.of(tree.path("config").path(name))
                .filter(c -> c.isObject() && content(c).equals(content));
    }

    /// The identities of all of it.
    Parts parts(String main) {
        SortedMap<String, Revision> others = new TreeMap<>();
        tree.path("workloads").properties().stream()
                .filter(e -> !e.getKey().equals(main))
                .forEach(e -> others.put(e.getKey(), revision(e.getValue())));
        SortedMap<String, Digest> config = new TreeMap<>();
        tree.path("config")
                .properties()
                .forEach(e -> config.put(
                        e.getKey(), new Digest(e.getValue().path("digest").asText())));
        return new Parts(revision(tree.path("workloads").path(main)), others, config);
    }

    private static Revision revision(JsonNode workload) {
        return new Revision(
                new Digest(workload.path("digest").asText()),
                new Version(workload.path("version").asText()));
    }
}
