package lastgood.engine.watch;

import java.util.List;
import java.util.Optional;
import lastgood.core.decide.Decision;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Situation;
import lastgood.engine.port.Telemetry;

/// What came out when a recording was decided again.
///
/// @param scrapes how many were given to detectors
/// @param cutOff whether the last line was torn, as by a crash while it was written; it is left out
public record Replay(Telemetry.Question question, DecisionRules rules, List<Step> steps, long scrapes, boolean cutOff) {
    public Replay {
        steps = List.copyOf(steps);
    }

    /// @param line of the file, from 1
    /// @param again what is decided now, on the same facts
    /// @param recorded what was decided then, as it was written
    public record Step(int line, Situation situation, Decision again, String recorded, Agreement agreement) {}

    public enum Agreement {
        /// To the letter.
        SAME,
        /// The same act, severity, blame, clock and approval, explained in other words: another version wrote it.
        OTHER_WORDS,
        DIFFERENT
    }

    public Optional<Step> firstDifference() {
        return steps.stream().filter(s -> s.agreement() == Agreement.DIFFERENT).findFirst();
    }
}
