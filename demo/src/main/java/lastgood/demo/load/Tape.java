package lastgood.demo.load;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What became of each request, second by second. A request belongs to the second in which it was due, so that a
/// second's share of failures does not depend on how long they took.
public final class Tape {

    private final List<int[]> seconds = new ArrayList<>();
    private final Map<String, Integer> failedBy = new TreeMap<>();
    private int sent;
    private int ok;
    private int failed;
    private @Nullable Instant firstFailure;
    private @Nullable Instant lastFailure;

    private static final int OK = 0;
    private static final int FAILED = 1;

    /// @param failed of `answered`
    public record Second(int answered, int failed) {
        public double failedPercent() {
            return answered == 0 ? 0 : 100.0 * failed / answered;
        }
    }

    /// @param sent what users asked; `ok`, `failed` and what is still open add up to it
    public record Totals(int sent, int ok, int failed) {
        public int open() {
            return sent - ok - failed;
        }

        public double failedPercent() {
            return ok + failed == 0 ? 0 : 100.0 * failed / (ok + failed);
        }

        public Totals minus(Totals before) {
            return new Totals(sent - before.sent, ok - before.ok, failed - before.failed);
        }
    }

    synchronized void sent() {
        sent++;
    }

    synchronized void ok(Duration due) {
        ok++;
        second(due)[OK]++;
    }

    /// @param by the version that gave the bad answer; empty: nobody answered
    synchronized void failed(Duration due, String by, Instant at) {
        failed++;
        second(due)[FAILED]++;
        failedBy.merge(by, 1, Integer::sum);
        if (firstFailure == null || at.isBefore(firstFailure)) {
            firstFailure = at;
        }
        if (lastFailure == null || at.isAfter(lastFailure)) {
            lastFailure = at;
        }
    }

    private int[] second(Duration due) {
        while (seconds.size() <= due.toSeconds()) {
            seconds.add(new int[2]);
        }
        return seconds.get((int) due.toSeconds());
    }

    public synchronized Totals totals() {
        return new Totals(sent, ok, failed);
    }

    /// Failed requests by the version that answered them; the empty name is nobody.
    public synchronized Map<String, Integer> failedBy() {
        return new TreeMap<>(failedBy);
    }

    public synchronized List<Second> seconds() {
        return seconds.stream()
                .map(s -> new Second(s[OK] + s[FAILED], s[FAILED]))
                .toList();
    }

    public synchronized Optional<Instant> firstFailure() {
        return Optional.ofNullable(firstFailure);
    }

    /// When a user was last told of a failure.
    public synchronized Optional<Instant> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
