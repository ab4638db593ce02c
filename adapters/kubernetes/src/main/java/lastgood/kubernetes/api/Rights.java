package lastgood.kubernetes.api;

import java.util.List;
import java.util.regex.Pattern;

/// What the API server says of a missing right, as the line of a Role that would give it.
public final class Rights {

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
        return rule(group, resource, List.of(verb));
    }

    /// As it can be pasted into a Role.
    public static String rule(String group, String resource, List<String> verbs) {
        return rule(group, resource, List.of(), verbs);
    }

    /// @param names of the objects that it is about; empty = all of that kind
    public static String rule(String group, String resource, List<String> names, List<String> verbs) {
        var only = names.isEmpty() ? "" : "resourceNames: [%s], ".formatted(String.join(", ", names));
        return "- { apiGroups: [\"%s\"], resources: [%s], %sverbs: [%s] }"
                .formatted(group, resource, only, String.join(", ", verbs));
    }

    /// Asks the API server whether we may do that; nothing but its own answer counts, because webhooks may have a say.
    ///
    /// @param resource with its subresource, as in `pods/log`
    public static boolean may(Api api, String namespace, String group, String resource, String verb) {
        return may(api, namespace, group, resource, "", verb);
    }

    /// @param name of the object; empty = any of that kind
    public static boolean may(Api api, String namespace, String group, String resource, String name, String verb) {
        var slash = resource.indexOf('/');
        var review = Api.JSON.createObjectNode();
        review.put("apiVersion", "authorization.k8s.io/v1").put("kind", Kind.ACCESS_REVIEW.kind());
        var wanted = review.putObject("spec").putObject("resourceAttributes");
        wanted.put("namespace", namespace)
                .put("verb", verb)
                .put("group", group)
                .put("resource", slash < 0 ? resource : resource.substring(0, slash));
        if (!name.isEmpty()) {
            wanted.put("name", name);
        }
        if (slash >= 0) {
            wanted.put("subresource", resource.substring(slash + 1));
        }
        return api.create(Kind.ACCESS_REVIEW, "", review)
                .orThrow()
                .path("status")
                .path("allowed")
                .asBoolean();
    }
}
