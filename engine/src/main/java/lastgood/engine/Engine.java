package lastgood.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.engine.journal.Codec;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Entry.Outcome;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.JournalRecord;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Drivers;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.steps.Handlers;
import org.jspecify.annotations.Nullable;

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

    /// How long to wait before something that could not be answered is asked again.
    private static final Duration BREATH = Duration.ofMillis(200);

    /// How often in a row the journal may be out of reach before the owner gives up: about ten minutes. The run
    /// stays as it is, and whoever reaches its journal again carries it on.
    private static final int UNREACHABLE_MAX = 3_000;

    private final Ports ports;
    private final Handlers handlers;
    private final Owner owner;
    private final Progress progress;
    private final Outbox outbox;

    public Engine(Ports ports, Owner owner, Progress progress, Outbox outbox) {
        this.ports = ports;
        this.handlers = new Handlers(
                ports.workloads(),
                ports.configs(),
                ports.traffic(),
                ports.ledgers(),
                ports.evidence(),
                ports.databases(),
                ports.time());
        this.owner = owner;
        this.progress = progress;
        this.outbox = outbox;
    }

    /// What a person wants carried out.
    ///
    /// @param timeout after this the run pauses, and can be resumed; zero = never
    public record Order(
            RunId run, Plan plan, List<String> remarks, String reason, boolean emergency, Duration timeout) {
        public Order {
            remarks = List.copyOf(remarks);
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
        var lines = new ArrayList<Entry>();
        lines.add(new Entry.Opened(plan.kind(), plan.service(), owner.person(), order.reason(), order.emergency()));
        lines.add(new Entry.Planned(Codec.digest(plan), plan, order.remarks()));
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
        try {
            var epoch = takeOver(journal);
            return journal.state().closed().isPresent() ? over(journal) : new Turn(journal, epoch).loop(stop);
        } finally {
            ports.drivers().leave(run);
        }
    }

    /// The last owner may have died before it gave up the lock or told everybody.
    private Parked over(Journal journal) {
        release(journal.state().opened().service(), journal.run());
        outbox.post(journal);
        return new Parked.At(journal.state().status());
    }

    /// From here on the run is ours, until somebody does the same. A run that is over is nobody's.
    private int takeOver(Journal journal) {
        ports.drivers().beat(journal.run());
        while (journal.state().closed().isEmpty()) {
            var epoch = journal.state().epoch() + 1;
            var why = epoch == 1
                    ? "begin"
                    : "carry on after %s".formatted(journal.state().owner());
            if (write(journal, new Entry.TakenOver(why), epoch)) {
                outbox.post(journal);
                return epoch;
            }
            follow(journal);
        }
        return journal.state().epoch();
    }

    /// False: it is not known to be there. Either somebody else appended first, or the answer was lost; both are
    /// found out by reading.
    private boolean write(Journal journal, Entry entry, int epoch) {
        try {
            if (!journal.append(entry, epoch, ports.time().now(), owner.process())) {
                return false;
            }
        } catch (Unreachable e) {
            return false;
        }
        progress.record(journal.records().getLast());
        return true;
    }

    /// A lock that cannot be given up now is found by the next run, which sees that its holder is over.
    private void release(ServiceRef service, RunId run) {
        try {
            ports.locks().release(service, run);
        } catch (Unreachable e) {
            // Nothing to do: the record of the end is what counts.
        }
    }

    /// @return whether there was something new
    private boolean follow(Journal journal) {
        var news = journal.refresh();
        news.forEach(progress::record);
        return !news.isEmpty();
    }

    /// One owner's turn at one run.
    private final class Turn {

        private final Journal journal;
        private final int epoch;
        private final StepRunner steps;

        Turn(Journal journal, int epoch) {
            this.journal = journal;
            this.epoch = epoch;
            this.steps = new StepRunner(ports, handlers, journal, epoch, this::append, told());
        }

        /// Others who follow the run see what it waits for only if its driver says so.
        private Progress told() {
            return new Progress() {
                @Override
                public void record(JournalRecord record) {
                    progress.record(record);
                }

                @Override
                public void waiting(PlannedStep step, String what) {
                    ports.drivers().waits(journal.run(), new Drivers.Waiting(step.id(), what));
                    progress.waiting(step, what);
                }
            };
        }

        /// False: decide again from what is there now.
        private boolean append(Entry entry) {
            var done = write(journal, entry, epoch);
            if (done) {
                outbox.post(journal);
            }
            return done;
        }

        Parked loop(BooleanSupplier stop) throws InterruptedException {
            var unreachable = 0;
            while (true) {
                try {
                    var parked = turn(stop);
                    if (parked != null) {
                        return parked;
                    }
                    unreachable = 0;
                } catch (Unreachable e) {
                    unreachable++;
                    if (unreachable > UNREACHABLE_MAX) {
                        throw e;
                    }
                    tell(e);
                    ports.time().pause(BREATH);
                }
            }
        }

        /// Where the journal is kept in the same place as the service, this is all that anybody sees of an outage.
        private void tell(Unreachable e) {
            if (Next.of(journal.state(), ports.time().now()) instanceof Next.Advance(var step)) {
                told().waiting(step, String.valueOf(e.getMessage()));
            }
        }

        /// Reads, decides, and does at most one thing.
        ///
        /// @return why this owner stops, or null to go on
        private @Nullable Parked turn(BooleanSupplier stop) throws InterruptedException {
            ports.drivers().beat(journal.run());
            if (follow(journal)) {
                // Also our own record whose answer was lost: what it says has not been told yet.
                outbox.post(journal);
            }
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
                return null;
            }
            switch (Next.of(state, ports.time().now())) {
                case Next.Advance(var step) -> steps.advance(step);
                case Next.Abandon(var step) -> steps.abandon(step);
                case Next.AskApproval(var rule) ->
                    append(new Entry.ApprovalRequested(
                            rule.role(),
                            state.planned().digest(),
                            ports.time().now().plus(APPROVAL_VALID)));
                case Next.FireDeadline() -> append(new Entry.TimerFired(RunState.DEADLINE));
                case Next.Close(var outcome, var why) -> close(outcome, why);
                case Next.Wait(var status) -> {
                    return new Parked.At(status);
                }
            }
            return null;
        }

        private void close(Outcome outcome, String why) {
            if (append(new Entry.Closed(outcome, why))) {
                release(journal.state().opened().service(), journal.run());
            }
        }

        /// @return why we cannot go on, or null
        private @Nullable Parked lock(RunState state) {
            if (state.closed().isPresent()) {
                return null;
            }
            var service = state.opened().service();
            var holder = ports.locks().acquire(service, journal.run());
            if (holder.equals(journal.run())) {
                return null;
            }
            if (isOver(holder)) {
                // Its owner died between its last record and giving the lock up.
                ports.locks().release(service, holder);
                return lock(state);
            }
            return lockedOut(state, service, holder);
        }

        /// A run that has done nothing yet steps back; one that has, waits for a person rather than for luck.
        private Parked lockedOut(RunState state, ServiceRef service, RunId holder) {
            if (state.plan().steps().stream().allMatch(s -> state.phase(s.id()) == RunState.StepPhase.NOT_STARTED)) {
                append(new Entry.Closed(
                        Outcome.FAILED, "%s is being changed by %s; nothing was changed".formatted(service, holder)));
            } else {
                append(new Entry.Unknown("", "%s took the service while this run was underway".formatted(holder)));
            }
            return new Parked.Locked(holder);
        }

        private boolean isOver(RunId holder) {
            return Journal.open(ports.journals(), holder).state().closed().isPresent();
        }
    }

    /// When the last record of a run was written; for lists.
    public static Instant lastChange(Journal journal) {
        return journal.isEmpty() ? Instant.EPOCH : journal.records().getLast().at();
    }
}
