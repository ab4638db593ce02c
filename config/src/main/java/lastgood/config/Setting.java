package lastgood.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;

/// The settings that may also be given on the command line or in the environment of the process. Declared once:
/// the CLI takes its flags from here, and the documentation its table.
public enum Setting {
    /// Which environment is meant. There is no default but one written into the file.
    ENVIRONMENT("environment"),
    /// Which service is meant.
    SERVICE("service"),
    /// How long a rollback may take.
    TIMEOUT("timeout"),
    /// How times without a zone are read.
    TIMEZONE("timezone"),
    /// The data folder. On the command line it counts from where the program was started.
    DATA("data"),
    /// Which context of the kubeconfig, for an environment on a cluster.
    CONTEXT("cluster.context"),
    /// Which kubeconfig. On the command line it counts from where the program was started.
    KUBECONFIG("cluster.kubeconfig"),
    /// Whom to impersonate on the cluster.
    AS("cluster.as"),
    /// How a release takes over.
    STRATEGY("strategy.type"),
    /// How many processes.
    INSTANCES("local.instances"),
    /// Where the proxy listens.
    LISTEN("local.listen"),
    /// How long the service is watched after a rollback.
    WINDOW("verify.window");

    /// Those that say how to reach a cluster.
    public static final List<Setting> OF_A_CLUSTER = List.of(CONTEXT, KUBECONFIG, AS);

    private static final List<String> STRATEGIES = List.of("auto", "rolling", "blue-green", "canary");

    private final String key;

    Setting(String key) {
        this.key = key;
    }

    /// As in `config effective`: `local.instances`.
    public String key() {
        return key;
    }

    /// `--instances`
    public String flag() {
        return "--" + name().toLowerCase(Locale.ROOT);
    }

    /// `LASTGOOD_INSTANCES`
    public String variable() {
        return "LASTGOOD_" + name();
    }

    /// The text in the form the file would have, or what is wrong with it.
    Parsed<String> fromVariable(String text) {
        return switch (this) {
            case ENVIRONMENT, SERVICE, DATA, CONTEXT, KUBECONFIG, AS -> new Parsed.Good<>(text);
            case TIMEOUT, WINDOW -> same(text, Durations.parse(text));
            case TIMEZONE -> zone(text);
            case STRATEGY -> strategy(text);
            case INSTANCES -> instances(text);
            case LISTEN -> same(text, Listen.parse(text));
        };
    }

    /// Likewise; a bare number after `--timeout` is seconds, because existing scripts call it so.
    Parsed<String> fromFlag(String text) {
        if (this != TIMEOUT) {
            return fromVariable(text);
        }
        return switch (Durations.parseFlag(text)) {
            case Parsed.Good<Duration>(var duration) -> new Parsed.Good<>(Durations.text(duration));
            case Parsed.Bad<Duration>(var fact, var hint) -> new Parsed.Bad<>(fact, hint);
        };
    }

    private static Parsed<String> same(String text, Parsed<?> parsed) {
        return switch (parsed) {
            case Parsed.Good<?> good -> new Parsed.Good<>(text);
            case Parsed.Bad<?>(var fact, var hint) -> new Parsed.Bad<>(fact, hint);
        };
    }

    static Parsed<String> zone(String text) {
        try {
            ZoneId.of(text);
            return new Parsed.Good<>(text);
        } catch (DateTimeException unknown) {
            return new Parsed.Bad<>(
                    "`%s` is not a time zone".formatted(Shown.text(text)),
                    Nearest.hint(text, ZoneId.getAvailableZoneIds(), "write UTC or a place, as in Europe/Berlin"));
        }
    }

    private static Parsed<String> strategy(String text) {
        return STRATEGIES.contains(text)
                ? new Parsed.Good<>(text)
                : new Parsed.Bad<>(
                        "`%s` is not one of %s".formatted(Shown.text(text), String.join(", ", STRATEGIES)),
                        Nearest.hint(text, STRATEGIES, ""));
    }

    private static Parsed<String> instances(String text) {
        return text.matches("[1-9][0-9]?") && Integer.parseInt(text) <= LocalConfig.INSTANCES_MAX
                ? new Parsed.Good<>(text)
                : new Parsed.Bad<>(
                        "`%s` is not a number from 1 to %d".formatted(Shown.text(text), LocalConfig.INSTANCES_MAX), "");
    }
}
