package lastgood.kubernetes.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import org.jspecify.annotations.Nullable;

/// The objects in which lastgood keeps its records, as `metadata`, `spec` and `status`. Both ways keep one promise: a
/// create fails if the name is taken, and a replace fails if the object has changed since it was read.
public sealed interface Cabinet {

    /// One record; empty if there is none.
    Optional<JsonNode> find(Kind kind, String namespace, String name);

    /// Those of a service; of all services if it is empty.
    List<JsonNode> list(Kind kind, String namespace, String service);

    /// @param object with its name and labels; what it has of `status` may not be kept by this
    Answer create(Kind kind, String namespace, JsonNode object);

    /// Writes `spec`; of a run, `status`.
    Answer replace(Kind kind, String namespace, JsonNode object);

    /// Removes the very object that was read.
    Answer delete(Kind kind, String namespace, JsonNode object);

    /// A new record, with its label.
    ObjectNode blank(Kind kind, String namespace, String name, String service);

    /// Where this is, for people.
    String words();

    /// What is there: our own kinds if they are installed, else ConfigMaps. Asks at the first use, once: a run has one
    /// home, also if somebody installs our kinds while it goes on.
    static Cabinet of(Api api) {
        return new Found(api);
    }

    /// See [#of].
    final class Found implements Cabinet {

        private final Api api;
        private volatile @Nullable Cabinet found;

        private Found(Api api) {
            this.api = api;
        }

        private Cabinet found() {
            var known = found;
            if (known == null) {
                known = api.served(Records.ROLLBACK).isPresent() ? new OurKinds(api) : new InConfigMaps(api);
                found = known;
            }
            return known;
        }

        @Override
        public Optional<JsonNode> find(Kind kind, String namespace, String name) {
            return found().find(kind, namespace, name);
        }

        @Override
        public List<JsonNode> list(Kind kind, String namespace, String service) {
            return found().list(kind, namespace, service);
        }

        @Override
        public Answer create(Kind kind, String namespace, JsonNode object) {
            return found().create(kind, namespace, object);
        }

        @Override
        public Answer replace(Kind kind, String namespace, JsonNode object) {
            return found().replace(kind, namespace, object);
        }

        @Override
        public Answer delete(Kind kind, String namespace, JsonNode object) {
            return found().delete(kind, namespace, object);
        }

        @Override
        public ObjectNode blank(Kind kind, String namespace, String name, String service) {
            return found().blank(kind, namespace, name, service);
        }

        @Override
        public String words() {
            return found().words();
        }
    }

    private static String byService(String service) {
        return service.isEmpty() ? "" : Records.SERVICE_LABEL + "=" + service;
    }

    /// Objects of our own kinds: `kubectl get rollbacks` shows them, and a Role can tell them from everything else.
    record OurKinds(Api api) implements Cabinet {
        @Override
        public Optional<JsonNode> find(Kind kind, String namespace, String name) {
            return api.find(kind, namespace, name);
        }

        @Override
        public List<JsonNode> list(Kind kind, String namespace, String service) {
            return api.list(kind, namespace, byService(service));
        }

        @Override
        public Answer create(Kind kind, String namespace, JsonNode object) {
            return api.create(kind, namespace, object);
        }

        @Override
        public Answer replace(Kind kind, String namespace, JsonNode object) {
            return kind.equals(Records.ROLLBACK)
                    ? api.replaceStatus(kind, namespace, object)
                    : api.replace(kind, namespace, object);
        }

        @Override
        public Answer delete(Kind kind, String namespace, JsonNode object) {
            return api.delete(kind, namespace, Trees.name(object), object);
        }

        @Override
        public ObjectNode blank(Kind kind, String namespace, String name, String service) {
            var object = api.object(kind, namespace, name);
            object.withObject("/metadata/labels").put(Records.SERVICE_LABEL, service);
            return object;
        }

        @Override
        public String words() {
            return "in the cluster, as %s/%s objects".formatted(Records.GROUP, Records.VERSION);
        }
    }

    /// ConfigMaps of the namespace, where nobody has installed our kinds: at three in the morning nobody will, and a
    /// run that was begun on one laptop can be carried on from another all the same.
    record InConfigMaps(Api api) implements Cabinet {

        private static final String KIND_LABEL = "lastgood.dev/record";

        private static String prefix(Kind kind) {
            return "lastgood-%s-".formatted(word(kind));
        }

        private static String word(Kind kind) {
            return kind.kind().toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public Optional<JsonNode> find(Kind kind, String namespace, String name) {
            return api.find(Kind.CONFIG_MAP, namespace, prefix(kind) + name).map(m -> record(kind, m));
        }

        @Override
        public List<JsonNode> list(Kind kind, String namespace, String service) {
            var labels = KIND_LABEL + "=" + word(kind) + (service.isEmpty() ? "" : "," + byService(service));
            return api.list(Kind.CONFIG_MAP, namespace, labels).stream()
                    .<JsonNode>map(m -> record(kind, m))
                    .toList();
        }

        private static ObjectNode record(Kind kind, JsonNode map) {
            var record = Api.JSON.createObjectNode();
            var meta = (ObjectNode) map.path("metadata").deepCopy();
            meta.put("name", Trees.name(map).substring(prefix(kind).length()));
            record.set("metadata", meta);
            for (var part : List.of("spec", "status")) {
                if (map.path("data").has(part)) {
                    record.set(part, parsed(map, part));
                }
            }
            return record;
        }

        private static JsonNode parsed(JsonNode map, String part) {
            try {
                return Api.JSON.readTree(map.path("data").path(part).asText());
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new lastgood.engine.port.Forbidden(
                        "ConfigMap %s cannot be understood: %s; nothing was changed\nhint: it is lastgood's; somebody edited it"
                                .formatted(Trees.name(map), e.getOriginalMessage()));
            }
        }

        private ObjectNode map(Kind kind, String namespace, JsonNode record) {
            var map = api.object(Kind.CONFIG_MAP, namespace, prefix(kind) + Trees.name(record));
            var meta = map.withObject("/metadata");
            for (var key : List.of("labels", "uid", "resourceVersion")) {
                if (record.path("metadata").has(key)) {
                    meta.set(key, record.path("metadata").path(key));
                }
            }
            var data = map.putObject("data");
            for (var part : List.of("spec", "status")) {
                if (record.has(part)) {
                    data.put(part, record.path(part).toString());
                }
            }
            return map;
        }

        private static Answer recordOf(Kind kind, Answer answer) {
            return answer instanceof Answer.Ok(var object) ? new Answer.Ok(record(kind, object)) : answer;
        }

        @Override
        public Answer create(Kind kind, String namespace, JsonNode object) {
            return recordOf(kind, api.create(Kind.CONFIG_MAP, namespace, map(kind, namespace, object)));
        }

        @Override
        public Answer replace(Kind kind, String namespace, JsonNode object) {
            return recordOf(kind, api.replace(Kind.CONFIG_MAP, namespace, map(kind, namespace, object)));
        }

        @Override
        public Answer delete(Kind kind, String namespace, JsonNode object) {
            return api.delete(Kind.CONFIG_MAP, namespace, prefix(kind) + Trees.name(object), object);
        }

        @Override
        public ObjectNode blank(Kind kind, String namespace, String name, String service) {
            var object = Api.JSON.createObjectNode();
            object.putObject("metadata").put("name", name);
            object.withObject("/metadata/labels").setAll((ObjectNode)
                    Api.JSON.valueToTree(Map.of(Records.SERVICE_LABEL, service, KIND_LABEL, word(kind))));
            return object;
        }

        @Override
        public String words() {
            return "in the cluster, as ConfigMaps; `lastgood cluster install` gives them kinds of their own";
        }
    }
}
