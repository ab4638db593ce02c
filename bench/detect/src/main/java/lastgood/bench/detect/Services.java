package lastgood.bench.detect;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Situation;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Time;
import lastgood.engine.watch.Sources;
import lastgood.engine.watch.Surroundings;
import lastgood.engine.watch.Terms;
import lastgood.engine.watch.Watch;

/// What many watches at once take, as `engine.watch.Watch` keeps them: two comparisons, latency, and the course that
/// is shown. Without what a platform keeps to read the counts.
final class Services {

    private static final Instant T0 = Instant.ofEpochSecond(1_700_000_000);
    private static final Surroundings AROUND =
            new Surroundings(Situation.Stage.LIVE, new Situation.Way.Nowhere("a bench"), Situation.Past.none(), false);

    private Services() {}

    /// @param services that are watched at once
    /// @param scrapes of each
    static void run(int services, int scrapes, PrintStream out) {
        var world = new World(Weather.calm(40, 0.25, 0.002), 3);
        var past = world.past(true);
        var basis = new Basis(new Reference.Beside(), past.before(), past.phi(), T0, List.of());
        var stream = IntStream.range(0, scrapes).mapToObj(_ -> world.next()).toList();
        var release =
                new Release(1, new Revision(Digest.of("v1"), new Version("v1")), List.of(), T0, new Person("maya"));
        var empty = Costs.used();
        var watches = new ArrayList<Watch>(services);
        for (var i = 0; i < services; i++) {
            var question = new Telemetry.Question(
                    new ServiceRef("production", "service-" + i),
                    release,
                    Optional.of(release),
                    T0,
                    List.of(),
                    Set.of());
            watches.add(new Watch(
                    new Sources(new Given(stream, basis), Signals.NONE),
                    question,
                    new Terms(DecisionRules.runbook(), Situation.Stage.LIVE, Set.of()),
                    new Clock()));
        }
        var from = System.nanoTime();
        watches.forEach(w -> w.look(AROUND));
        var seconds = (System.nanoTime() - from) / 1e9;
        var full = Costs.used();
        out.printf(
                Locale.ROOT,
                "%d watches, %d scrapes each: %.1f MB of heap, %.1f kB each; %.1f us a scrape%n",
                watches.size(),
                scrapes,
                (full - empty) / 1e6,
                (full - empty) / 1e3 / services,
                seconds * 1e6 / services / scrapes);
    }

    /// Stands still.
    private static final class Clock implements Time {
        @Override
        public Instant now() {
            return T0;
        }

        @Override
        public void pause(Duration duration) {
            throw new IllegalStateException("nobody waits here");
        }
    }

    private record Given(List<Scrape> scrapes, Basis basis) implements Telemetry {
        @Override
        public Feed open(Question question) {
            return new Feed() {
                @Override
                public Optional<Basis> basis() {
                    return Optional.of(basis);
                }

                @Override
                public List<Scrape> next() {
                    return scrapes;
                }
            };
        }

        @Override
        public List<Served> served(ServiceRef service, Instant from, Duration late) {
            return List.of();
        }
    }
}
