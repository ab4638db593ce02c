package lastgood.engine.steps;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Traffic;

/// Shows the maintenance page, or the service again. It is a setting of the traffic, not of the workload, so it
/// makes no revision and no rollback drops it.
final class MaintenanceHandler implements StepHandler<Step.SetMaintenance> {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Traffic traffic;
    private final Time time;

    MaintenanceHandler(Traffic traffic, Time time) {
        this.traffic = traffic;
        this.time = time;
    }

    @Override
    public Sighting look(Step.SetMaintenance step, String key) {
        var seen = traffic.get(step.service());
        if (seen.maintenance() == step.on() && !seen.unsettled().isEmpty()) {
            return new Sighting.Underway(seen.unsettled(), "", LOOK_AGAIN);
        }
        if (seen.maintenance() == step.on()) {
            return new Sighting.Done(Evidence.seen(
                    "maintenance is " + (step.on() ? "on" : "off"),
                    "traffic of %s stamp %s".formatted(step.service(), seen.stamp()),
                    time.now()));
        }
        return seen.mark().equals(key)
                ? Marks.putBack("the maintenance page")
                : new Sighting.NotYet(
                        new TreeMap<>(Map.of("stamp", seen.stamp())),
                        fence -> traffic.maintenance(seen, step.on(), fence));
    }
}
