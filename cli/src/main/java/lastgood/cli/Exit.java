package lastgood.cli;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import lastgood.engine.Parked;
import lastgood.engine.journal.RunState;

/// The exit codes, and the one place where an outcome becomes one. Stable: scripts branch on them, above all on the
/// question "did you touch production?", which tells 1 from 5 from 7.
public enum Exit {
    DONE(0, "done and, where the plan asks for it, proved; or already so"),
    FAILED(1, "failed; nothing was changed"),
    USAGE(2, "the command was not understood, or names something that is not there; nothing was changed"),
    REFUSED(3, "refused by a check or the policy; nothing was changed"),
    WAITING(4, "waits for an approval or confirmation, or was denied one; nothing was changed"),
    NOT_RECOVERED(5, "changed, but users are not proved to be well; also a failed `verify`"),
    TIMEOUT(6, "the timeout passed; the run is paused and `resume` goes on"),
    NEEDS_PERSON(7, "partly done and a person has to decide; the question and the next command are printed"),
    UNREACHABLE(8, "could not reach or may not use something: agent, data folder, service"),
    LOCKED(9, "another run has the service; it is named, with how to attach to it"),
    CHANGES(10, "`plan --detailed-exitcode`: there is something to do"),
    THRESHOLD(
            11,
            "a measurement is beyond the threshold that was given; `gate` is closed; `db integrity` found something"),
    INTERRUPTED(130, "interrupted or detached; the last line on stderr says what goes on");

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }

    /// @param askedToStop whether this process asked the run to stop: then a pause is an interruption
    public static Exit of(Parked parked, RunState state, boolean askedToStop) {
        return parked instanceof Parked.Locked ? LOCKED : of(state, askedToStop);
    }

    public static Exit of(RunState state, boolean askedToStop) {
        var touched = state.mayHaveChangedProduction();
        return switch (state.status()) {
            case RECOVERED, DONE -> DONE;
            case NOT_RECOVERED -> NOT_RECOVERED;
            case FAILED -> touched ? NEEDS_PERSON : FAILED;
            case CANCELLED -> cancelled(state, touched);
            case AWAITING_APPROVAL -> WAITING;
            case PAUSED -> paused(state, touched, askedToStop);
            case NEEDS_HUMAN -> NEEDS_PERSON;
            // It goes on without us.
            case PLANNED, RUNNING, VERIFYING -> INTERRUPTED;
        };
    }

    private static Exit cancelled(RunState state, boolean touched) {
        if (touched) {
            return NEEDS_PERSON;
        }
        return state.rejected().isPresent() ? WAITING : FAILED;
    }

    private static Exit paused(RunState state, boolean touched, boolean askedToStop) {
        if (state.paused().filter(p -> p.why().equals(RunState.DEADLINE_PASSED)).isPresent()) {
            return TIMEOUT;
        }
        if (askedToStop) {
            return INTERRUPTED;
        }
        return touched ? NEEDS_PERSON : WAITING;
    }

    public static Optional<Exit> ofCode(int code) {
        return Arrays.stream(values()).filter(e -> e.code == code).findFirst();
    }

    /// For `help exit-codes`.
    public static String table() {
        return Arrays.stream(values())
                .map(e -> "%4d  %s".formatted(e.code, e.meaning))
                .collect(Collectors.joining("\n"));
    }
}
