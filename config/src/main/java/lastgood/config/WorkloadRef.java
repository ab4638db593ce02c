package lastgood.config;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import lastgood.config.ClusterConfig.Kind;

/// A workload of a namespace, as in `deploy/web`.
public record WorkloadRef(Kind kind, String name) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /// Reads what `kubectl` would: `deploy/web`, `statefulset/db`, `DaemonSet/agent`; a bare name is a Deployment.
    public static Parsed<WorkloadRef> parse(String text) {
        var slash = text.indexOf('/');
        var name = text.substring(slash + 1);
        if (!NAME.matcher(name).matches()) {
            return new Parsed.Bad<>(
                    "`%s` is not the name of a workload".formatted(Shown.text(name)),
                    "lower-case letters, digits and dashes, at most 63, as in deploy/web");
        }
        if (slash < 0) {
            return new Parsed.Good<>(new WorkloadRef(Kind.DEPLOYMENT, name));
        }
        var word = text.substring(0, slash).toLowerCase(java.util.Locale.ROOT);
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.names().contains(word))
                .findFirst()
                .<Parsed<WorkloadRef>>map(kind -> serving(kind, name))
                .orElseGet(() -> unknown(text.substring(0, slash), name));
    }

    /// Whether that is a kind we know, however it is written.
    public static boolean isKind(String word) {
        return Arrays.stream(Kind.values())
                .anyMatch(kind -> kind.names().contains(word.toLowerCase(java.util.Locale.ROOT)));
    }

    private static Parsed<WorkloadRef> serving(Kind kind, String name) {
        return Kind.serving().anyMatch(kind::equals)
                ? new Parsed.Good<>(new WorkloadRef(kind, name))
                : new Parsed.Bad<>(
                        "a %s serves nobody, so there is nothing to roll back alone".formatted(kind.word()),
                        "name the service's workload; in lastgood.yaml it can be one of its companions");
    }

    private static Parsed<WorkloadRef> unknown(String kind, String name) {
        var known = Kind.serving().flatMap(k -> k.names().stream()).toList();
        return new Parsed.Bad<>(
                "there is no kind `%s`".formatted(Shown.text(kind)),
                Nearest.to(kind, known)
                        .map(near -> "did you mean `%s/%s`?".formatted(near, name))
                        .orElse("write " + String.join(", ", shortNames(name))));
    }

    private static List<String> shortNames(String name) {
        return Kind.serving().map(k -> k.shortName() + "/" + name).toList();
    }

    /// `deploy/web`
    @Override
    public String toString() {
        return kind.shortName() + "/" + name;
    }
}
