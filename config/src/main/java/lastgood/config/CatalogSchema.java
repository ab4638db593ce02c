package lastgood.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The JSON Schema (draft 2020-12) of `lastgood.yaml`: what is validated against, what editors complete from, and
/// the one place where a key is described.
public final class CatalogSchema {

    static final String RESOURCE = "catalog.schema.json";

    private CatalogSchema() {}

    /// The schema as it is shipped.
    public static String text() {
        return resource(RESOURCE);
    }

    /// What the key is for, as in `services.web.local.listen`; empty if there is no such key, or nothing is said.
    public static Optional<String> explain(String key) {
        var root = json();
        var at = root;
        for (var step : key.split("\\.", 64)) {
            at = below(root, at, step);
        }
        return Optional.ofNullable(at.get("description")).map(JsonNode::asText);
    }

    /// The keys that may stand directly below `key`; empty where any may, or none.
    public static Set<String> keysBelow(String key) {
        var root = json();
        var at = root;
        for (var step : key.isEmpty() ? new String[0] : key.split("\\.", 64)) {
            at = below(root, at, step);
        }
        return keys(resolve(root, at));
    }

    static JsonNode json() {
        try {
            return new JsonMapper().readTree(text());
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("our own schema is not JSON", broken);
        }
    }

    /// Follows `$ref`; ours all lead to `$defs` of the same file.
    static JsonNode resolve(JsonNode root, JsonNode node) {
        var at = node;
        while (at.has("$ref")) {
            at = root.at(at.get("$ref").asText().substring(1));
        }
        return at;
    }

    static Set<String> keys(JsonNode schema) {
        var names = new TreeSet<String>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    static String resource(String name) {
        try (var in = CatalogSchema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing from our own jar: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JsonNode below(JsonNode root, JsonNode node, String step) {
        var schema = resolve(root, node);
        var named = schema.path("properties").path(step);
        return named.isMissingNode() ? schema.path("additionalProperties") : described(root, named);
    }

    /// A description beside the `$ref` is nearer to the key than the one behind it.
    private static JsonNode described(JsonNode root, JsonNode node) {
        if (!node.has("$ref") || !node.has("description")) {
            return node.has("$ref") ? resolve(root, node) : node;
        }
        ObjectNode copy = resolve(root, node).deepCopy();
        return copy.put("description", node.get("description").asText());
    }
}
