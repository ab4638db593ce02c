package lastgood.demo;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What goes wrong, and how the service is released.
public enum Scenario {
    BREAKING_MIGRATION(
            "{ type: rolling }",
            Fault.RENAMED_COLUMN,
            "its migration renames a column that the release before reads; schema and application go back together"),
    CORRUPTION(
            "{ type: rolling }",
            Fault.WEIGHTLESS,
            "its migration damages rows while users go on writing; the rows are put right, and nothing newer is lost"),
    APP("{ type: rolling }", Fault.WEIGHTS, "three instances, replaced one by one"),
    CANARY("{ type: canary, canary: { steps: [10%] } }", Fault.WEIGHTS, "a canary gets 10% of the traffic first"),
    BLUE_GREEN("{ type: blue-green }", Fault.WEIGHTS, "two colours; traffic is switched at once"),
    EMERGENCY(
            "{ type: rolling }",
            Fault.STORE,
            "nobody is served; the watch goes back at once, and the approval is owed");

    private final String strategy;
    private final Fault fault;
    private final String words;

    /// What v4.0.5's configuration has that v4.0.4's has not.
    enum Fault {
        WEIGHTS("edges.weight=required\nsearch.index=off\n"),
        STORE("graph.store=graph-store.internl:7687\n"),
        RENAMED_COLUMN("edges.weight=required\nedges.column=cost\n"),
        WEIGHTLESS("");

        private final String properties;

        Fault(String properties) {
            this.properties = properties;
        }

        String properties() {
            return properties;
        }
    }

    Scenario(String strategy, Fault fault, String words) {
        this.strategy = strategy;
        this.fault = fault;
        this.words = words;
    }

    String strategy() {
        return strategy;
    }

    Fault fault() {
        return fault;
    }

    String words() {
        return words;
    }

    /// Whether the service keeps its graph in a database, and v4.0.5 brings a migration.
    boolean hasDatabase() {
        return fault == Fault.RENAMED_COLUMN || fault == Fault.WEIGHTLESS;
    }

    boolean emergency() {
        return this == EMERGENCY;
    }

    /// `blue-green`
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static String all() {
        return Arrays.stream(values()).map(Scenario::word).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return word();
    }
}
