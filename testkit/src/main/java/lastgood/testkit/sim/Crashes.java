package lastgood.testkit.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.engine.Control;
import lastgood.engine.Engine;
import lastgood.engine.Parked;
import lastgood.engine.Ports;
import lastgood.engine.Progress;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.testkit.sim.Fuse.Fault;

/// Runs one case with things going wrong at given touches, and says what is wrong with how it ended.
public final class Crashes {

    private static final RunId RUN = new RunId("rb-0000abcd");

    /// A run that needs more owners than this does not come to an end.
    private static final int OWNERS_MAX = 40;

    private final Corpus.Case plan;
    private final UnaryOperator<Ports> sabotage;
    private final Ending wanted;

    /// How a run ended.
    ///
    /// @param touches how many times the engine touched the world
    /// @param fired the faults that really happened
    /// @param wrong everything an oracle has to object to
    /// @param duplicated effects that were carried out more than once
    public record Ending(
            String world,
            String ledger,
            String outcome,
            List<Fuse.Touch> touches,
            List<Fault> fired,
            List<String> wrong,
            int duplicated) {}

    /// @param sabotage breaks the ports on purpose, to see whether the oracles notice
    public Crashes(Corpus.Case plan, UnaryOperator<Ports> sabotage) {
        this.plan = plan;
        this.sabotage = sabotage;
        this.wanted = new Run(Map.of()).end();
    }

    public Crashes(Corpus.Case plan) {
        this(plan, p -> p);
    }

    /// The run in which nothing goes wrong: what all others are held against.
    public Ending undisturbed() {
        return wanted;
    }

    /// The run with these faults; what differs from the undisturbed one is among `wrong`.
    public Ending with(Map<Integer, Fault> faults) {
        var end = new Run(faults).end();
        var wrong = new ArrayList<>(end.wrong());
        differs("world", wanted.world(), end.world(), wrong);
        differs("ledger", wanted.ledger(), end.ledger(), wrong);
        differs("outcome", wanted.outcome(), end.outcome(), wrong);
        return new Ending(
                end.world(), end.ledger(), end.outcome(), end.touches(), end.fired(), wrong, end.duplicated());
    }

    private static void differs(String what, String wanted, String is, List<String> wrong) {
        if (!wanted.equals(is)) {
            wrong.add("%s is%n%s%nand should be%n%s".formatted(what, is, wanted));
        }
    }

    private final class Run {

        private final SimWorld world = plan.world().get();
        private final Plan steps = plan.planIn(world);
        private final Ports ports = sabotage.apply(world.ports());
        private final List<String> wrong = new ArrayList<>();
        private final boolean undisturbed;
        private boolean replaced;

        Run(Map<Integer, Fault> faults) {
            undisturbed = faults.isEmpty();
            faults.forEach(world.fuse::set);
            world.fuse.onSleep(this::sleep);
            Corpus.takenAway(steps).ifPresent(world.platform::ban);
            if (steps.kind() == Plan.Kind.ROLLBACK) {
                world.releaseBeforeWriters();
            }
            try {
                carryOut();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void carryOut() throws InterruptedException {
            for (var i = 0; i < OWNERS_MAX; i++) {
                var engine = world.engine(ports, Progress.NONE);
                try {
                    if (!begin(engine)) {
                        continue;
                    }
                    if (isOver(engine.drive(RUN, () -> false))) {
                        world.clock.pause(Duration.ofSeconds(3));
                        return;
                    }
                } catch (Crash crash) {
                    // The next owner comes at once; a request of the dead one may still be on its way.
                }
            }
            wrong.add("no end after %d owners".formatted(OWNERS_MAX));
        }

        /// @return whether there is a plan to drive; a run that died before it had one is begun anew
        private boolean begin(Engine engine) {
            if (!isPlanned()) {
                world.journals.forget(RUN);
                try {
                    engine.open(new Engine.Order(RUN, steps, List.of(), "test", plan.emergency(), Duration.ZERO));
                } catch (lastgood.engine.port.Unreachable | IllegalStateException e) {
                    return false;
                }
            }
            return true;
        }

        /// The second record is the plan.
        private boolean isPlanned() {
            return world.journals.read(RUN).size() >= 2;
        }

        private boolean isOver(Parked parked) {
            return switch (parked) {
                case Parked.At(var status)
                when status == RunState.Status.AWAITING_APPROVAL -> {
                    new Control(world.journals, world.clock, "lead").approve(RUN, Corpus.approver());
                    yield false;
                }
                case Parked.At _ -> true;
                // Only a sleeper takes over from us, and it wakes inside our own turn.
                case Parked.TakenOverBy _ -> false;
                case Parked.Locked(var holder) -> {
                    wrong.add("locked by " + holder);
                    yield true;
                }
            };
        }

        /// The present owner is stopped here. Another one carries the run on in its place and this one wakes up when
        /// that
        /// one is through: the worst that SIGSTOP can do.
        private void sleep() {
            if (replaced) {
                return;
            }
            replaced = true;
            try {
                carryOutAsSuccessor();
            } finally {
                replaced = false;
            }
        }

        private void carryOutAsSuccessor() {
            for (var i = 0; i < OWNERS_MAX; i++) {
                var engine = world.engine(ports, Progress.NONE);
                try {
                    if (!isPlanned()) {
                        return;
                    }
                    if (isOver(engine.drive(RUN, () -> false))) {
                        return;
                    }
                } catch (Crash crash) {
                    // The successor died half-way: the sleeper wakes up in the middle of its work.
                    return;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        Ending end() {
            var journal = Journal.open(world.journals, RUN);
            var state = journal.state();
            if (state.closed().isEmpty()) {
                wrong.add("not closed: " + state.status().words());
            }
            world.locks.holder(SimWorld.SERVICE).ifPresent(this::lockedBy);
            wrong.addAll(world.platform.broken());
            world.database().ifPresent(d -> wrong.addAll(d.broken()));
            intendedFirst(journal);
            toldSomeone(state);
            return new Ending(
                    world.platform.summary()
                            + world.database().map(d -> "\n" + d.summary()).orElse(""),
                    ledger(),
                    outcome(state),
                    world.fuse.touches(),
                    world.fuse.fired(),
                    wrong,
                    duplicated());
        }

        /// A lock that a crash left behind is given up by whoever wants it next; without a crash it is a mistake.
        private void lockedBy(RunId holder) {
            if (undisturbed
                    || Journal.open(world.journals, holder).state().closed().isEmpty()) {
                wrong.add("still locked by " + holder);
            }
        }

        private void intendedFirst(Journal journal) {
            var intended = new HashSet<String>();
            for (var record : journal.records()) {
                if (record.entry() instanceof Entry.Intent intent) {
                    intended.add(intent.key());
                }
            }
            for (var key : landed()) {
                if (!intended.contains(key)) {
                    wrong.add("changed the world without a durable intent: " + key);
                }
            }
        }

        private void toldSomeone(RunState state) {
            if (state.closed().isPresent()
                    && world.told.stream()
                            .noneMatch(t -> t.contains(state.closed().get().why()))) {
                wrong.add("nobody was told how it ended");
            }
        }

        private int duplicated() {
            var seen = new HashSet<String>();
            return (int) landed().stream().filter(k -> !seen.add(k)).count();
        }

        private List<String> landed() {
            var all = new ArrayList<>(world.platform.landed());
            world.database().ifPresent(d -> all.addAll(d.landed()));
            return all;
        }

        private String ledger() {
            var ledger = world.ledgers.read(SimWorld.SERVICE);
            var lines = new ArrayList<String>();
            ledger.live().ifPresent(l -> lines.add("live " + l.version()));
            ledger.releases()
                    .forEach(r -> lines.add("%s %s"
                            .formatted(r.version(), ledger.standing(r.number()).word())));
            ledger.entries().forEach(e -> lines.add(e.getClass().getSimpleName() + " " + e.release() + " " + e.key()));
            return String.join("\n", lines);
        }

        private static String outcome(RunState state) {
            return state.closed().map(c -> c.outcome().name()).orElse("none");
        }
    }
}
