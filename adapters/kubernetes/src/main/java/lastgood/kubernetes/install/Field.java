package lastgood.kubernetes.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lastgood.kubernetes.api.Api;

/// What a field of our kinds may hold, and the structural schema that says so to the API server.
///
/// A limit here is a refusal at 3 a.m. So every one of them is far above what our own types let through, and a word
/// that
/// a later lastgood may add in the middle of a run (a phase, a standing) is no enumeration: an older schema must never
/// keep a journal from growing.
sealed interface Field {

    /// @param pattern empty = anything
    /// @param words empty = any; else the only ones
    record Text(int max, String pattern, List<String> words) implements Field {
        public Text {
            words = List.copyOf(words);
        }
    }

    record Whole(int min) implements Field {}

    record Flag() implements Field {}

    record ListOf(Field item) implements Field {}

    record MapOf(Field value) implements Field {}

    record Group(List<Property> properties) implements Field {
        public Group {
            properties = List.copyOf(properties);
        }

        static Group of(Property... properties) {
            return new Group(List.of(properties));
        }
    }

    /// What belongs to others (a pod template, a ConfigMap's data) and is kept as it is, fields that nobody has
    /// thought of yet included.
    record Opaque() implements Field {}

    /// @param why what `kubectl explain` says of it
    record Property(String name, Field field, boolean required, String why) {}

    static Property must(String name, Field field, String why) {
        return new Property(name, field, true, why);
    }

    static Property may(String name, Field field, String why) {
        return new Property(name, field, false, why);
    }

    static Text text(int max) {
        return new Text(max, "", List.of());
    }

    static Text text(int max, String pattern) {
        return new Text(max, pattern, List.of());
    }

    static Text oneOf(List<String> words) {
        return new Text(0, "", words);
    }

    default ObjectNode schema() {
        var schema = Api.JSON.createObjectNode();
        switch (this) {
            case Text text -> text(text, schema.put("type", "string"));
            case Whole(var min) -> schema.put("type", "integer").put("minimum", min);
            case Flag() -> schema.put("type", "boolean");
            case ListOf(var item) -> schema.put("type", "array").set("items", item.schema());
            case MapOf(var value) -> schema.put("type", "object").set("additionalProperties", value.schema());
            case Opaque() -> schema.put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
            case Group group -> group(group, schema.put("type", "object"));
        }
        return schema;
    }

    private static void text(Text text, ObjectNode schema) {
        if (text.max() > 0) {
            schema.put("maxLength", text.max());
        }
        if (!text.pattern().isEmpty()) {
            schema.put("pattern", text.pattern());
        }
        if (!text.words().isEmpty()) {
            text.words().forEach(schema.putArray("enum")::add);
        }
    }

    private static void group(Group group, ObjectNode schema) {
        var required = group.properties().stream()
                .filter(Property::required)
                .map(Property::name)
                .toList();
        if (!required.isEmpty()) {
            required.forEach(schema.putArray("required")::add);
        }
        var properties = schema.putObject("properties");
        for (var property : group.properties()) {
            properties.set(property.name(), property.field().schema().put("description", property.why()));
        }
    }
}
