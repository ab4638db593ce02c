package lastgood.demo;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What goes wrong, and how the service is released.
public enum Scenario {
    APP("{ type: rolling }", Fault.WEIGHTS, "three instances, replaced one by one"),
    CANARY("{ type: canary, canary: { steps: [10%] } }", Fault.WEIGHTS, "a canary gets 10% of the traffic first"),
    BLUE_GREEN("{ type: blue-green }", Fault.WEIGHTS, "two colours; traffic is switched at once"),
    EMERGENCY("{ type: rolling }", Fault.STORE, "nobody is served; --emergency asks nobody first");

    private final String strategy;
    private final Fault fault;
    private final String words;

    /// What v4.0.5's configuration has that v4.0.4's has not.
    enum Fault {
        WEIGHTS("edges.weight=required\nsearch.index=off\n"),
        STORE("graph.store=graph-store.internl:7687\n");

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
