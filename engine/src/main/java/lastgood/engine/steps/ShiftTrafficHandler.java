package lastgood.engine.steps;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.TrafficState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Traffic;

/// Moves users to where the plan says, and never to a place that cannot take them.
final class ShiftTrafficHandler implements StepHandler<Step.ShiftTraffic> {

    private static final Duration INSTANCE_START = Duration.ofMillis(500);

    private final Traffic traffic;
    private final Time time;

    ShiftTrafficHandler(Traffic traffic, Time time) {
        this.traffic = traffic;
        this.time = time;
    }

    @Override
    public Sighting look(Step.ShiftTraffic step, String key) {
        var seen = traffic.get(step.service());
        var weights = withoutZeros(seen.weights());
        if (weights.equals(withoutZeros(step.to())) && !seen.unsettled().isEmpty()) {
            return new Sighting.Underway(seen.unsettled(), "", INSTANCE_START);
        }
        if (weights.equals(withoutZeros(step.to()))) {
            return new Sighting.Done(Evidence.seen(
                    "traffic is " + words(step.to()),
                    "traffic of %s stamp %s".formatted(step.service(), seen.stamp()),
                    time.now()));
        }
        if (!weights.equals(withoutZeros(step.from()))) {
            return new Sighting.Foreign("somebody else moved the traffic to %s; the plan knew %s"
                    .formatted(words(seen.weights()), words(step.from())));
        }
        if (seen.mark().equals(key)) {
            return Marks.putBack("the traffic of " + step.service());
        }
        return notReady(step, seen);
    }

    private Sighting notReady(Step.ShiftTraffic step, TrafficState seen) {
        for (var target : withoutZeros(step.to()).keySet()) {
            if (seen.ready(target) == 0) {
                return new Sighting.Underway(
                        "no instance of %s can take requests yet".formatted(target),
                        "no instance of %s is ready".formatted(target),
                        INSTANCE_START);
            }
        }
        return new Sighting.NotYet(
                new TreeMap<>(Map.of("stamp", seen.stamp(), "weights", words(seen.weights()))),
                fence -> traffic.shift(seen, step.to(), fence));
    }

    private static SortedMap<String, Integer> withoutZeros(SortedMap<String, Integer> weights) {
        var some = new TreeMap<>(weights);
        some.values().removeIf(w -> w == 0);
        return some;
    }

    private static String words(SortedMap<String, Integer> weights) {
        return weights.entrySet().stream()
                .map(e -> "%s %d%%".formatted(e.getKey(), e.getValue()))
                .reduce((a, b) -> a + ", " + b)
                .orElse("nowhere");
    }
}
