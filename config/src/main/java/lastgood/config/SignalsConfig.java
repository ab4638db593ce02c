package lastgood.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How the team measures a service, where that is not found out by itself.
///
/// @param queries by the key of the file: `errorRate`, `latencyP95`, `latencyP99`, `requestRate`, `saturation`
public record SignalsConfig(Map<String, Query> queries) {

    public static final String ERROR_RATE = "errorRate";
    public static final String LATENCY_P95 = "latencyP95";
    public static final String LATENCY_P99 = "latencyP99";

    public SignalsConfig {
        queries = Collections.unmodifiableMap(new LinkedHashMap<>(queries));
    }

    public static SignalsConfig none() {
        return new SignalsConfig(Map.of());
    }

    /// Requests and which of them failed, to be counted.
    public Optional<Counters> requests() {
        return counters(ERROR_RATE).filter(c -> !c.slices());
    }

    /// Response times, to be counted.
    public Optional<Counters> latency() {
        return counters(LATENCY_P95).or(() -> counters(LATENCY_P99)).filter(Counters::slices);
    }

    /// Whether it serves the proof; if not, it is shown and checked.
    public boolean counts(String signal) {
        return switch (signal) {
            case ERROR_RATE -> requests().isPresent();
            case LATENCY_P95, LATENCY_P99 ->
                counters(signal).filter(Counters::slices).isPresent();
            default -> false;
        };
    }

    private Optional<Counters> counters(String signal) {
        return Optional.ofNullable(queries.get(signal)).flatMap(q -> Optional.ofNullable(q.counters()));
    }
}
