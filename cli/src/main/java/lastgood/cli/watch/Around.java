package lastgood.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import lastgood.cli.Session;
import lastgood.cli.run.WayBack;
import lastgood.core.LedgerEntry;
import lastgood.core.Person;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.Situation.Automatic;
import lastgood.core.decide.Situation.Past;
import lastgood.core.decide.Situation.Way;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Plan;
import lastgood.engine.Runs;
import lastgood.engine.journal.Entry.Outcome;
import lastgood.engine.journal.RunState;
import lastgood.engine.watch.Surroundings;

/// What a decision depends on besides measurements: the way back, and what was done before.
final class Around {

    private static final Duration A_DAY = Duration.ofDays(1);

    /// A plan asks the database and reads whole artefacts: not each second.
    private static final Duration PLANNED_FOR = Duration.ofSeconds(30);

    private final Session session;
    private final Runs runs;
    private Optional<Planned> planned = Optional.empty();

    private record Planned(int release, Instant at, Way way) {}

    Around(Session session) {
        this.session = session;
        this.runs = session.runs();
    }

    Surroundings of(Facts facts, Subject subject) {
        return new Surroundings(subject.stage(), way(subject), past(facts, subject), session.isProtected());
    }

    /// Remembered for a while; a new release has a new way back.
    private Way way(Subject subject) {
        var now = session.ports().time().now();
        var known = planned.filter(p -> p.release() == subject.release().number()
                && p.at().plus(PLANNED_FOR).isAfter(now));
        if (known.isPresent()) {
            return known.get().way();
        }
        var way = WayBack.of(session);
        planned = Optional.of(new Planned(subject.release().number(), now, way));
        return way;
    }

    private Past past(Facts facts, Subject subject) {
        var now = session.ports().time().now();
        var automatic = new ArrayList<Automatic>();
        for (var run : runs.since(session.service(), now.minus(A_DAY))) {
            var state = run.state();
            if (isAutomatic(state)) {
                var helped = state.closed()
                        .filter(c -> c.outcome() == Outcome.RECOVERED)
                        .isPresent();
                // An incident is over when it is proved to be.
                automatic.addFirst(new Automatic(
                        state.openedAt(), takenOut(facts, run.run().text()), helped, !helped));
            }
        }
        var release = subject.release();
        return new Past(
                automatic,
                isThereByRollback(facts, release.number()),
                facts.ledger()
                        .quarantinedUntil(release.parts())
                        .filter(until -> until.isAfter(now))
                        .isPresent());
    }

    /// What a person approved beforehand was that person's rollback, and what changed nothing was none.
    private static boolean isAutomatic(RunState state) {
        return state.opened().kind() == Plan.Kind.ROLLBACK
                && state.opened().by().equals(Person.ITSELF)
                && !(state.plan().approval() instanceof ApprovalRule.Before)
                && (state.closed().isEmpty() || state.mayHaveChangedProduction());
    }

    /// 0 if it has taken nothing out yet.
    private static int takenOut(Facts facts, String run) {
        return facts.ledger().entries().stream()
                .filter(e -> e instanceof LedgerEntry.Left && e.key().startsWith(run + "/"))
                .mapToInt(LedgerEntry::release)
                .findFirst()
                .orElse(0);
    }

    private static boolean isThereByRollback(Facts facts, int release) {
        var entries = facts.ledger().entries();
        return entries.stream()
                .filter(e -> e instanceof LedgerEntry.Live)
                .reduce((_, last) -> last)
                .filter(live -> live.release() == release)
                .map(live -> live.key().split("/", 2)[0])
                .filter(run -> entries.stream()
                        .anyMatch(e -> e instanceof LedgerEntry.Left left
                                && left.how() == LedgerEntry.Leaving.ROLLED_BACK
                                && e.key().startsWith(run + "/")))
                .isPresent();
    }
}
