package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// What there is, as a client finds out before it asks for anything.
final class Discovery {

    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private final Catalog catalog;
    private final Release release;

    Discovery(Catalog catalog, Release release) {
        this.catalog = catalog;
        this.release = release;
    }

    ObjectNode version() {
        return Json.object(
                "major", "1", "minor", release.minor(), "gitVersion", release.version(), "platform", "lastgood/sim");
    }

    static ObjectNode coreVersions() {
        return Json.object("kind", "APIVersions", "versions", List.of("v1"));
    }

    private Map<String, SequencedSet<String>> groups() {
        var groups = new LinkedHashMap<String, SequencedSet<String>>();
        for (var resource : catalog.all()) {
            if (!resource.group().isEmpty()) {
                groups.computeIfAbsent(resource.group(), _ -> new LinkedHashSet<>())
                        .addAll(resource.versions());
            }
        }
        groups.computeIfAbsent("authorization.k8s.io", _ -> new LinkedHashSet<>())
                .add("v1");
        return groups;
    }

    ObjectNode groupList() {
        var list = Json.object("kind", "APIGroupList", "apiVersion", "v1");
        var all = list.putArray("groups");
        groups().keySet().forEach(group -> all.add(describe(group)));
        return list;
    }

    ObjectNode group(String group) {
        if (!groups().containsKey(group)) {
            throw ApiFailure.noSuchPath();
        }
        var described = describe(group);
        described.put("kind", "APIGroup").put("apiVersion", "v1");
        return described;
    }

    private ObjectNode describe(String group) {
        var versions = groups().getOrDefault(group, new LinkedHashSet<>());
        var described = Json.object("name", group);
        var list = described.putArray("versions");
        versions.forEach(v -> list.add(describe(group, v)));
        described.set("preferredVersion", describe(group, versions.getFirst()));
        return described;
    }

    private static ObjectNode describe(String group, String version) {
        return Json.object("groupVersion", group + "/" + version, "version", version);
    }

    ObjectNode resources(String group, String version) {
        if (group.isEmpty()
                ? !version.equals("v1")
                : !groups().getOrDefault(group, new LinkedHashSet<>()).contains(version)) {
            throw ApiFailure.noSuchPath();
        }
        var list = Json.object(
                "kind", "APIResourceList", "groupVersion", group.isEmpty() ? version : group + "/" + version);
        if (!group.isEmpty()) {
            list.put("apiVersion", "v1");
        }
        var all = list.putArray("resources");
        for (var resource : catalog.all()) {
            if (resource.group().equals(group) && resource.versions().contains(version)) {
                all.add(describe(resource));
                resource.subresources().stream().sorted().forEach(sub -> all.add(describe(resource, sub)));
            }
        }
        if (group.equals("authorization.k8s.io")) {
            all.add(review("selfsubjectaccessreviews", "SelfSubjectAccessReview"));
            all.add(review("selfsubjectrulesreviews", "SelfSubjectRulesReview"));
        }
        return list;
    }

    private static ObjectNode describe(Resource resource) {
        var described = Json.object(
                "name",
                resource.plural(),
                "singularName",
                "",
                "namespaced",
                resource.namespaced(),
                "kind",
                resource.kind(),
                "verbs",
                VERBS);
        if (!resource.shortNames().isEmpty()) {
            described.set("shortNames", Json.MAPPER.valueToTree(resource.shortNames()));
        }
        return described;
    }

    private static ObjectNode describe(Resource resource, String subresource) {
        var described = Json.object(
                "name",
                resource.plural() + "/" + subresource,
                "singularName",
                "",
                "namespaced",
                resource.namespaced(),
                "kind",
                kindOf(resource, subresource),
                "verbs",
                verbsOf(subresource));
        if (subresource.equals("scale")) {
            described.put("group", "autoscaling").put("version", "v1");
        }
        return described;
    }

    private static String kindOf(Resource resource, String subresource) {
        return switch (subresource) {
            case "scale" -> "Scale";
            case "binding" -> "Binding";
            case "eviction" -> "Eviction";
            case "proxy" -> "PodProxyOptions";
            default -> resource.kind();
        };
    }

    private static List<String> verbsOf(String subresource) {
        return switch (subresource) {
            case "log" -> List.of("get");
            case "proxy" -> List.of("create", "delete", "get", "patch", "update");
            case "binding", "eviction" -> List.of("create");
            case "finalize" -> List.of("update");
            default -> List.of("get", "patch", "update");
        };
    }

    private static ObjectNode review(String plural, String kind) {
        return Json.object(
                "name", plural, "singularName", "", "namespaced", false, "kind", kind, "verbs", List.of("create"));
    }
}
