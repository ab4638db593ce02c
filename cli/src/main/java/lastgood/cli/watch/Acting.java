package lastgood.cli.watch;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Unattended;
import lastgood.cli.run.Unattended.Order;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.Severity;
import lastgood.core.Words;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.Decision;
import lastgood.core.decide.Decision.Act;
import lastgood.core.decide.Situation.Way;
import lastgood.core.detect.Attribution;
import lastgood.engine.Runs;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.watch.View;

/// Carries decisions out: pauses early, prepares, asks for approval, goes back.
///
/// What it has done stands in journals, not here: one that takes over from a watch that died finds the run that waits,
/// and the rules against flapping count what is recorded.
final class Acting {

    private final Session session;
    private final Runs runs;
    private final Unattended hands;
    private final Screen screen;
    private final Set<String> said = new HashSet<>();
    private Optional<Exit> last = Optional.empty();

    Acting(Session session, Unattended hands, Screen screen) {
        this.session = session;
        this.runs = session.runs();
        this.hands = hands;
        this.screen = screen;
    }

    /// @return how a rollback ended, if one did now
    Optional<Exit> on(View view) throws InterruptedException {
        last = Optional.empty();
        try {
            act(view);
        } catch (Failure f) {
            once("failure " + f.fact(), "could not: %s".formatted(f.fact()));
        } catch (Forbidden | Unreachable | WorldMoved e) {
            once("failure " + e.getMessage(), "could not: %s".formatted(e.getMessage()));
        }
        return last;
    }

    private void act(View view) throws InterruptedException {
        var decision = view.decision();
        var waiting = waiting();
        if (waiting.isPresent()) {
            onWaiting(waiting.get(), decision);
            return;
        }
        switch (decision.act()) {
            case GO_ON, HOLD, MONITOR -> {}
            case PAUSE -> pause(view);
            case PREPARE, PAGE -> prepare(view);
            case ROLL_BACK -> rollBack(view);
        }
    }

    /// A rollback that a watch opened and that still waits for somebody's approval, whichever watch that was.
    private Optional<RunId> waiting() {
        return runs.active(session.service())
                .filter(r -> r.state().opened().by().equals(Person.ITSELF))
                .map(r -> r.run());
    }

    private void onWaiting(RunId run, Decision decision) throws InterruptedException {
        var state = Journal.open(session.ports().journals(), run).state();
        if (state.status() != RunState.Status.AWAITING_APPROVAL) {
            last = Optional.of(hands.follow(run));
            return;
        }
        if (decision.act() == Act.ROLL_BACK && decision.unattended() instanceof Decision.Unattended.Yes) {
            // It has become so bad that nobody is waited for.
            hands.cancel(run, "it is worse by now, and may be done at once");
            return;
        }
        once("waits " + run, "%s waits: lastgood approve %s".formatted(run, session.named(run)));
    }

    private void pause(View view) {
        var release = view.situation().running();
        if (said.contains("pause " + release.number())) {
            return;
        }
        var paused = hands.pauseRollout("%s is suspected: %s".formatted(release, reason(view)));
        once(
                "pause " + release.number(),
                paused.map(run -> "paused the rollout %s; to go on: lastgood release resume %s"
                                .formatted(run, session.flags()))
                        .orElse("%s is suspected; no rollout of ours is underway that could be paused"
                                .formatted(release)));
        hands.capture("suspected/%d/%d"
                .formatted(release.number(), view.situation().start().toEpochMilli()));
    }

    /// Ready to go, and nothing changed: a person with the role approves it, or does not.
    private void prepare(View view) throws InterruptedException {
        var decision = view.decision();
        var severity = decision.severity()
                .or(() -> decision.attribution() instanceof Attribution.Temporal
                        ? Optional.of(Severity.SEV3)
                        : Optional.empty());
        // Without a severity nothing is known against it: being blind prepares no rollback.
        if (severity.isEmpty()
                || decision.attribution() instanceof Attribution.External
                || !(view.situation().way() instanceof Way.To)) {
            once("page " + decision.act() + decision.attribution(), "a person is needed: " + reason(view));
            return;
        }
        pause(view);
        var rollout = hands.rollout();
        if (rollout.isPresent()) {
            once(
                    "held " + rollout.get(),
                    "a person is needed: %s; to go back: lastgood rollback %s --revision previous --severity %s"
                            .formatted(reason(view), session.flags(), severity.get()));
            return;
        }
        open(view, severity.get(), before(decision.approval()), false);
    }

    /// Where a person is needed, nobody's approval may come afterwards.
    private static ApprovalRule before(ApprovalRule approval) {
        return switch (approval) {
            case ApprovalRule.None() -> new ApprovalRule.Before("oncall", List.of(), true);
            case ApprovalRule.Before rule -> rule;
            case ApprovalRule.After(var role, var users, var _) -> new ApprovalRule.Before(role, users, false);
        };
    }

    private void rollBack(View view) throws InterruptedException {
        var decision = view.decision();
        if (!(view.situation().way() instanceof Way.To)) {
            once("nowhere", "a person is needed: there is nowhere to go back to");
            return;
        }
        var alone = decision.unattended() instanceof Decision.Unattended.Yes;
        open(
                view,
                decision.severity().orElse(Severity.SEV2),
                alone ? decision.approval() : before(decision.approval()),
                true);
    }

    private void open(View view, Severity severity, ApprovalRule approval, boolean stop) throws InterruptedException {
        if (!(view.situation().way() instanceof Way.To to)) {
            return;
        }
        var exit = hands.rollBack(
                new Order(view.situation().running().number(), severity, approval, stop, to.type(), reason(view)));
        if (exit.isEmpty()) {
            once("moved", "the plan is another one by now; looking again");
        }
        last = exit.filter(e -> e != Exit.WAITING);
    }

    private static String reason(View view) {
        var reasons = view.decision().reasons();
        var text = reasons.isEmpty() ? "decided by the watch" : reasons.getFirst();
        return Words.brief(text);
    }

    private void once(String key, String text) {
        if (said.add(key)) {
            screen.say(Screen.plain(text));
        }
    }
}
