package lastgood.testkit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntConsumer;
import lastgood.core.RunId;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.FileJournals;
import lastgood.engine.journal.Journal;
import lastgood.testkit.sim.Corpus;
import lastgood.testkit.sim.Crashes;
import lastgood.testkit.sim.SimClock;

/// Journal records a second, each forced to the disk; and whole simulated rollbacks a second on one core.
/// Several rounds of each; the last, warm one is the figure.
public final class EngineBench {

    private static final int ROUNDS = 6;
    private static final int RECORDS = 2_000;
    private static final int ROLLBACKS = 3_000;

    private EngineBench() {}

    /// @param args a folder on the disk that counts; it is left with the journals in it
    public static void main(String... args) throws IOException {
        var folder = Path.of(args[0]);
        for (var round = 1; round <= ROUNDS; round++) {
            var run = new RunId("op-0bench0" + round);
            var journal = Journal.open(new FileJournals(folder), run);
            var clock = new SimClock();
            report(
                    "journal records, each forced to disk",
                    RECORDS,
                    _ -> journal.append(new Entry.TakenOver("bench"), 1, clock.now(), "bench:1"));
            var crashes = new Crashes(Corpus.named("rollback: rolling"));
            report("simulated rollbacks on one core", ROLLBACKS, _ -> crashes.with(Map.of()));
        }
    }

    private static void report(String what, int times, IntConsumer work) {
        var began = System.nanoTime();
        for (var i = 0; i < times; i++) {
            work.accept(i);
        }
        System.out.printf("%-40s %,8.0f a second%n", what, times / ((System.nanoTime() - began) / 1e9));
    }
}
