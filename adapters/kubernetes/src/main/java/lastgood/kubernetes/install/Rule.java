package lastgood.kubernetes.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lastgood.kubernetes.api.Api;

/// One line of a Role: a right, and what we do with it.
///
/// @param group empty = the core group
/// @param resource with its subresource, as in `pods/log`
/// @param why what does not work without it
public record Rule(String group, String resource, List<String> verbs, String why) {

    public Rule {
        verbs = List.copyOf(verbs);
        if (verbs.contains("*") || resource.contains("*") || group.contains("*")) {
            throw new IllegalArgumentException("a right that is not spelled out is a right that nobody has read");
        }
    }

    static Rule of(String group, String resource, String why, String... verbs) {
        return new Rule(group, resource, List.of(verbs), why);
    }

    ObjectNode object() {
        var rule = Api.JSON.createObjectNode();
        rule.putArray("apiGroups").add(group);
        rule.putArray("resources").add(resource);
        verbs.forEach(rule.putArray("verbs")::add);
        return rule;
    }

    /// As it can be pasted into a Role.
    public String line() {
        return line(verbs);
    }

    public String line(List<String> only) {
        return "- { apiGroups: [\"%s\"], resources: [%s], verbs: [%s] }"
                .formatted(group, resource, String.join(", ", only));
    }
}
