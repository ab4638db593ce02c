package lastgood.config;

import java.util.List;
import java.util.regex.Pattern;

/// The keys that are accepted and checked, but that this version does nothing with. Whoever makes one work takes it
/// off this list; the note that `config validate` prints, and the documentation, follow.
///
/// It exists because a file that validates looks like a promise, and a backup that is configured but never made is
/// worse than none.
public final class NotYet {

    /// Of a list, the first item counts.
    static final String AFTER_FIRST = " after the first";

    /// `*` stands for any one name.
    static final List<String> KEYS = List.of(
            "metadata.owner",
            "metadata.labels",
            "connections.loki",
            "connections.slack",
            "connections.pagerduty",
            "connections.statuspage",
            "connections.jira",
            "connections.git",
            "environments.*.order",
            "services.*.tier",
            "services.*.owner",
            "services.*.workload.selector",
            "services.*.strategy.blueGreen.keepOldFor",
            "services.*.strategy.canary.steps" + AFTER_FIRST,
            "services.*.config.secrets",
            "services.*.gitops",
            "services.*.maintenance.configMap",
            "services.*.maintenance.flag",
            "services.*.flags",
            "services.*.signals.logErrors",
            "services.*.verify.checks.users.tickets",
            "policy.severity.*.postmortem",
            "policy.freeze.calendar",
            "policy.notify",
            "contacts.*.slack",
            "contacts.*.email",
            "contacts.*.pagerduty",
            "contacts.*.phone",
            "drills");

    private static final List<Pattern> PATTERNS =
            KEYS.stream().map(NotYet::pattern).toList();

    private NotYet() {}

    /// All of them, as in `services.*.gitops`.
    public static List<String> keys() {
        return KEYS;
    }

    /// Those that the document uses, also in the settings for one environment.
    static List<String> usedIn(Tree document) {
        return KEYS.stream().filter(key -> uses(document, key)).toList();
    }

    static boolean covers(String path) {
        return PATTERNS.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }

    private static boolean uses(Tree document, String key) {
        var steps = List.of(key.split("\\.", -1));
        if (uses(document, steps, 0)) {
            return true;
        }
        if (!key.startsWith("services.*.")) {
            return false;
        }
        var inOverride =
                List.of(key.replace("services.*.", "services.*.environments.*.").split("\\.", -1));
        return uses(document, inOverride, 0);
    }

    private static boolean uses(Tree tree, List<String> steps, int from) {
        if (from == steps.size()) {
            return true;
        }
        var step = steps.get(from);
        if (step.endsWith(AFTER_FIRST)) {
            var list = tree.at(step.substring(0, step.length() - AFTER_FIRST.length()));
            return list.map(Tree::itemsOrNone).filter(items -> items.size() > 1).isPresent();
        }
        return step.equals("*")
                ? tree.entriesOrNone().values().stream().anyMatch(entry -> uses(entry.value(), steps, from + 1))
                : tree.entry(step)
                        .filter(entry -> uses(entry.value(), steps, from + 1))
                        .isPresent();
    }

    private static Pattern pattern(String key) {
        return Pattern.compile(key.replace(".", "\\.").replace("*", "[^.]+"));
    }
}
