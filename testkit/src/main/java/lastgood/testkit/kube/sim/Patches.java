package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// RFC 7396 and RFC 6902.
final class Patches {

    private Patches() {}

    static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode wanted)) {
            return patch.deepCopy();
        }
        var merged = target instanceof ObjectNode object ? object.deepCopy() : Json.object();
        wanted.properties().forEach(p -> {
            if (p.getValue().isNull()) {
                merged.remove(p.getKey());
            } else {
                merged.set(p.getKey(), merge(merged.path(p.getKey()), p.getValue()));
            }
        });
        return merged;
    }

    static JsonNode json(JsonNode target, JsonNode operations) {
        if (!operations.isArray()) {
            throw ApiFailure.badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        }
        var patched = target.deepCopy();
        for (var operation : operations) {
            patched = applied(patched, operation);
        }
        return patched;
    }

    private static JsonNode applied(JsonNode document, JsonNode operation) {
        var path = new Pointer(Json.text(operation, "path"));
        var from = new Pointer(Json.text(operation, "from"));
        return switch (Json.text(operation, "op")) {
            case "add" -> path.add(document, operation.path("value").deepCopy());
            case "remove" -> path.remove(document);
            case "replace" -> path.replace(document, operation.path("value").deepCopy());
            case "move" -> path.add(from.remove(document), from.get(document).deepCopy());
            case "copy" -> path.add(document, from.get(document).deepCopy());
            case "test" -> path.test(document, operation.path("value"));
            default -> throw ApiFailure.unprocessable();
        };
    }

    /// A place in a document, which is changed in place.
    private record Pointer(String path) {

        private String[] steps() {
            return path.substring(1).split("/", -1);
        }

        private static String unescaped(String step) {
            return step.replace("~1", "/").replace("~0", "~");
        }

        private String last() {
            var steps = steps();
            return unescaped(steps[steps.length - 1]);
        }

        private JsonNode parent(JsonNode document) {
            if (!path.startsWith("/")) {
                throw ApiFailure.unprocessable();
            }
            var steps = steps();
            var here = document;
            for (var i = 0; i < steps.length - 1; i++) {
                here = step(here, unescaped(steps[i]));
            }
            return here;
        }

        private static JsonNode step(JsonNode here, String name) {
            var next = here.isArray() ? here.path(index(name, here.size() - 1)) : here.path(name);
            if (next.isMissingNode()) {
                throw ApiFailure.unprocessable();
            }
            return next;
        }

        private static int index(String name, int max) {
            if (!name.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(name) > max) {
                throw ApiFailure.unprocessable();
            }
            return Integer.parseInt(name);
        }

        JsonNode get(JsonNode document) {
            return step(parent(document), last());
        }

        JsonNode add(JsonNode document, JsonNode value) {
            switch (parent(document)) {
                case ObjectNode object -> object.set(last(), value);
                case com.fasterxml.jackson.databind.node.ArrayNode list -> {
                    if (last().equals("-")) {
                        list.add(value);
                    } else {
                        list.insert(index(last(), list.size()), value);
                    }
                }
                default -> throw ApiFailure.unprocessable();
            }
            return document;
        }

        JsonNode remove(JsonNode document) {
            get(document);
            switch (parent(document)) {
                case ObjectNode object -> object.remove(last());
                case com.fasterxml.jackson.databind.node.ArrayNode list -> list.remove(index(last(), list.size() - 1));
                default -> throw ApiFailure.unprocessable();
            }
            return document;
        }

        JsonNode replace(JsonNode document, JsonNode value) {
            get(document);
            switch (parent(document)) {
                case ObjectNode object -> object.set(last(), value);
                case com.fasterxml.jackson.databind.node.ArrayNode list ->
                    list.set(index(last(), list.size() - 1), value);
                default -> throw ApiFailure.unprocessable();
            }
            return document;
        }

        /// The library of the real server takes a missing member for equal to null.
        JsonNode test(JsonNode document, JsonNode value) {
            var there = parent(document).isObject() ? parent(document).path(last()) : get(document);
            var both = there.isMissingNode() && value.isNull();
            if (!both && !Json.same(there, value)) {
                throw ApiFailure.unprocessable();
            }
            return document;
        }
    }
}
