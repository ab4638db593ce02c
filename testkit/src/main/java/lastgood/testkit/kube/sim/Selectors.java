package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Label and field selectors, of queries and of objects.
final class Selectors {

    private static final Pattern SET = Pattern.compile("\\s*(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");
    /// Commas inside of parentheses do not separate.
    private static final Pattern COMMA = Pattern.compile(",(?![^(]*\\))");

    private static final Set<String> FIELDS = Set.of(
            "metadata.name",
            "metadata.namespace",
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.serviceAccountName",
            "status.phase",
            "status.podIP",
            "type",
            "reason",
            "involvedObject.kind",
            "involvedObject.name",
            "involvedObject.namespace",
            "involvedObject.uid",
            "involvedObject.fieldPath");

    private Selectors() {}

    static Predicate<JsonNode> ofQuery(String labels, String fields) {
        return labels(labels).and(fields(fields));
    }

    private static Predicate<JsonNode> labels(String selector) {
        Predicate<JsonNode> all = _ -> true;
        for (var term : COMMA.split(selector, -1)) {
            if (!term.isBlank()) {
                var wanted = label(term.strip());
                all = all.and(object -> wanted.test(Json.strings(Json.at(object, "metadata", "labels"))));
            }
        }
        return all;
    }

    private static Predicate<Map<String, String>> label(String term) {
        var set = SET.matcher(term);
        if (set.matches()) {
            var values = List.of(set.group(3).strip().split("\\s*,\\s*"));
            var key = set.group(1);
            return set.group(2).equals("in")
                    ? labels -> labels.containsKey(key) && values.contains(labels.get(key))
                    : labels -> !labels.containsKey(key) || !values.contains(labels.get(key));
        }
        if (term.contains("!=")) {
            var parts = term.split("!=", 2);
            return labels -> !parts[1].strip().equals(labels.get(parts[0].strip()));
        }
        if (term.contains("=")) {
            var parts = term.split("==?", 2);
            return labels -> parts[1].strip().equals(labels.get(parts[0].strip()));
        }
        return term.startsWith("!")
                ? labels -> !labels.containsKey(term.substring(1).strip())
                : labels -> labels.containsKey(term);
    }

    private static Predicate<JsonNode> fields(String selector) {
        Predicate<JsonNode> all = _ -> true;
        for (var term : selector.split(",", -1)) {
            if (!term.isBlank()) {
                all = all.and(field(term.strip()));
            }
        }
        return all;
    }

    private static Predicate<JsonNode> field(String term) {
        var not = term.contains("!=");
        var parts = not ? term.split("!=", 2) : term.split("==?", 2);
        if (parts.length < 2 || !FIELDS.contains(parts[0])) {
            throw ApiFailure.badRequest("field label not supported: " + parts[0]);
        }
        var path = parts[0].split("\\.");
        return object -> Json.text(object, path).equals(parts[1]) != not;
    }

    /// The `selector` of a workload: labels and expressions. An empty one selects nothing here, as none of ours may
    /// have one.
    static Predicate<JsonNode> ofWorkload(JsonNode selector) {
        var terms = new ArrayList<Predicate<Map<String, String>>>();
        Json.strings(Json.at(selector, "matchLabels"))
                .forEach((key, value) -> terms.add(labels -> value.equals(labels.get(key))));
        selector.path("matchExpressions").forEach(e -> terms.add(expression(e)));
        return object -> {
            var labels = Json.strings(Json.at(object, "metadata", "labels"));
            return !terms.isEmpty() && terms.stream().allMatch(t -> t.test(labels));
        };
    }

    private static Predicate<Map<String, String>> expression(JsonNode expression) {
        var key = Json.text(expression, "key");
        var values = Json.texts(expression.path("values"));
        return switch (Json.text(expression, "operator")) {
            case "In" -> labels -> labels.containsKey(key) && values.contains(labels.get(key));
            case "NotIn" -> labels -> !labels.containsKey(key) || !values.contains(labels.get(key));
            case "Exists" -> labels -> labels.containsKey(key);
            case "DoesNotExist" -> labels -> !labels.containsKey(key);
            default -> _ -> false;
        };
    }

    /// The `selector` of a Service: plain labels.
    static Predicate<JsonNode> ofService(JsonNode selector) {
        var wanted = Json.strings(selector);
        return object -> !wanted.isEmpty()
                && Json.strings(Json.at(object, "metadata", "labels"))
                        .entrySet()
                        .containsAll(wanted.entrySet());
    }
}
