package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lastgood.testkit.kube.sim.Users.Act;

/// Answers to "may I?", by the same rules that decide when it is done.
record Reviews(Users users) {

    Response answer(String plural, String user, JsonNode body) {
        var review = body instanceof ObjectNode object ? object.deepCopy() : Json.object();
        return switch (plural) {
            case "selfsubjectaccessreviews" -> Response.json(201, access(user, review));
            case "selfsubjectrulesreviews" -> Response.json(201, rules(user, review));
            default -> throw ApiFailure.noSuchPath();
        };
    }

    private ObjectNode access(String user, ObjectNode review) {
        var wanted = Json.at(review, "spec", "resourceAttributes");
        var act = new Act(
                Json.text(wanted, "verb"),
                Json.text(wanted, "group"),
                Json.text(wanted, "resource"),
                Json.text(wanted, "subresource"),
                Json.text(wanted, "namespace"),
                Json.text(wanted, "name"));
        review.set("status", Json.object("allowed", users.may(user, act)));
        return review;
    }

    private ObjectNode rules(String user, ObjectNode review) {
        var status = Json.object("nonResourceRules", List.of(), "incomplete", false);
        var list = status.putArray("resourceRules");
        for (var rule : users.rules(user, Json.text(review, "spec", "namespace"))) {
            list.add(Json.object("verbs", rule.verbs(), "apiGroups", rule.groups(), "resources", rule.resources()));
        }
        review.set("status", status);
        return review;
    }
}
