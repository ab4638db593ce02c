package lastgood.postgres.prove;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import lastgood.core.schema.TypedStatement.Operation;
import lastgood.core.schema.TypedStatement.Touch;

/// What the planner's JSON says that a statement does, views and functions in SQL taken apart.
record Plan(List<Touch> touches, List<Insert> inserts) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param values what goes into each column, in the order of the table's attributes, dropped ones included
    record Insert(List<String> table, List<String> values) {}

    static Plan of(String json) {
        var touches = new LinkedHashSet<Touch>();
        var inserts = new ArrayList<Insert>();
        try {
            for (var root : JSON.readTree(json)) {
                walk(root.path("Plan"), touches, inserts);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the server's JSON is none", e);
        }
        return new Plan(List.copyOf(touches), List.copyOf(inserts));
    }

    private static void walk(JsonNode node, Set<Touch> touches, List<Insert> inserts) {
        if (node.path("Node Type").asText().equals("ModifyTable")) {
            modify(node, touches, inserts);
        } else if (node.has("Relation Name")) {
            touches.add(new Touch(Operation.READ, table(node)));
        }
        node.path("Plans").forEach(p -> walk(p, touches, inserts));
    }

    private static void modify(JsonNode node, Set<Touch> touches, List<Insert> inserts) {
        var targets = new LinkedHashSet<List<String>>();
        if (node.has("Relation Name")) {
            targets.add(table(node));
        }
        node.path("Target Tables").forEach(t -> targets.add(table(t)));
        for (var target : targets) {
            switch (node.path("Operation").asText()) {
                case "Insert" -> {
                    touches.add(new Touch(Operation.INSERT, target));
                    var values = new ArrayList<String>();
                    node.path("Plans").path(0).path("Output").forEach(v -> values.add(v.asText()));
                    inserts.add(new Insert(target, values));
                    if (node.path("Conflict Resolution").asText().equals("UPDATE")) {
                        touches.add(new Touch(Operation.UPDATE, target));
                    }
                }
                case "Update" -> touches.add(new Touch(Operation.UPDATE, target));
                case "Delete" -> touches.add(new Touch(Operation.DELETE, target));
                default -> {
                    for (var operation : Operation.values()) {
                        touches.add(new Touch(operation, target));
                    }
                }
            }
        }
    }

    private static List<String> table(JsonNode node) {
        return List.of(node.path("Schema").asText(), node.path("Relation Name").asText());
    }
}
