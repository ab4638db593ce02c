package lastgood.core.decide;

import java.util.Arrays;
import java.util.Optional;

/// The runbook's seven reasons to roll back.
public enum Trigger {
    ERROR_RATE("error rate"),
    CRITICAL("critical functionality"),
    CORRUPTION("data corruption"),
    SECURITY("security"),
    PERFORMANCE("performance"),
    MIGRATION("migration"),
    CANARY("canary");

    private final String label;

    Trigger(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static Optional<Trigger> parse(String text) {
        return Arrays.stream(values())
                .filter(t -> t.label.equals(text) || t.name().equals(text))
                .findFirst();
    }

    @Override
    public String toString() {
        return label;
    }
}
