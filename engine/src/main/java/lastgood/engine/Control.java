package lastgood.engine;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.decide.ApprovalRule;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Time;

/// What people may say to a run while somebody else carries it on. Each word is a record; the owner finds it at his
/// next turn. Who may say what is decided here and nowhere else.
public final class Control {

    private final JournalStore journals;
    private final Time time;
    private final String process;

    public Control(JournalStore journals, Time time, String process) {
        this.journals = journals;
        this.time = time;
        this.process = process;
    }

    /// What became of it.
    public sealed interface Said {
        record Ok(RunState state) implements Said {}

        /// @param why in words fit to be printed; nothing was written
        record No(String why) implements Said {}
    }

    public Said pause(RunId run, Person by, String why) {
        return say(
                run, state -> no(state.paused().isPresent(), "it is paused already"), _ -> new Entry.Paused(by, why));
    }

    /// Also the answer to a run that needs a person: look again.
    public Said resume(RunId run, Person by, String why) {
        return say(run, _ -> Optional.empty(), _ -> new Entry.Resumed(by, why));
    }

    public Said cancel(RunId run, Person by, String why) {
        return say(
                run,
                state -> no(state.cancel().isPresent(), "it is being cancelled already"),
                _ -> new Entry.CancelRequested(by, why));
    }

    /// Approves the plan as it stands: the record bears its digest.
    public Said approve(RunId run, Person by) {
        return say(
                run,
                state -> mayApprove(state, by),
                state -> new Entry.Approved(
                        by,
                        state.approvalRequested()
                                .map(Entry.ApprovalRequested::role)
                                .orElse(""),
                        state.planned().digest()));
    }

    public Said reject(RunId run, Person by, String why) {
        return say(
                run,
                state -> no(state.approvedAsNeeded(), "it does not wait for an approval"),
                _ -> new Entry.Rejected(by, why));
    }

    /// Gives the approval that an emergency run owes. The only word a closed run still takes.
    public Said ratify(RunId run, Person by) {
        return write(
                run,
                state -> mayRatify(state, by),
                _ -> new Entry.Ratified(by, ratifier(Journal.open(journals, run).state())));
    }

    private static String ratifier(RunState state) {
        return state.plan().approval() instanceof ApprovalRule.After after ? after.role() : "";
    }

    private Optional<String> mayApprove(RunState state, Person by) {
        if (!(state.plan().approval() instanceof ApprovalRule.Before rule) || state.approvedAsNeeded()) {
            return Optional.of("it does not wait for an approval");
        }
        if (state.approvalRequested()
                .filter(r -> r.expires().isAfter(time.now()))
                .isEmpty()) {
            return Optional.of("its request for approval has expired; `lastgood resume %s` asks anew".formatted("RUN"));
        }
        if (!rule.requesterMayApprove() && by.equals(state.opened().by())) {
            return Optional.of("%s asked for it, and a second person has to approve".formatted(by));
        }
        return hasRole(rule.role(), rule.users(), by);
    }

    private Optional<String> mayRatify(RunState state, Person by) {
        if (!(state.plan().approval() instanceof ApprovalRule.After rule)) {
            return Optional.of("it owes no approval");
        }
        if (state.ratification(time.now()) == RunState.Ratification.RATIFIED) {
            return Optional.of("it is approved already");
        }
        if (by.equals(state.opened().by())) {
            return Optional.of("%s ran it, and a second person has to approve".formatted(by));
        }
        return hasRole(rule.role(), rule.users(), by);
    }

    private static Optional<String> hasRole(String role, List<String> users, Person by) {
        return no(
                !users.isEmpty() && !users.contains(by.name()),
                "%s is not %s; these are: %s".formatted(by, role, String.join(", ", users)));
    }

    private static Optional<String> no(boolean wrong, String why) {
        return wrong ? Optional.of(why) : Optional.empty();
    }

    private Said say(RunId run, Function<RunState, Optional<String>> objection, Function<RunState, Entry> entry) {
        return write(
                run,
                state -> state.closed().isPresent()
                        ? Optional.of("it is over: " + state.status().words())
                        : objection.apply(state),
                entry);
    }

    private Said write(RunId run, Function<RunState, Optional<String>> objection, Function<RunState, Entry> entry) {
        var journal = Journal.open(journals, run);
        while (true) {
            if (journal.isEmpty() || !journal.state().isPlanned()) {
                return new Said.No("there is no such run");
            }
            var no = objection.apply(journal.state());
            if (no.isPresent()) {
                return new Said.No(no.get().replace("RUN", run.text()));
            }
            if (journal.append(entry.apply(journal.state()), journal.state().epoch(), time.now(), process)) {
                return new Said.Ok(journal.state());
            }
            journal.refresh();
        }
    }
}
