package lastgood.engine.watch;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Situation;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Settings;
import lastgood.engine.port.Telemetry;

/// A line of a [Recording].
sealed interface Line {

    /// The first one.
    record Header(String file, int format, Telemetry.Question question, DecisionRules rules) implements Line {}

    /// The watch began, or began anew because the stage asks for another alpha: what follows is for a new detector.
    record Opened(Basis basis, Settings settings) implements Line {}

    record Scrape(lastgood.core.detect.Scrape scrape) implements Line {}

    /// A decision and what it depends on besides the lines before.
    ///
    /// @param counted whether the detector had anything to say
    record Decided(
            Instant now,
            Situation.Stage stage,
            Instant start,
            boolean counted,
            List<Signal> signals,
            List<String> deaf,
            Optional<Instant> blindSince,
            Situation.Way way,
            Situation.Past past,
            boolean protectedEnvironment,
            JsonNode decision)
            implements Line {}
}
