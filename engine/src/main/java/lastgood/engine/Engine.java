package lastgood.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Entry.Outcome;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.steps.Handlers;

/// Carries a plan through crashes.
///
/// A run's only memory is its journal; the world's state is its own. One turn of the loop reads both, decides what
/// is next ([Next], a pure function of the journal) and does at most one thing: an intent is durable before any
/// change, the change is conditional on what was seen, and what became of it is looked up, never assumed. There
/// is no other path: a first start is the resumption of a journal in which nothing has happened yet, so a crash
/// anywhere is met by code that runs every day.
///
/// Safety does not rest on there being one owner. Each append is a compare-and-swap; an owner who has been
/// replaced fails at his next one, and a change of his that is still on its way fails on its own precondition or
/// does exactly what his successor wants too.
public final class Engine {

    /// A request for approval is repeated after the runbook's decision time.
    static final Duration APPROVAL_VALID = Duration.ofMinutes(15);

    /// How long to wait before a look that could not be answered is repeated.
    private static final Duration BREATH = Duration.ofMillis(200);

    private final Ports ports;
    private final Handlers handlers;
    private final Owner owner;
    private final Progress progress;
    private final Outbox outbox;

    public Engine(Ports ports, Owner owner, Progress progress, Outbox outbox) {
        this.ports = ports;
        this.handlers =
                new Handlers(ports.workloads(), ports.traffic(), ports.ledgers(), ports.evidence(), ports.time());
        this.owner = owner;
        this.progress = progress;
        this.outbox = outbox;
    }

    /// What a person wants carried out.
    ///
    /// @param timeout after this the run pauses, and can be resumed; zero = never
    public record Order(
            RunId run, Plan plan, java.util.List<String> remarks, String reason, boolean emergency, Duration timeout) {
        public Order {
            remarks = java.util.List.copyOf(remarks);
        }
    }

    /// Writes the run down. Nothing is changed by that; [#drive] carries it out.
    public void open(Order order) {
        var journal = Journal.open(ports.journals(), order.run());
        if (!journal.isEmpty()) {
            throw new IllegalStateException("there is a run %s already".formatted(order.run()));
        }
        var now = ports.time().now();
        var plan = order.plan();
        var lines = new java.util.ArrayList<Entry>();
        lines.add(new Entry.Opened(plan.kind(), plan.service(), owner.person(), order.reason(), order.emergency()));
        lines.add(new Entry.Planned(lastgood.engine.journal.Codec.digest(plan), plan, order.remarks()));
        if (order.timeout().isPositive()) {
            lines.add(new Entry.TimerSet(RunState.DEADLINE, now.plus(order.timeout())));
        }
        if (plan.approval() instanceof ApprovalRule.After after) {
            lines.add(new Entry.TimerSet(RunState.RATIFICATION, now.plus(after.within())));
        }
        for (var line : lines) {
            if (!journal.append(line, 0, now, owner.process())) {
                throw new IllegalStateException("somebody else writes the new run %s".formatted(order.run()));
            }
            progress.record(journal.records().getLast());
        }
    }

    /// Carries the run on until it ends, until a person is needed, or until somebody else does.
    ///
    /// @param stop asked at every safe point; true pauses the run there
    /// @throws lastgood.engine.journal.Damaged if the journal cannot be trusted
    public Parked drive(RunId run, BooleanSupplier stop) throws InterruptedException {
        var journal = Journal.open(ports.journals(), run);
        if (journal.isEmpty() || !journal.state().isPlanned()) {
            throw new Forbidden("there is no run %s, or it was never planned; nothing was changed".formatted(run));
        }
        if (journal.state().closed().isPresent()) {
            ports.locks().release(journal.state().opened().service(), run);
            return new Parked.At(journal.state().status());
        }
        var turn = new Turn(journal, takeOver(journal));
        try {
            return turn.loop(stop);
        } finally {
            ports.drivers().leave(run);
        }
    }

    /// From here on the run is ours, until somebody does the same.
    private int takeOver(Journal journal) {
        ports.drivers().beat(journal.run());
        while (true) {
            var epoch = journal.state().epoch() + 1;
            var why = epoch == 1
                    ? "begin"
                    : "carry on after %s".formatted(journal.state().owner());
            if (journal.append(new Entry.TakenOver(why), epoch, ports.time().now(), owner.process())) {
                progress.record(journal.records().getLast());
                return epoch;
            }
            follow(journal);
        }
    }

    private void follow(Journal journal) {
        journal.refresh().forEach(progress::record);
    }

    /// One owner's turn at one run.
    private final class Turn {

        private final Journal journal;
        private final int epoch;
        private final StepRunner steps;

        Turn(Journal journal, int epoch) {
            this.journal = journal;
            this.epoch = epoch;
            this.steps = new StepRunner(ports, handlers, journal, epoch, this::append, progress);
        }

        /// False: somebody else appended first, so what we decided rests on old news. Decide again.
        private boolean append(Entry entry) {
            var done = journal.append(entry, epoch, ports.time().now(), owner.process());
            if (done) {
                progress.record(journal.records().getLast());
                outbox.post(journal);
            }
            return done;
        }

        Parked loop(BooleanSupplier stop) throws InterruptedException {
            while (true) {
                ports.drivers().beat(journal.run());
                follow(journal);
                var state = journal.state();
                if (state.epoch() != epoch) {
                    return new Parked.TakenOverBy(state.owner());
                }
                var locked = lock(state);
                if (locked != null) {
                    return locked;
                }
                if (stop.getAsBoolean()
                        && state.status().active()
                        && state.paused().isEmpty()
                        && state.cancel().isEmpty()) {
                    append(new Entry.Paused(owner.person(), "asked to stop at the next safe point"));
                    continue;
                }
                switch (Next.of(state, ports.time().now())) {
                    case Next.Advance(var step) -> steps.advance(step);
                    case Next.Abandon(var step) -> steps.abandon(step);
                    case Next.AskApproval(var rule) ->
                        append(new Entry.ApprovalRequested(
                                rule.role(),
                                state.planned().digest(),
                                ports.time().now().plus(APPROVAL_VALID)));
                    case Next.FireDeadline() -> {
                        if (append(new Entry.TimerFired(RunState.DEADLINE))) {
                            append(new Entry.Paused(owner.person(), DEADLINE_PASSED));
                        }
                    }
                    case Next.Close(var outcome, var why) -> close(outcome, why);
                    case Next.Wait(var status) -> {
                        return new Parked.At(status);
                    }
                }
            }
        }

        private void close(Outcome outcome, String why) {
            if (append(new Entry.Closed(outcome, why))) {
                ports.locks().release(journal.state().opened().service(), journal.run());
            }
        }

        /// @return why we cannot go on, or null
        private @org.jspecify.annotations.Nullable Parked lock(RunState state) throws InterruptedException {
            if (state.closed().isPresent()) {
                return null;
            }
            var service = state.opened().service();
            try {
                var holder = ports.locks().acquire(service, journal.run());
                if (holder.equals(journal.run())) {
                    return null;
                }
                if (isOver(holder)) {
                    ports.locks().release(service, holder);
                    return lock(state);
                }
                return lockedOut(state, service, holder);
            } catch (Unreachable e) {
                ports.time().pause(BREATH);
                return lock(state);
            }
        }

        /// A run that has done nothing yet steps back; one that has, waits for a person rather than for luck.
        private Parked lockedOut(RunState state, ServiceRef service, RunId holder) {
            if (state.plan().steps().stream().allMatch(s -> state.phase(s.id()) == RunState.StepPhase.NOT_STARTED)) {
                append(new Entry.Closed(
                        Outcome.FAILED, "%s is being changed by %s; nothing was changed".formatted(service, holder)));
            }
            return new Parked.Locked(holder);
        }

        private boolean isOver(RunId holder) {
            return Journal.open(ports.journals(), holder).state().closed().isPresent();
        }
    }

    /// The words by which a timeout is recognised in a journal.
    public static final String DEADLINE_PASSED = "the timeout passed";

    /// When the last record of a run was written; for lists.
    public static Instant lastChange(Journal journal) {
        return journal.isEmpty() ? Instant.EPOCH : journal.records().getLast().at();
    }
}
