package lastgood.core.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.Severity;
import lastgood.core.detect.Attribution;

/// What to do now, and every number that explains it.
///
/// @param severity empty while nothing speaks against the release
/// @param triggers which of the seven hold, the worst first
/// @param unattended whether it may be done without a person
/// @param approval who has to say yes to a rollback of this severity; if it may be done unattended, who has to be
///     told and to say so afterwards
/// @param reasons why, a line each, in the order of their weight
public record Decision(
        Act act,
        Optional<Severity> severity,
        List<Trigger> triggers,
        Attribution attribution,
        Clock clock,
        Unattended unattended,
        ApprovalRule approval,
        List<String> reasons) {

    public Decision {
        triggers = List.copyOf(triggers);
        reasons = List.copyOf(reasons);
    }

    /// The same situation gives the same decision, to the letter.
    public static Decision of(Situation situation) {
        return Decide.of(situation);
    }

    /// Whether a rollout that is under way must not go on: it is not known to be well, or known not to be.
    public boolean holdsRollout() {
        return act != Act.GO_ON && act != Act.MONITOR;
    }

    /// From nothing to the strongest.
    public enum Act {
        /// Nothing is known against it, or it is cleared: the rollout may go on.
        GO_ON,
        /// Not enough is known: nothing is promoted, nothing is taken back.
        HOLD,
        /// Minor harm: a ticket.
        MONITOR,
        /// Suspected: the rollout is paused, evidence is taken. Both can be undone, and both are cheap.
        PAUSE,
        /// A rollback is planned and made ready, and the on-call engineer is asked.
        PREPARE,
        /// A person is needed now: rolling back would not help, or is not ours to decide.
        PAGE,
        /// Back to the last good release.
        ROLL_BACK
    }

    /// The runbook decides within fifteen minutes of the first suspicion.
    public sealed interface Clock {
        record NotRunning() implements Clock {}

        record Running(Instant since, Duration limit) implements Clock {
            /// Negative: by how much it is over.
            public Duration left(Instant now) {
                return limit.minus(Duration.between(since, now));
            }
        }
    }

    public sealed interface Unattended {
        record Yes() implements Unattended {}

        /// @param why one line, for people
        record No(String why) implements Unattended {}
    }
}
