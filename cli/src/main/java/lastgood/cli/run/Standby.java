package lastgood.cli.run;

import java.util.Optional;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.engine.journal.RunState;

/// A rollback that a watch made ready, and that waits for an approval: it has changed nothing, and gives way to
/// whatever a person asks for. Where that does not help, the watch makes another one ready.
final class Standby {

    private Standby() {}

    static Optional<RunId> of(Session session) {
        return session.runs()
                .active(session.service())
                .filter(r -> r.state().opened().by().equals(Person.ITSELF)
                        && r.state().status() == RunState.Status.AWAITING_APPROVAL)
                .map(r -> r.run());
    }

    static void giveWay(Session session, Screen screen) throws InterruptedException {
        var standby = of(session);
        if (standby.isPresent()) {
            var run = standby.get();
            Rollouts.settle(
                    session, run, session.control().cancel(run, session.person(), "somebody asked for another change"));
            screen.say("%s, which the watch had made ready, was cancelled; it had changed nothing".formatted(run));
        }
    }
}
