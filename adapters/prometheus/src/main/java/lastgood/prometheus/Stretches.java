package lastgood.prometheus;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/// Raw samples of one side's pods, stretch by stretch of time: what [Readings] counts.
@FunctionalInterface
interface Stretches {

    /// What was sampled after `from` and not after `to`.
    ///
    /// @param isNew whether nothing of that pod has been counted yet, so that its start is worth a question
    Fetched fetch(Instant from, Instant to, Predicate<Series> isNew);

    /// What there was in one stretch; nothing is counted yet.
    ///
    /// @param up 1 where a pod was read, 0 where it was tried in vain
    /// @param started when processes began, in seconds
    /// @param buckets added up over routes, pod by pod
    record Fetched(
            Dialect dialect,
            long fromMillis,
            List<Series> up,
            List<Series> started,
            List<Series> requests,
            List<Series> buckets) {

        public Fetched {
            up = List.copyOf(up);
            started = List.copyOf(started);
            requests = List.copyOf(requests);
            buckets = List.copyOf(buckets);
        }

        static Fetched nothing(Dialect dialect, Instant from) {
            return new Fetched(dialect, from.toEpochMilli(), List.of(), List.of(), List.of(), List.of());
        }
    }
}
