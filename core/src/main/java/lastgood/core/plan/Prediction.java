package lastgood.core.plan;

import java.time.Duration;
import java.util.List;

/// How long a plan will take, from runs like it; never from a guess.
public sealed interface Prediction {
    record NoHistory() implements Prediction {}

    /// @param runs how many runs it rests on
    record FromRuns(int runs, Duration median, Duration p90) implements Prediction {}

    static Prediction from(List<Duration> likeIt) {
        if (likeIt.isEmpty()) {
            return new NoHistory();
        }
        var sorted = likeIt.stream().sorted().toList();
        return new FromRuns(sorted.size(), atQuantile(sorted, 0.5), atQuantile(sorted, 0.9));
    }

    /// Nearest rank: with few runs an interpolated value would pretend to know more.
    private static Duration atQuantile(List<Duration> sorted, double q) {
        return sorted.get((int) Math.ceil(q * sorted.size()) - 1);
    }

    default String words() {
        return switch (this) {
            case NoHistory() -> "no history: nothing like it has run here yet";
            case FromRuns(var runs, var median, var p90) ->
                "%s (median of %d like it; p90 %s)"
                        .formatted(lastgood.core.Words.duration(median), runs, lastgood.core.Words.duration(p90));
        };
    }
}
