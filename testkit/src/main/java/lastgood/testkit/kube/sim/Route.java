package lastgood.testkit.kube.sim;

import java.util.List;
import java.util.Set;

/// An address of the API, taken apart.
///
/// @param name        empty for a collection
/// @param subresource empty for the object itself
record Route(String group, String version, String namespace, String plural, String name, String subresource) {

    private static final Set<String> OF_A_NAMESPACE = Set.of("status", "finalize");

    static Route of(String path) {
        var parts = List.of(path.substring(1).replaceAll("/+$", "").split("/"));
        if (parts.getFirst().equals("api") && parts.size() > 2) {
            return of("", parts.get(1), parts.subList(2, parts.size()));
        }
        if (parts.getFirst().equals("apis") && parts.size() > 3) {
            return of(parts.get(1), parts.get(2), parts.subList(3, parts.size()));
        }
        throw ApiFailure.noSuchPath();
    }

    private static Route of(String group, String version, List<String> rest) {
        var inNamespace = rest.getFirst().equals("namespaces")
                && rest.size() > 2
                && !(rest.size() == 3 && OF_A_NAMESPACE.contains(rest.get(2)));
        var namespace = inNamespace ? rest.get(1) : "";
        var tail = inNamespace ? rest.subList(2, rest.size()) : rest;
        if (tail.size() > 3 && !tail.get(2).equals("proxy")) {
            throw ApiFailure.noSuchPath();
        }
        return new Route(group, version, namespace, tail.getFirst(), at(tail, 1), at(tail, 2));
    }

    private static String at(List<String> parts, int index) {
        return parts.size() > index ? parts.get(index) : "";
    }

    boolean isCollection() {
        return name.isEmpty();
    }
}
