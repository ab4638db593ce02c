package lastgood.cli.run;

import java.util.List;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.core.RunId;
import lastgood.engine.journal.Damaged;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;

/// Which run has a service, and what can be done about it.
final class Holder {

    private Holder() {}

    /// The run that has the service's lock and is not over. Also one that is planned and has not taken it yet.
    static Optional<RunId> of(Session session) {
        return session.ports()
                .locks()
                .holder(session.service())
                .filter(run -> !isOver(session, run))
                .or(() -> session.runs().active(session.service()).map(r -> r.run()));
    }

    private static boolean isOver(Session session, RunId run) {
        try {
            return Journal.open(session.ports().journals(), run)
                    .state()
                    .closed()
                    .isPresent();
        } catch (Damaged e) {
            return false;
        }
    }

    /// Exit 9: who has it, since when, how far, and the commands that lead on.
    static Failure refusal(Session session, RunId run) {
        Journal journal;
        try {
            journal = Journal.open(session.ports().journals(), run);
        } catch (Damaged e) {
            return new Failure(
                    Exit.LOCKED,
                    "%s is held by %s, whose journal is damaged".formatted(session.service(), run),
                    "lastgood unlock %s --reason …".formatted(unlocked(session)));
        }
        if (journal.isEmpty() || !journal.state().isPlanned()) {
            return new Failure(
                    Exit.LOCKED,
                    "%s is held by %s, of which nothing else is recorded".formatted(session.service(), run),
                    "lastgood unlock %s --reason …".formatted(unlocked(session)));
        }
        var state = journal.state();
        var driver = session.ports().drivers().alive(run);
        return new Failure(
                Exit.LOCKED,
                "%s is being changed by %s (%s %s → %s), asked for by %s"
                        .formatted(
                                session.service(),
                                run,
                                state.opened().kind().word(),
                                state.plan().from(),
                                state.plan().to(),
                                state.opened().by()),
                List.of("%s, %s"
                        .formatted(
                                state.status().words(),
                                driver.map(d -> "driven by " + d).orElse("nobody drives it at the moment"))),
                Failure.NOTHING_CHANGED + " by this command",
                hint(session.named(run), state));
    }

    private static String unlocked(Session session) {
        var address = session.effective().address();
        return address.isFromFile()
                ? session.service().toString()
                : "%s %s".formatted(address.service(), address.place());
    }

    private static String hint(String run, RunState state) {
        return switch (state.status()) {
            case PAUSED, NEEDS_HUMAN -> "lastgood resume %s goes on; lastgood abort %s ends it".formatted(run, run);
            case AWAITING_APPROVAL -> "lastgood approve %s, or lastgood reject %s".formatted(run, run);
            default -> "lastgood attach %s follows it; lastgood abort %s ends it".formatted(run, run);
        };
    }
}
