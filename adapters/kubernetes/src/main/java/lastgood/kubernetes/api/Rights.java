package lastgood.kubernetes.api;

import java.util.regex.Pattern;

/// What the API server says of a missing right, as the line of a Role that would give it.
final class Rights {

    /// `User "x" cannot patch resource "deployments" in API group "apps" in the namespace "shop"`.
    private static final Pattern CANNOT =
            Pattern.compile("cannot (\\S+) resource \"([^\"]+)\"(?: in API group \"([^\"]*)\")?");

    private Rights() {}

    static String ruleFor(String message) {
        var found = CANNOT.matcher(message);
        return found.find()
                ? rule(found.group(3) == null ? "" : found.group(3), found.group(2), found.group(1))
                : "the verb that this message names";
    }

    static String rule(String group, String resource, String verb) {
        return "- { apiGroups: [\"%s\"], resources: [%s], verbs: [%s] }".formatted(group, resource, verb);
    }
}
