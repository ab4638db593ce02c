package lastgood.kubernetes.preflight;

import java.util.ArrayList;
import java.util.List;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.api.Rights;

/// Verbs on a kind of object in a namespace, and what does not work without them.
///
/// @param resource with its subresource, as in `pods/log`
public record Right(String namespace, String group, String resource, List<String> verbs, String why) {

    public Right {
        verbs = List.copyOf(verbs);
    }

    static Right of(String namespace, Kind kind, String why, String... verbs) {
        return new Right(namespace, kind.group(), kind.plural(), List.of(verbs), why);
    }

    /// The verbs that we lack.
    public List<String> lacking(Api api) {
        return verbs.stream()
                .filter(verb -> !Rights.may(api, namespace, group, resource, verb))
                .toList();
    }

    /// As it can be pasted into a Role.
    public String line(List<String> only) {
        return Rights.rule(group, resource, only);
    }

    /// `deployments.apps in shop`
    public String title() {
        return "%s in %s".formatted(group.isEmpty() ? resource : resource + "." + group, namespace);
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
        return new Right(namespace, group, resource, all, why);
    }
}
