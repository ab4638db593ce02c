package lastgood.bench.detect;

import java.nio.file.Path;
import java.util.Optional;

/// @param quick a few streams of each kind, within a minute on one core
/// @param seed of all streams
/// @param out folder for `detect.json` and `detect.svg`; empty = neither is written
public record Options(boolean quick, long seed, Optional<Path> out) {

    /// The seed of the figures in the documentation.
    public static final long SEED = 20261122;

    public static Options usual() {
        return new Options(false, SEED, Optional.empty());
    }

    /// Days of healthy releases; four in five with the laws that the parameters were tuned on, one in five held out.
    int days() {
        return quick ? 15 : 60;
    }

    /// Watches for each cell of traffic and effect.
    int daysAlone() {
        return quick ? 10 : 120;
    }

    int faults() {
        return quick ? 5 : 15;
    }

    int outages() {
        return quick ? 20 : 60;
    }

    int borderWatches() {
        return quick ? 150 : 1_000;
    }

    int recoveries() {
        return quick ? 31 : 301;
    }
}
