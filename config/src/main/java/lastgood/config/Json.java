package lastgood.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/// A [Tree] in the shape the schema validator reads.
final class Json {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Json() {}

    static JsonNode of(Tree tree) {
        return switch (tree) {
            case Tree.Mapping(var origin, var entries) -> {
                var object = JSON.objectNode();
                entries.forEach((key, entry) -> object.set(key, of(entry.value())));
                yield object;
            }
            case Tree.Sequence(var origin, var items) -> {
                var array = JSON.arrayNode();
                items.forEach(item -> array.add(of(item)));
                yield array;
            }
            case Tree.Scalar(var origin, var kind, var text) ->
                switch (kind) {
                    case TEXT -> JSON.textNode(text);
                    case INTEGER -> JSON.numberNode(Long.parseLong(text));
                    case DECIMAL -> JSON.numberNode(Double.parseDouble(text));
                    case BOOLEAN -> JSON.booleanNode(Boolean.parseBoolean(text));
                };
            case Tree.Empty empty -> JSON.nullNode();
        };
    }
}
