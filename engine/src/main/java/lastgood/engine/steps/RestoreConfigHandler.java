package lastgood.engine.steps;

import java.util.Map;
import java.util.TreeMap;
import lastgood.core.ConfigState;
import lastgood.core.Evidence;
import lastgood.core.plan.Step;
import lastgood.core.plan.Step.RestoreConfig.Held;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Time;

/// Puts recorded content back into a config object. It is known by its digest alone, so an object that somebody else
/// has put right meanwhile is right.
final class RestoreConfigHandler implements StepHandler<Step.RestoreConfig> {

    private final Configs configs;
    private final Time time;

    RestoreConfigHandler(Configs configs, Time time) {
        this.configs = configs;
        this.time = time;
    }

    @Override
    public Sighting look(Step.RestoreConfig step, String key) {
        return configs.find(step.service(), step.name())
                .map(seen -> there(step, key, seen))
                .orElseGet(() -> notThere(step));
    }

    private Sighting there(Step.RestoreConfig step, String key, ConfigState seen) {
        if (seen.content().equals(step.to())) {
            return new Sighting.Done(Evidence.seen(
                    "config %s holds what was recorded".formatted(step.name()),
                    "config %s of %s uid %s stamp %s content %s"
                            .formatted(step.name(), step.service(), seen.uid(), seen.stamp(), step.to()),
                    time.now()));
        }
        if (!new Held.Content(seen.content()).equals(step.from())) {
            return new Sighting.Foreign("config %s was changed after this plan was made, to %s; plan again from there"
                    .formatted(step.name(), seen.content().brief()));
        }
        return seen.mark().equals(key)
                ? Marks.putBack("config " + step.name())
                : new Sighting.NotYet(
                        new TreeMap<>(Map.of(
                                "uid", seen.uid(),
                                "stamp", seen.stamp(),
                                "content", seen.content().text())),
                        fence -> configs.restore(step.service(), seen, step.to(), fence));
    }

    private Sighting notThere(Step.RestoreConfig step) {
        return switch (step.from()) {
            case Held.Content _ -> Marks.gone("config " + step.name());
            case Held.Nothing() ->
                new Sighting.NotYet(
                        new TreeMap<>(Map.of("exists", "no")),
                        fence -> configs.create(step.service(), step.name(), step.to(), fence));
        };
    }
}
