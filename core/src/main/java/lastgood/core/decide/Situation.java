package lastgood.core.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.Release;
import lastgood.core.detect.Assessment;
import lastgood.core.plan.Plan;

/// All that a decision depends on, so that the same situation gives the same decision, whoever asks and whenever.
///
/// @param now the moment of the decision
/// @param running the release in question
/// @param stage how far its rollout is
/// @param start when its watch began: its first sample
/// @param assessment what the detector knows; empty = nothing was counted yet
/// @param signals what else speaks against it
/// @param deaf sources that could not be asked
/// @param blindSince since when the counts cannot be read; empty = they can
/// @param way what a rollback would be
/// @param past what was done automatically before
/// @param protectedEnvironment whether the environment is protected
public record Situation(
        Instant now,
        Release running,
        Stage stage,
        Instant start,
        Optional<Assessment> assessment,
        List<Signal> signals,
        List<String> deaf,
        Optional<Instant> blindSince,
        Way way,
        Past past,
        boolean protectedEnvironment,
        DecisionRules rules) {

    public Situation {
        signals = List.copyOf(signals);
        deaf = List.copyOf(deaf);
    }

    /// How far a release has come.
    public enum Stage {
        /// A part of the traffic; the old version serves the rest and can take it back at once.
        CANARY,
        /// Pods or instances are being replaced.
        ROLLING,
        /// All traffic, watched as a release.
        LIVE,
        /// All traffic, and its watch is over: judged good, or nobody expects it to be at fault any more.
        SETTLED
    }

    /// What a rollback would be, if there were one now.
    public sealed interface Way {
        /// @param good whether the target is last good by evidence
        /// @param dataLost what the plan says is lost; empty = nothing
        record To(Release target, boolean good, Plan.Type type, List<String> dataLost) implements Way {
            public To {
                dataLost = List.copyOf(dataLost);
            }
        }

        /// There is none, and why.
        record Nowhere(String why) implements Way {}
    }

    /// @param rollbacks automatic ones of the last 24 hours, oldest first
    /// @param isItselfARollback whether the running release is there because of a rollback
    /// @param quarantined whether the running release was taken out before and has come back
    public record Past(List<Automatic> rollbacks, boolean isItselfARollback, boolean quarantined) {
        public Past {
            rollbacks = List.copyOf(rollbacks);
        }

        public static Past none() {
            return new Past(List.of(), false, false);
        }
    }

    /// @param helped whether recovery was proved afterwards
    /// @param thisIncident whether it was done for the incident that is still open
    public record Automatic(Instant at, int releaseTakenOut, boolean helped, boolean thisIncident) {}

    /// How long the release has been watched.
    public Duration watched() {
        return Duration.between(start, now);
    }
}
