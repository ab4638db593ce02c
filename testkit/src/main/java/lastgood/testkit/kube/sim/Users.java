package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Who may do what. Tests give a user a token and rules; Roles and bindings in the store count as well, as they do for
/// real.
public final class Users {

    public static final String ADMIN = "admin";
    static final String ANONYMOUS = "system:anonymous";

    /// Empty lists mean nothing, `*` means anything. A resource may name a subresource: `deployments/scale`.
    ///
    /// @param names of the objects; `*` = any, and then also what has no name, such as a list
    public record Rule(
            Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> namespaces, Set<String> names) {

        public Rule(Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> namespaces) {
            this(verbs, groups, resources, namespaces, Set.of("*"));
        }

        public Rule {
            names = Set.copyOf(names);
            verbs = Set.copyOf(verbs);
            groups = Set.copyOf(groups);
            resources = Set.copyOf(resources);
            namespaces = Set.copyOf(namespaces);
        }

        /// In any group and namespace.
        public static Rule of(Collection<String> verbs, Collection<String> resources) {
            return new Rule(Set.copyOf(verbs), Set.of("*"), Set.copyOf(resources), Set.of("*"));
        }

        boolean covers(Act act) {
            return has(verbs, act.verb())
                    && has(groups, act.group())
                    && has(resources, act.what())
                    && has(namespaces, act.namespace())
                    && has(names, act.name());
        }

        private static boolean has(Set<String> set, String one) {
            return set.contains("*") || set.contains(one);
        }
    }

    /// One thing somebody wants to do.
    record Act(String verb, String group, String resource, String subresource, String namespace, String name) {
        String what() {
            return subresource.isEmpty() ? resource : resource + "/" + subresource;
        }
    }

    private static final Rule ALL = Rule.of(List.of("*"), List.of("*"));

    private final Store store;
    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final Map<String, List<Rule>> allowed = new HashMap<>();
    private final Map<String, List<Rule>> denied = new HashMap<>();

    Users(Store store, String adminToken) {
        this.store = store;
        add(ADMIN, adminToken);
        allow(ADMIN, ALL);
    }

    /// May do nothing yet.
    public synchronized void add(String user, String token) {
        tokens.put(token, user);
    }

    /// From now on this token is answered with 401.
    public synchronized void expire(String token) {
        tokens.remove(token);
    }

    public synchronized void allow(String user, Rule rule) {
        allowed.computeIfAbsent(user, _ -> new CopyOnWriteArrayList<>()).add(rule);
    }

    /// Wins over what is allowed.
    public synchronized void deny(String user, Rule rule) {
        denied.computeIfAbsent(user, _ -> new CopyOnWriteArrayList<>()).add(rule);
    }

    /// Takes all denials back.
    public synchronized void pardon(String user) {
        denied.remove(user);
    }

    synchronized String authenticated(Request request) {
        var header = request.header("Authorization");
        if (!header.startsWith("Bearer ")) {
            return ANONYMOUS;
        }
        var user = tokens.get(header.substring("Bearer ".length()).strip());
        if (user == null) {
            throw ApiFailure.unauthorized();
        }
        var other = request.header("Impersonate-User");
        if (other.isEmpty()) {
            return user;
        }
        if (!may(user, new Act("impersonate", "", "users", "", "", other))) {
            throw ApiFailure.forbiddenPath(
                    "User \"%s\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"
                            .formatted(user));
        }
        return other;
    }

    synchronized boolean may(String user, Act act) {
        if (denied.getOrDefault(user, List.of()).stream().anyMatch(r -> r.covers(act))) {
            return false;
        }
        return rules(user, act.namespace()).stream().anyMatch(r -> r.covers(act));
    }

    void require(String user, Act act, Resource resource) {
        if (!may(user, act)) {
            throw ApiFailure.forbidden(
                    resource,
                    act.name(),
                    "User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s"
                            .formatted(user, act.verb(), act.what(), act.group(), where(act)));
        }
    }

    private static String where(Act act) {
        return act.namespace().isEmpty()
                ? "at the cluster scope"
                : "in the namespace \"%s\"".formatted(act.namespace());
    }

    /// What the user may do there, by our own rules and by what is bound in the store.
    synchronized List<Rule> rules(String user, String namespace) {
        var found = new ArrayList<>(allowed.getOrDefault(user, List.of()));
        store.locked(() -> {
            for (var binding : store.list("clusterrolebindings.rbac.authorization.k8s.io", "")) {
                if (names(binding, user)) {
                    found.addAll(rulesOf(binding, ""));
                }
            }
            if (!namespace.isEmpty()) {
                for (var binding : store.list("rolebindings.rbac.authorization.k8s.io", namespace)) {
                    if (names(binding, user)) {
                        found.addAll(rulesOf(binding, namespace));
                    }
                }
            }
            return found;
        });
        return found;
    }

    private static boolean names(JsonNode binding, String user) {
        for (var subject : binding.path("subjects")) {
            var name = Json.text(subject, "name");
            var account = "system:serviceaccount:%s:%s".formatted(Json.text(subject, "namespace"), name);
            if (Json.text(subject, "kind").equals("ServiceAccount") ? account.equals(user) : name.equals(user)) {
                return true;
            }
        }
        return false;
    }

    private List<Rule> rulesOf(JsonNode binding, String namespace) {
        var role = role(binding, namespace);
        var found = new ArrayList<Rule>();
        if (role != null) {
            role.path("rules")
                    .forEach(r -> found.add(new Rule(
                            Set.copyOf(Json.texts(r.path("verbs"))),
                            Set.copyOf(Json.texts(r.path("apiGroups"))),
                            Set.copyOf(Json.texts(r.path("resources"))),
                            Set.of(namespace.isEmpty() ? "*" : namespace),
                            r.path("resourceNames").isEmpty()
                                    ? Set.of("*")
                                    : Set.copyOf(Json.texts(r.path("resourceNames"))))));
        }
        return found;
    }

    private @Nullable JsonNode role(JsonNode binding, String namespace) {
        var name = Json.text(binding, "roleRef", "name");
        var cluster = Json.text(binding, "roleRef", "kind").equals("ClusterRole");
        return store.get(
                cluster
                        ? new Store.Key("clusterroles.rbac.authorization.k8s.io", "", name)
                        : new Store.Key("roles.rbac.authorization.k8s.io", namespace, name));
    }
}
