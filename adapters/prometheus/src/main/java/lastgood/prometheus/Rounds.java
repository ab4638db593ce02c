package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.prometheus.Exporters.Answer;
import lastgood.prometheus.Exporters.Exporter;

/// Reads all pods of a service at the same moment, and no more often than is allowed, whoever asks.
///
/// A pod that nobody answers at is counted as tried in vain once in fifteen seconds, as Prometheus would: tries of one
/// second repeat each other, and a process that takes twenty seconds to start must not look like twenty failures.
final class Rounds {

    /// As far apart as Prometheus' usual scrapes: what a failed one is worth was chosen for those.
    private static final Duration TRIED_AGAIN = Duration.ofSeconds(15);

    /// Who is there is asked less often than what they count.
    private static final Duration LISTED_FOR = Duration.ofSeconds(3);

    /// All that any dialect of pods may need.
    private static final Set<String> WANTED = Dialect.KNOWN.stream()
            .filter(d -> !d.pod().isEmpty())
            .flatMap(d -> Stream.of(d.requests(), d.buckets()))
            .collect(Collectors.collectingAndThen(Collectors.toSet(), names -> {
                names.add(Readings.STARTED);
                return Set.copyOf(names);
            }));

    private final Exporters exporters;
    private final InstantSource clock;
    private final ScrapeLimits limits;
    private final Map<ServiceRef, Kept> kept = new HashMap<>();

    /// One moment's readings.
    ///
    /// @param pods by name
    /// @param untold pods beyond the limit
    record Round(Instant at, List<Pod> pods, int untold) {
        Round {
            pods = List.copyOf(pods);
        }
    }

    /// @param samples empty: it was tried in vain
    record Pod(Exporter exporter, Optional<List<Exposition.Sample>> samples) {}

    private static final class Kept {
        Came came = new Came.Nothing("nothing was read yet");
        Instant readAt = Instant.EPOCH;
        long bytes;

        List<Exporter> listed = List.of();
        Instant listedAt = Instant.EPOCH;
        final Map<String, Instant> tried = new HashMap<>();
    }

    Rounds(Exporters exporters, InstantSource clock, ScrapeLimits limits) {
        this.exporters = exporters;
        this.clock = clock;
        this.limits = limits;
    }

    /// The latest round, or a new one if that is old enough.
    ///
    /// @throws Unreachable if nobody could be read, or somebody in a way that is our fault
    synchronized Round of(ServiceRef service) {
        var keeps = kept.computeIfAbsent(service, _ -> new Kept());
        // Samples bear milliseconds.
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (!now.isBefore(keeps.readAt.plus(limits.gapAfter(keeps.bytes))) || now.isBefore(keeps.readAt)) {
            keeps.readAt = now;
            keeps.bytes = 0;
            keeps.came = read(service, keeps);
        }
        return switch (keeps.came) {
            case Came.Counted(var round) -> round;
            case Came.Nothing(var why) -> throw new Unreachable(why);
        };
    }

    /// Who fails is not asked more often than who answers.
    private Came read(ServiceRef service, Kept keeps) {
        try {
            return new Came.Counted(read(service, keeps, keeps.readAt));
        } catch (Unreachable | Forbidden e) {
            return new Came.Nothing(String.valueOf(e.getMessage()));
        }
    }

    private sealed interface Came {
        record Counted(Round round) implements Came {}

        record Nothing(String why) implements Came {}
    }

    private Round read(ServiceRef service, Kept keeps, Instant now) {
        if (keeps.listed.isEmpty() || !now.isBefore(keeps.listedAt.plus(LISTED_FOR))) {
            keeps.listed = exporters.of(service).stream()
                    .sorted(Comparator.comparing(Exporter::name))
                    .toList();
            keeps.listedAt = now;
        }
        if (keeps.listed.isEmpty()) {
            throw new Unreachable("%s has no pod that could be read".formatted(service));
        }
        var asked = keeps.listed.stream().limit(limits.pods()).toList();
        var answers = ask(asked);
        var pods = new ArrayList<Pod>();
        var silent = new TreeMap<String, String>();
        var answered = 0;
        for (var one : asked) {
            switch (answers.getOrDefault(one.name(), new Read.Not())) {
                case Read.Counters(var samples, var bytes) -> {
                    answered++;
                    keeps.bytes += bytes;
                    keeps.tried.remove(one.name());
                    pods.add(new Pod(one, Optional.of(samples)));
                }
                case Read.Silent(var why) -> {
                    silent.put(one.name(), why);
                    var before = keeps.tried.get(one.name());
                    if (before == null || !now.isBefore(before.plus(TRIED_AGAIN))) {
                        keeps.tried.put(one.name(), now);
                        pods.add(new Pod(one, Optional.empty()));
                    }
                }
                case Read.Unusable(var why) ->
                    throw new Unreachable("cannot read what the pod %s counts: %s".formatted(one.name(), why));
                case Read.Not() -> {
                    // gone, or not asked in time
                }
            }
        }
        if (answered == 0) {
            // Nobody is left who could tell a dead release from a wire that is cut.
            throw new Unreachable(
                    silent.isEmpty()
                            ? "no pod of %s could be read".formatted(service)
                            : "not one of %s of %s answers; %s: %s"
                                    .formatted(
                                            Words.count(silent.size(), "pod"),
                                            service,
                                            silent.firstKey(),
                                            silent.firstEntry().getValue()));
        }
        keeps.tried.keySet().retainAll(asked.stream().map(Exporter::name).collect(Collectors.toSet()));
        return new Round(now, pods, keeps.listed.size() - asked.size());
    }

    /// What came of reading one of them.
    private sealed interface Read {
        record Counters(List<Exposition.Sample> samples, int bytes) implements Read {}

        record Silent(String why) implements Read {}

        record Unusable(String why) implements Read {}

        record Not() implements Read {}
    }

    /// All at once, as far as that is allowed. Each reading ends by itself, so this does as well.
    private Map<String, Read> ask(List<Exporter> asked) {
        var places = new Semaphore(limits.atOnce());
        var running = new TreeMap<String, Future<Read>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : asked) {
                Callable<Read> reading = () -> {
                    if (!places.tryAcquire(limits.round().toMillis(), TimeUnit.MILLISECONDS)) {
                        return new Read.Not();
                    }
                    try {
                        return read(one);
                    } finally {
                        places.release();
                    }
                };
                running.put(one.name(), threads.submit(reading));
            }
        }
        var all = new HashMap<String, Read>();
        running.forEach((name, future) -> all.put(name, result(future)));
        return all;
    }

    private static Read result(Future<Read> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while reading pods", e);
        }
    }

    private Read read(Exporter one) {
        return switch (exporters.read(one)) {
            case Answer.Text(var body, var type) -> {
                try {
                    yield new Read.Counters(Exposition.read(body, type, WANTED), body.length);
                } catch (Exposition.Malformed e) {
                    yield new Read.Unusable("its answer %s".formatted(e.getMessage()));
                }
            }
            case Answer.Silent(var why) -> new Read.Silent(why);
            case Answer.Gone() -> new Read.Not();
            case Answer.Unusable(var why) -> new Read.Unusable(why);
        };
    }
}
