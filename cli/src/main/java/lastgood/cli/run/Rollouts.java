package lastgood.cli.run;

import java.time.Duration;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.engine.Control;
import lastgood.engine.Progress;
import lastgood.engine.journal.Damaged;
import lastgood.engine.journal.Journal;

/// A rollout that is underway when somebody wants to go back: the runbook's "stop ongoing deployment".
final class Rollouts {

    /// A driver notices a cancel at its next turn, and one turn is a look at the world.
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(30);

    private static final Duration GLANCE = Duration.ofMillis(200);

    private Rollouts() {}

    /// The rollout that has the service, if one has.
    static Optional<RunId> underway(Session session) {
        return Holder.of(session).filter(run -> isRollout(session, run));
    }

    private static boolean isRollout(Session session, RunId run) {
        try {
            var journal = Journal.open(session.ports().journals(), run);
            return !journal.isEmpty()
                    && journal.state().isPlanned()
                    && journal.state().opened().kind() == Plan.Kind.ROLLOUT;
        } catch (Damaged e) {
            return false;
        }
    }

    /// Cancels it and sees it to its close: by whoever drives it, or by us if nobody does.
    static void cancel(Session session, Screen screen, RunId run) throws InterruptedException {
        screen.say("the rollout %s is underway: cancelling it first".formatted(run));
        settle(session, run, session.control().cancel(run, session.person(), "a rollback was asked for"));
        screen.say("%s is cancelled; planning from what is there now".formatted(run));
    }

    /// Waits until what was said to a run has taken effect.
    static void settle(Session session, RunId run, Control.Said said) throws InterruptedException {
        var journal = Journal.open(session.ports().journals(), run);
        if (said instanceof Control.Said.No(var why) && journal.state().cancel().isEmpty()) {
            if (journal.state().closed().isPresent()) {
                return;
            }
            throw Failure.refused("%s: %s".formatted(run, why), java.util.List.of(), "");
        }
        var time = session.ports().time();
        var until = time.now().plus(CLOSES_WITHIN);
        while (journal.state().closed().isEmpty()) {
            if (session.ports().drivers().alive(run).isEmpty()) {
                session.engine(Progress.NONE).drive(run, () -> false);
            } else if (time.now().isAfter(until)) {
                throw new Failure(
                        Exit.LOCKED,
                        "%s was asked to stop and has not within %s"
                                .formatted(run, lastgood.core.Words.duration(CLOSES_WITHIN)),
                        "lastgood attach %s".formatted(session.named(run)));
            } else {
                time.pause(GLANCE);
            }
            journal.refresh();
        }
    }
}
