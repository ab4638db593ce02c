package lastgood.engine.watch;

import java.time.Duration;
import java.util.Set;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Price;
import lastgood.core.detect.Settings;

/// How a release is judged.
///
/// @param stage when the watch began; it is begun anew where another stage asks for other evidence
/// @param critical routes that get half of the attention
public record Terms(DecisionRules rules, Stage stage, Set<String> critical) {

    /// One false alarm a year, at a scrape every 15 s.
    private static final double ALARMS_PER_SCRAPE = 15.0 / Duration.ofDays(365).toSeconds();

    public Terms {
        critical = Set.copyOf(critical);
    }

    /// What the detector is made with; recorded, so that a decision can be made again.
    public Settings settings(Basis basis) {
        var settings = Settings.beside(Price.TYPE_1, basis.before())
                .withAlpha(rules.watchAlpha(stage))
                .with(basis.reference())
                .withPhi(basis.phi())
                .withRoutes(critical, Settings.ROUTES_MAX);
        return stage == Stage.SETTLED ? settings.withoutEnd(ALARMS_PER_SCRAPE) : settings;
    }
}
