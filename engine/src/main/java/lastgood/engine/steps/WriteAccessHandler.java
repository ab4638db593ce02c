package lastgood.engine.steps;

import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.Words;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.database.Access;

/// Closes the database to writers, and opens it again as it was.
///
/// Closed is not enough: what is connected goes on writing. So a closed database in which sessions are left
/// is asked
/// again, which ends them; whoever asked the first time may have died in between. A prepared transaction is
/// somebody's
/// half of a promise and no session that could be ended: whoever made it may still come back, and if nobody
/// does, a
/// person has to say what becomes of it.
final class WriteAccessHandler implements StepHandler<Step.SetWriteAccess> {

    private final Access access;
    private final Time time;

    WriteAccessHandler(Access access, Time time) {
        this.access = access;
        this.time = time;
    }

    @Override
    public Sighting look(Step.SetWriteAccess step, String key) {
        var seen = access.look(step.service());
        if (seen.access().equals(step.to())) {
            return step.to().isClosed() && !seen.isQuiet() ? notQuiet(step, seen) : done(seen);
        }
        if (!seen.access().equals(step.from())) {
            return new Sighting.Foreign("somebody else changed who may write to the database, to %s; the plan knew %s"
                    .formatted(words(seen), step.from()));
        }
        return seen.mark().equals(key) ? Marks.putBack("the write access of the database") : ask(step, seen);
    }

    private Sighting notQuiet(Step.SetWriteAccess step, Access.State seen) {
        return seen.writers() > 0
                ? ask(step, seen)
                : new Sighting.Underway(
                        "%s could still be committed".formatted(Words.count(seen.prepared(), "prepared transaction")),
                        "COMMIT PREPARED or ROLLBACK PREPARED ends one; pg_prepared_xacts names them",
                        DatabaseHandlers.LOOK_AGAIN);
    }

    private Sighting ask(Step.SetWriteAccess step, Access.State seen) {
        return new Sighting.NotYet(
                new TreeMap<>(Map.of(
                        "access", words(seen),
                        "writers", Integer.toString(seen.writers()),
                        "wal", seen.wal())),
                fence -> access.set(seen, step.to(), fence));
    }

    private Sighting done(Access.State seen) {
        return new Sighting.Done(Evidence.seen(
                seen.access().isClosed()
                        ? "nobody can write to the database; its log stands at " + seen.wal()
                        : "the database may be written to again",
                "%s %s writers %d prepared %d wal %s"
                        .formatted(seen.service(), words(seen), seen.writers(), seen.prepared(), seen.wal()),
                time.now()));
    }

    private static String words(Access.State seen) {
        return "limit %d, logins %s"
                .formatted(seen.access().connectionLimit(), seen.access().logins());
    }
}
