package lastgood.core;

import java.util.Arrays;
import java.util.Optional;

/// How bad an incident is, the worst first. Derived by the matrix; a person may raise it, and lower it
/// only with a reason.
public enum Severity {
    SEV1("SEV-1"),
    SEV2("SEV-2"),
    SEV3("SEV-3"),
    SEV4("SEV-4");

    private final String label;

    Severity(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /// Reads `SEV-2`, `sev2` or `2`.
    public static Optional<Severity> parse(String text) {
        var digit = text.toUpperCase(java.util.Locale.ROOT).replace("SEV", "").replace("-", "");
        return Arrays.stream(values())
                .filter(s -> s.label.endsWith("-" + digit))
                .findFirst();
    }

    @Override
    public String toString() {
        return label;
    }
}
