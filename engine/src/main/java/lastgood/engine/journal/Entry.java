package lastgood.engine.journal;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.Person;
import lastgood.core.ServiceRef;
import lastgood.core.plan.Plan;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Probed;
import lastgood.core.recover.Tally;
import org.jspecify.annotations.Nullable;

/// What a journal record says. The simple name in capitals is the record's `type` in the file
/// (`ApprovalRequested` is `APPROVAL_REQUESTED`); docs/reference/journal.md describes each, and a reader of
/// any later version reads every one ever written.
public sealed interface Entry {

    record Opened(Plan.Kind kind, ServiceRef service, Person by, String reason, boolean emergency) implements Entry {}

    /// @param digest of the plan; what an approval binds
    record Planned(String digest, Plan plan, List<String> remarks) implements Entry {
        public Planned {
            remarks = List.copyOf(remarks);
        }
    }

    /// @param expires after this the request is made anew, never granted by itself
    record ApprovalRequested(String role, String digest, Instant expires) implements Entry {}

    record Approved(Person by, String role, String digest) implements Entry {}

    record Rejected(Person by, String why) implements Entry {}

    /// A new owner; the record's epoch is one higher than any before.
    record TakenOver(String why) implements Entry {}

    /// Written before any change. `seen` is what the change is conditional on.
    record Intent(String step, int attempt, String key, SortedMap<String, String> seen) implements Entry {
        public Intent {
            seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
        }
    }

    record Done(String step, Evidence evidence) implements Entry {}

    /// The world was already as wanted; nothing was changed by this run.
    record Skipped(String step, String why) implements Entry {}

    /// @param untouched whether the world refused the step's first attempt, so that it changed nothing
    record Failed(String step, String why, boolean untouched) implements Entry {}

    /// The run cannot go on by itself; a person has to answer.
    record Unknown(String step, String question) implements Entry {}

    record TimerSet(String name, Instant due) implements Entry {}

    record TimerFired(String name) implements Entry {}

    /// One more sample of a watch.
    ///
    /// @param notes what did not pass, and what users' requests have proved so far
    /// @param probed requests of our own since the sample before; null: there were none
    record Window(
            String step,
            Tally tally,
            List<String> notes,
            @Nullable Probed probed) implements Entry {
        public Window {
            notes = List.copyOf(notes);
        }

        public Window(String step, Tally tally, List<String> notes) {
            this(step, tally, notes, null);
        }
    }

    /// What a watch came to.
    record VerdictReached(String step, Judgement judgement, String why, List<CheckResult> checklist) implements Entry {
        public VerdictReached {
            checklist = List.copyOf(checklist);
        }
    }

    record Paused(Person by, String why) implements Entry {}

    record Resumed(Person by, String why) implements Entry {}

    record CancelRequested(Person by, String why) implements Entry {}

    /// A notice reached its sink.
    record Sent(String notice) implements Entry {}

    /// A notice was given up; the run never waited for it.
    record GaveUp(String notice, String why) implements Entry {}

    record Closed(Outcome outcome, String why) implements Entry {}

    /// The approval that an emergency owed.
    record Ratified(Person by, String role) implements Entry {}

    enum Judgement {
        PROVED,
        REFUTED,
        UNPROVED
    }

    /// How a run ended.
    enum Outcome {
        /// All steps done, and users proved to be well again.
        RECOVERED,
        /// All steps that could be done are, and users are not proved to be well.
        NOT_RECOVERED,
        /// All steps done; the plan asked for no proof.
        DONE,
        /// Ended early; the reason says what was changed.
        FAILED,
        CANCELLED
    }

    /// Whether only the owner of the run may write it. Everything else may be written by anybody, at any time.
    default boolean byOwnerOnly() {
        return switch (this) {
            case Intent _, Done _, Skipped _, Failed _, Unknown _, Window _, VerdictReached _, Closed _, TimerFired _ ->
                true;
            case ApprovalRequested _ -> true;
            case Opened _, Planned _, TakenOver _, TimerSet _ -> false;
            case Approved _, Rejected _, Paused _, Resumed _, CancelRequested _, Sent _, GaveUp _, Ratified _ -> false;
        };
    }
}
