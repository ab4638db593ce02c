package lastgood.kubernetes.preflight;

import java.util.ArrayList;
import java.util.List;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.api.Rights;

/// Verbs on a kind of object in a namespace, and what does not work without them.
///
/// @param resource with its subresource, as in `pods/log`
/// @param names of the objects that it is about; empty = all of that kind
public record Right(
        String namespace, String group, String resource, List<String> verbs, List<String> names, String why) {

    public Right(String namespace, String group, String resource, List<String> verbs, String why) {
        this(namespace, group, resource, verbs, List.of(), why);
    }

    public Right {
        verbs = List.copyOf(verbs);
        names = List.copyOf(names);
    }

    static Right of(String namespace, Kind kind, String why, String... verbs) {
        return new Right(namespace, kind.group(), kind.plural(), List.of(verbs), why);
    }

    /// The verbs that we lack.
    public List<String> lacking(Api api) {
        return verbs.stream()
                .filter(verb -> names.isEmpty()
                        ? !Rights.may(api, namespace, group, resource, verb)
                        : !names.stream().allMatch(n -> Rights.may(api, namespace, group, resource, n, verb)))
                .toList();
    }

    /// As it can be pasted into a Role.
    public String line(List<String> only) {
        return Rights.rule(group, resource, names, only);
    }

    /// `deployments.apps in shop`
    public String title() {
        var kind = group.isEmpty() ? resource : resource + "." + group;
        return "%s%s in %s".formatted(kind, names.isEmpty() ? "" : " " + String.join(", ", names), namespace);
    }

    /// Each kind once, with all its verbs.
    static List<Right> merged(List<Right> rights) {
        var merged = new ArrayList<Right>();
        for (var right : rights) {
            var at = -1;
            for (var i = 0; i < merged.size(); i++) {
                if (merged.get(i).title().equals(right.title())) {
                    at = i;
                }
            }
            if (at < 0) {
                merged.add(right);
            } else {
                merged.set(at, merged.get(at).and(right.verbs()));
            }
        }
        return merged;
    }

    private Right and(List<String> more) {
        var all = new ArrayList<>(verbs);
        more.stream().filter(v -> !all.contains(v)).forEach(all::add);
        return new Right(namespace, group, resource, all, names, why);
    }
}
