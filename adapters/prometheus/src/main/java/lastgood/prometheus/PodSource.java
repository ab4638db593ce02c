package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.core.feed.Past;
import lastgood.engine.port.Telemetry.Question;
import lastgood.engine.port.Unreachable;

/// Samples that the pods themselves hand out, round by round. Nobody keeps them, so nothing is known from before the
/// first round; and a counter's next reading contains what was not read, so nothing is lost while a pod lives.
final class PodSource implements Source {

    /// Rounds of a release that is old: each one costs every later fault a little proof.
    private static final Duration ROUND_MAX = Duration.ofSeconds(3);

    /// Longer than any two looks of a watch are apart.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration SILENT = Duration.ofSeconds(15);

    /// A guess. How failures cluster is measured in the hours before a release, and of those nothing is known here.
    private static final double PHI = 2;

    private final Rounds rounds;
    private final Duration gap;
    private final Mode mode;
    private final Map<ServiceRef, Dialect> chosen = new HashMap<>();
    private Optional<Rounds.Round> latest = Optional.empty();

    /// What is counted of processes that are older than the first round.
    sealed interface Mode {

        /// Nobody else counts: a process that began with the release is counted from its first request on.
        record Alone() implements Mode {}

        /// Somebody else has counted until now: what is there in the first round has been counted.
        ///
        /// @param counted how; other names would be other counts
        record Instead(Optional<Dialect> counted) implements Mode {}
    }

    PodSource(Rounds rounds, Duration gap, Mode mode) {
        this.rounds = rounds;
        this.gap = gap;
        this.mode = mode;
    }

    @Override
    public Instant settled(ServiceRef service) {
        var round = rounds.of(service);
        if (latest.filter(l -> l.at().isAfter(round.at())).isPresent()) {
            throw new Unreachable("the clock of this machine has gone back, so nothing can be counted for a while");
        }
        latest = Optional.of(round);
        return round.at();
    }

    @Override
    public Dialect dialect(ServiceRef service) {
        return chosen.computeIfAbsent(service, _ -> choose(service));
    }

    private Dialect choose(ServiceRef service) {
        var round = latest.orElseGet(() -> rounds.of(service));
        var known = Dialect.KNOWN.stream().filter(d -> !d.pod().isEmpty()).toList();
        var wanted = switch (mode) {
            case Mode.Alone() -> known;
            case Mode.Instead(var counted) -> counted.map(List::of).orElse(known);
        };
        for (var dialect : wanted) {
            if (round.pods().stream()
                    .flatMap(p -> p.samples().stream())
                    .flatMap(List::stream)
                    .anyMatch(s -> isRequest(s, dialect))) {
                return dialect;
            }
        }
        throw new Unreachable("the pods of %s show no requests under any name that is known: %s"
                .formatted(
                        service,
                        wanted.stream().map(Dialect::requests).distinct().collect(Collectors.joining(", "))));
    }

    private static boolean isRequest(Exposition.Sample sample, Dialect dialect) {
        return isOf(sample, dialect.requests(), dialect)
                && !sample.labels().getOrDefault(dialect.status(), "").isEmpty();
    }

    /// A sidecar counts what its pod asks of others, too.
    private static boolean isOf(Exposition.Sample sample, String metric, Dialect dialect) {
        return metric.equals(sample.labels().get(Exposition.NAME))
                && dialect.only().entrySet().stream()
                        .allMatch(o -> o.getValue().equals(sample.labels().get(o.getKey())));
    }

    @Override
    public Pace pace(ServiceRef service, Instant before) {
        return Pace.atOnce(gap, ROUND_MAX, PATIENCE);
    }

    @Override
    public Duration silent(Pace pace) {
        return SILENT;
    }

    @Override
    public Stretches of(ServiceRef service, Optional<Digest> revision, Party party, Pace pace) {
        return new PodStretches(service, revision, party);
    }

    /// Instead of somebody else: from now on. Clocks of nodes are not needed for that, see [PodStretches].
    @Override
    public Instant countedFrom(Question question) {
        return switch (mode) {
            case Mode.Alone() -> question.since();
            case Mode.Instead(var _) -> latest.map(Rounds.Round::at).orElse(question.since());
        };
    }

    /// None: each would be as many pods again, and what they counted before the release is not known.
    @Override
    public List<ServiceRef> guard(Question question) {
        return List.of();
    }

    @Override
    public Past before(Instant start, Question question, Optional<Digest> old, Pace pace) {
        return new Past(
                Past.UNKNOWN.hour(),
                Past.UNKNOWN.latency(),
                Past.UNKNOWN.guard(),
                Past.UNKNOWN.lastWeekBefore(),
                Past.UNKNOWN.lastWeekAfter(),
                PHI,
                "a guess: nothing is known of before");
    }

    @Override
    public List<String> words() {
        var untold = latest.map(Rounds.Round::untold).orElse(0);
        var words = new ArrayList<String>();
        words.add("counted from what the pods themselves show (%s); nobody has kept what they showed before"
                .formatted(chosen.values().stream()
                        .map(Dialect::requests)
                        .distinct()
                        .collect(Collectors.joining(", "))));
        if (untold > 0) {
            words.add("%d more pods are not read".formatted(untold));
        }
        return words;
    }

    private final class PodStretches implements Stretches {
        private final ServiceRef service;
        private final Optional<Digest> revision;
        private final Party party;
        private Optional<Set<String>> before = Optional.empty();

        PodStretches(ServiceRef service, Optional<Digest> revision, Party party) {
            this.service = service;
            this.revision = revision;
            this.party = party;
        }

        @Override
        public Fetched fetch(Instant from, Instant to, Predicate<Series> isNew) {
            var dialect = dialect(service);
            var round = latest.filter(r -> r.at().isAfter(from) && !r.at().isAfter(to));
            if (round.isEmpty()) {
                return Fetched.nothing(dialect, from);
            }
            var at = round.get().at().toEpochMilli();
            var mine = round.get().pods().stream().filter(this::isMine).toList();
            if (before.isEmpty()) {
                before = Optional.of(round.get().pods().stream()
                        .map(p -> p.exporter().name())
                        .collect(Collectors.toCollection(HashSet::new)));
            }
            var up = new ArrayList<Series>();
            var started = new ArrayList<Series>();
            var requests = new ArrayList<Series>();
            var buckets = new ArrayList<Series>();
            for (var pod : mine) {
                var name = pod.exporter().name();
                up.add(series(
                        Map.of(Exposition.NAME, Readings.UP),
                        name,
                        at,
                        pod.samples().isPresent() ? 1 : 0));
                pod.samples().ifPresent(samples -> {
                    started.add(series(Map.of(Exposition.NAME, Readings.STARTED), name, at, began(pod, samples)));
                    samples.stream()
                            .filter(s -> isOf(s, dialect.requests(), dialect))
                            .forEach(s -> requests.add(series(s.labels(), name, at, s.value())));
                    late(samples, dialect)
                            .forEach((bound, n) -> buckets.add(series(Map.of(Readings.BOUND, bound), name, at, n)));
                });
            }
            return new Fetched(dialect, from.toEpochMilli(), up, started, requests, buckets);
        }

        /// Who cannot be told apart counts as what is watched: that makes a difference smaller, and proves none.
        private boolean isMine(Rounds.Pod pod) {
            return revision.isEmpty()
                    || pod.exporter().revision().map(revision.get()::equals).orElse(party == Party.FRESH);
        }

        /// In seconds; 1 is long ago. A process that is there in the first round was counted by somebody else, or, if
        /// nobody knows its age, is taken for an old one: what it counted until now is then the base.
        private double began(Rounds.Pod pod, List<Exposition.Sample> samples) {
            var counted = mode instanceof Mode.Instead
                    && before.map(b -> b.contains(pod.exporter().name())).orElse(true);
            return counted
                    ? 1
                    : samples.stream()
                            .filter(s -> Readings.STARTED.equals(s.labels().get(Exposition.NAME)))
                            .mapToDouble(Exposition.Sample::value)
                            .filter(v -> v > 0 && v < Long.MAX_VALUE)
                            .findFirst()
                            .orElseGet(() -> pod.exporter()
                                    .started()
                                    .map(i -> i.toEpochMilli() / 1000.0)
                                    .orElse(1.0));
        }
    }

    /// Added up over routes by the number of their bound: one process may write `1`, another one `1.0`.
    private static Map<String, Double> late(List<Exposition.Sample> samples, Dialect dialect) {
        var sums = new TreeMap<Double, Double>();
        for (var one : samples) {
            if (isOf(one, dialect.buckets(), dialect)) {
                // NaN stays NaN in the sum, and is no count; without it the sum would be smaller, as after a restart.
                bound(one.labels().getOrDefault(Readings.BOUND, ""))
                        .ifPresent(b -> sums.merge(b, one.value(), Double::sum));
            }
        }
        var all = new TreeMap<String, Double>();
        sums.forEach((bound, n) -> all.put(Double.isInfinite(bound) ? "+Inf" : Double.toString(bound), n));
        return all;
    }

    private static Optional<Double> bound(String text) {
        try {
            var bound = text.equals("+Inf") || text.equals("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
            return Double.isNaN(bound) ? Optional.empty() : Optional.of(bound);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Series series(Map<String, String> labels, String pod, long atMillis, double value) {
        var all = new TreeMap<>(labels);
        all.put("job", "pods");
        all.put("instance", pod);
        all.put("pod", pod);
        return new Series(all, List.of(new Series.Sample(atMillis, value)));
    }
}
