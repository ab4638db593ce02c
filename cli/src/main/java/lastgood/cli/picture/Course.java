package lastgood.cli.picture;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import lastgood.engine.port.Metrics;

/// What all users got over time, in equal steps without holes.
///
/// @param from where the first step begins
/// @param marks what happened, oldest first
public record Course(Instant from, Duration step, List<Step> steps, List<Mark> marks) {

    public Course {
        steps = List.copyOf(steps);
        marks = List.copyOf(marks);
    }

    /// @param p95 the slowest release's, an upper bound; zero if nobody asked
    public record Step(long requests, long errors, Duration p95) {

        static final Step NONE = new Step(0, 0, Duration.ZERO);

        public double errorPercent() {
            return requests == 0 ? 0 : 100.0 * errors / requests;
        }

        private Step plus(Metrics.Point point) {
            return new Step(
                    requests + point.requests(),
                    errors + point.errors(),
                    p95.compareTo(point.p95()) > 0 ? p95 : point.p95());
        }
    }

    public record Mark(Instant at, String words) {}

    static Course of(Instant from, Instant to, Duration step, List<Metrics.Point> points, List<Mark> marks) {
        var found = new TreeMap<Long, Step>();
        for (var point : points) {
            var at = Duration.between(from, point.at()).dividedBy(step);
            found.put(at, found.getOrDefault(at, Step.NONE).plus(point));
        }
        var steps = new ArrayList<Step>();
        for (var i = 0L; i < Math.max(1, Duration.between(from, to).dividedBy(step)); i++) {
            steps.add(found.getOrDefault(i, Step.NONE));
        }
        return new Course(from, step, steps, marks);
    }

    boolean isEmpty() {
        return steps.stream().filter(s -> s.requests() > 0).count() < 3;
    }

    double errorPercentMax() {
        return steps.stream().mapToDouble(Step::errorPercent).max().orElse(0);
    }

    Duration p95Max() {
        return steps.stream().map(Step::p95).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /// Where it lies, 0 to 1; empty if it is outside.
    double place(Instant at) {
        return (double) Duration.between(from, at).toMillis()
                / step.multipliedBy(steps.size()).toMillis();
    }
}
