package lastgood.config;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Turns a schema violation into a sentence for a person: what is there, what was expected, what to write instead.
///
/// The texts of the validator speak of schemas and regular expressions; we take only its finding (which keyword,
/// where) and use the descriptions in the schema for the rest. Values that stand where a secret belongs are never
/// repeated.
final class SchemaWords {

    /// @param badPath the path of the key that should not be read any further
    record Found(Problem problem, List<Object> badPath) {}

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,9})?");

    /// The unit that is most likely meant when a bare number stands there, by definition in the schema.
    private static final Map<String, String> UNITS = Map.of("duration", "s", "percent", "%");

    /// How older YAML wrote truth values.
    private static final Map<String, String> OTHER_TRUTHS =
            Map.of("yes", "true", "on", "true", "y", "true", "no", "false", "off", "false", "n", "false");

    /// A schema object without any of these is a mere branch (`else`).
    private static final List<String> SAYS_SOMETHING = List.of("type", "properties", "enum", "const", "pattern");

    private final JsonNode root;

    SchemaWords(JsonNode root) {
        this.root = root;
    }

    Found problem(Tree document, List<Object> steps, Error error) {
        var at = Located.in(document, steps);
        var path = Paths.of(steps);
        var key = error.getProperty();
        var rule = rule(error, at.value());
        return switch (error.getKeyword()) {
            case "additionalProperties" -> {
                var where = at.keyOf(key);
                yield found(
                        steps,
                        key,
                        new Problem(
                                where,
                                Paths.child(path, key),
                                "unknown key `%s`".formatted(Shown.text(key)),
                                unknown(rule, key)));
            }
            case "propertyNames" ->
                found(
                        steps,
                        key,
                        new Problem(
                                at.keyOf(key),
                                Paths.child(path, key),
                                "`%s` cannot be used as a name here".formatted(Shown.text(key)),
                                expected(rule.schema().path("propertyNames"))));
            case "required" ->
                new Found(new Problem(at.key(), path, "`%s` is missing".formatted(key), missing(rule, key)), steps);
            case "false" ->
                new Found(
                        new Problem(
                                at.key(),
                                path,
                                "this key may not be used here",
                                "settings for one environment cannot hold others"),
                        steps);
            default -> new Found(value(at, path, rule, error), steps);
        };
    }

    // ---- values

    private Problem value(Located at, String path, Rule rule, Error error) {
        var where = at.value().origin();
        var what = expected(rule.schema());
        var limit = error.getSchemaNode() == null ? "" : error.getSchemaNode().asText();
        return switch (error.getKeyword()) {
            case "type" -> wrongType(at, path, rule);
            case "enum" -> {
                var allowed = texts(rule.schema().path("enum"));
                yield new Problem(
                        where,
                        path,
                        "%s is not one of %s".formatted(rule.shown(), String.join(", ", allowed)),
                        Nearest.hint(at.value().scalar().orElse(""), allowed, ""));
            }
            case "const" -> {
                var only = rule.schema().path("const").asText();
                yield new Problem(where, path, "%s is not %s".formatted(rule.shown(), only), "write " + only);
            }
            case "pattern" -> new Problem(where, path, misfit(rule), better(rule, what));
            case "minimum" -> new Problem(where, path, "%s is less than %s".formatted(rule.shown(), limit), what);
            case "exclusiveMinimum" ->
                new Problem(where, path, "%s is not more than %s".formatted(rule.shown(), limit), what);
            case "maximum" -> new Problem(where, path, "%s is more than %s".formatted(rule.shown(), limit), what);
            case "minProperties", "minItems", "minLength" -> new Problem(where, path, "this is empty", what);
            case "maxProperties" -> new Problem(where, path, "more than %s keys".formatted(limit), what);
            case "maxItems" -> new Problem(where, path, "more than %s items".formatted(limit), what);
            case "maxLength" -> new Problem(where, path, "longer than %s characters".formatted(limit), what);
            case "uniqueItems" -> new Problem(where, path, "an item is listed twice", "remove one of them");
            default -> new Problem(where, path, error.getMessage(), what);
        };
    }

    private Problem wrongType(Located at, String path, Rule rule) {
        var wanted = types(rule.schema());
        var fact = switch (at.value()) {
            case Tree.Empty empty -> "there is no value";
            case Tree.Scalar scalar
            when rule.secret() && !wanted.contains("string") -> "a secret may not be written into the file";
            case Tree.Scalar scalar when isBareNumber(rule) -> misfit(rule);
            case Tree.Scalar scalar -> "%s is not %s".formatted(rule.shown(), nouns(wanted));
            case Tree.Sequence list -> "a list cannot stand here";
            case Tree.Mapping mapping -> "a block of keys cannot stand here";
        };
        var hint = at.value() instanceof Tree.Empty
                ? "give it a value, or remove the key"
                : better(rule, expected(rule.schema()));
        return new Problem(
                at.value() instanceof Tree.Empty ? at.key() : at.value().origin(), path, fact, hint);
    }

    private static String misfit(Rule rule) {
        if (isBareNumber(rule)) {
            var missing = rule.definition().equals("percent") ? "percent sign" : "unit";
            return "%s has no %s".formatted(rule.shown(), missing);
        }
        return "%s does not fit".formatted(rule.shown());
    }

    /// What to write instead, if we can tell from what is there.
    private String better(Rule rule, String otherwise) {
        var wanted = types(rule.schema());
        if (!(rule.value() instanceof Tree.Scalar scalar) || (rule.secret() && !wanted.contains("string"))) {
            return otherwise;
        }
        var text = scalar.text();
        var written = text.toLowerCase(Locale.ROOT);
        if (isBareNumber(rule)) {
            return "write %s%s".formatted(text, UNITS.get(rule.definition()));
        }
        if (wanted.contains("boolean") && OTHER_TRUTHS.containsKey(written)) {
            return "write %s".formatted(OTHER_TRUTHS.get(written));
        }
        if (wanted.equals(List.of("array")) && scalar.kind() == Tree.Kind.TEXT && text.length() <= 60) {
            return "write a list: [%s]"
                    .formatted(Stream.of(text.strip().split("\\s+", -1))
                            .map(SchemaWords::item)
                            .collect(joining(", ")));
        }
        if (scalar.kind() != Tree.Kind.TEXT
                && wanted.contains("string")
                && !rule.schema().has("pattern")) {
            return rule.secret() ? "put it in quotes" : "write \"%s\", in quotes".formatted(text);
        }
        return otherwise;
    }

    // ---- keys

    private String unknown(Rule rule, String key) {
        var known = CatalogSchema.keys(rule.schema());
        return Nearest.to(key, known)
                .map("did you mean `%s`?"::formatted)
                .orElseGet(() -> elsewhere(rule.schema(), key, known));
    }

    /// People put a key one level too high more often than they invent one.
    private String elsewhere(JsonNode schema, String key, Set<String> known) {
        var homes = known.stream()
                .filter(name -> CatalogSchema.keys(CatalogSchema.resolve(
                                root, schema.path("properties").path(name)))
                        .contains(key))
                .toList();
        return homes.size() == 1
                ? "`%s` belongs under `%s`".formatted(key, homes.getFirst())
                : "known here: " + String.join(", ", known);
    }

    private String missing(Rule rule, String key) {
        var schema = rule.schema().path("properties").path(key);
        var only = CatalogSchema.resolve(root, schema).path("const");
        return only.isMissingNode() ? expected(schema) : "write `%s: %s`".formatted(key, only.asText());
    }

    // ---- the schema

    /// What was violated: up from the keyword to the next object that says something about a value (past `else`,
    /// which has no keys of its own).
    private Rule rule(Error error, Tree value) {
        var location = error.getSchemaLocation().toString();
        var steps = new ArrayList<>(
                List.of(location.substring(location.indexOf('#') + 1).split("/", -1)));
        JsonNode node;
        do {
            steps.removeLast();
            node = root.at(String.join("/", steps));
        } while (steps.size() > 1 && SAYS_SOMETHING.stream().noneMatch(node::has));
        var definition = steps.size() == 3 && steps.get(1).equals("$defs") ? steps.get(2) : "";
        return new Rule(node, definition, isSecret(location), value);
    }

    private static boolean isSecret(String location) {
        return location.contains("/$defs/secret/")
                || location.contains("/$defs/localValue/")
                || location.contains("/body/");
    }

    private String expected(JsonNode schema) {
        var said = schema.path("description").asText();
        if (said.isEmpty()) {
            said = CatalogSchema.resolve(root, schema).path("description").asText();
        }
        return said.isEmpty() ? "" : "what goes here: " + said;
    }

    private static List<String> types(JsonNode schema) {
        var type = schema.path("type");
        return type.isArray() ? texts(type) : List.of(type.asText());
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /// For a scalar, the kinds of scalar that would do, if any.
    private static String nouns(List<String> wanted) {
        var scalars = wanted.stream()
                .filter(type -> !type.equals("array") && !type.equals("object"))
                .toList();
        return (scalars.isEmpty() ? wanted : scalars)
                .stream().map(SchemaWords::noun).collect(joining(" or "));
    }

    private static boolean isBareNumber(Rule rule) {
        return UNITS.containsKey(rule.definition())
                && rule.value()
                        .scalar()
                        .filter(text -> NUMBER.matcher(text).matches())
                        .isPresent();
    }

    /// A word as an item of a list: in quotes where YAML would take it for something else, as `{port}`.
    private static String item(String word) {
        return word.matches("[A-Za-z0-9_./=-]+") ? word : Starter.quoted(word);
    }

    private static String noun(String type) {
        return switch (type) {
            case "string" -> "text";
            case "integer" -> "a whole number";
            case "number" -> "a number";
            case "boolean" -> "true or false";
            case "array" -> "a list";
            case "object" -> "a block of keys";
            default -> "empty";
        };
    }

    private static Found found(List<Object> steps, String key, Problem problem) {
        var bad = new ArrayList<>(steps);
        bad.add(key);
        return new Found(problem, bad);
    }

    /// @param schema the object in the schema that was violated
    /// @param definition its name in `$defs`, empty if it is written in place
    /// @param secret whether the value may be a secret
    /// @param value what stands in the file
    private record Rule(JsonNode schema, String definition, boolean secret, Tree value) {

        String shown() {
            return switch (value) {
                case Tree.Scalar scalar when secret -> "the value";
                case Tree.Scalar scalar when scalar.kind() == Tree.Kind.INTEGER -> scalar.text();
                case Tree.Scalar scalar -> "`" + Shown.text(scalar.text()) + "`";
                case Tree.Sequence list -> "this list";
                case Tree.Mapping mapping -> "this block";
                case Tree.Empty empty -> "nothing";
            };
        }
    }
}
