package lastgood.core.recover;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The ten points of the runbook's verification checklist.
public enum Check {
    PODS("pods", "all instances running and healthy"),
    ERROR_RATE("error-rate", "error rate"),
    LATENCY_P95("latency-p95", "response time p95"),
    AUTH("auth", "authentication working"),
    DATABASE("database", "database connections healthy"),
    ENDPOINTS("endpoints", "critical endpoints responding"),
    LOGS("logs", "no errors in recent logs"),
    INTEGRATIONS("integrations", "external integrations working"),
    SMOKE("smoke", "smoke tests passing"),
    USERS("users", "user-reported issues resolved");

    private final String label;
    private final String meaning;

    Check(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    public String label() {
        return label;
    }

    public String meaning() {
        return meaning;
    }

    public static Optional<Check> parse(String text) {
        var label = text.toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(c -> c.label.equals(label)).findFirst();
    }

    @Override
    public String toString() {
        return label;
    }
}
