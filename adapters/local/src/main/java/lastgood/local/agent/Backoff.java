package lastgood.local.agent;

import java.time.Duration;

/// How long to wait before a crashed instance is started again.
final class Backoff {

    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LAST = Duration.ofSeconds(30);

    private Backoff() {}

    /// @param crashes in a row, from 1
    static Duration after(int crashes) {
        var doubled = FIRST.multipliedBy(1L << Math.min(crashes - 1, 10));
        return doubled.compareTo(LAST) < 0 ? doubled : LAST;
    }
}
