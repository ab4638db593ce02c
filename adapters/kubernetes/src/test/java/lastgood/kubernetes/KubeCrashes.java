package lastgood.kubernetes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.engine.Engine;
import lastgood.engine.Parked;
import lastgood.engine.Ports;
import lastgood.engine.journal.Damaged;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.CrashWorld.Home;
import lastgood.kubernetes.api.Wire;
import lastgood.testkit.sim.Crash;
import lastgood.testkit.sim.Fuse;
import lastgood.testkit.sim.Fuse.Fault;

/// Runs one case with things going wrong at given requests to the API, and says what is wrong with how it ended. As
/// the engine's own harness does it, with the whole adapter between the engine and the fuse.
final class KubeCrashes {

    /// A run that needs more owners than this does not come to an end.
    private static final int OWNERS_MAX = 40;

    private final CrashCorpus.Case plan;
    private final Home home;
    private final Sabotage sabotage;
    private final Ending wanted;

    /// What is broken on purpose, to see whether the oracles notice.
    record Sabotage(UnaryOperator<Wire> wire, UnaryOperator<Ports> ports) {
        static final Sabotage NONE = new Sabotage(w -> w, p -> p);
    }

    /// How a run ended.
    ///
    /// @param touches how many requests there were
    /// @param duplicated changes of wishes that were made more often than in the undisturbed run
    record Ending(
            String world,
            String ledger,
            String outcome,
            List<Fuse.Touch> touches,
            List<Fault> fired,
            List<String> wrong,
            Map<String, Integer> effects,
            List<String> duplicated) {}

    KubeCrashes(CrashCorpus.Case plan, Home home, Sabotage sabotage) {
        this.plan = plan;
        this.home = home;
        this.sabotage = sabotage;
        this.wanted = new Run(Map.of(), _ -> {}).end();
    }

    KubeCrashes(CrashCorpus.Case plan, Home home) {
        this(plan, home, Sabotage.NONE);
    }

    Ending undisturbed() {
        return wanted;
    }

    /// The run in a world that is changed right before it: faults of the API, rights taken away.
    Ending meeting(Consumer<CrashWorld> trouble) {
        return compared(new Run(Map.of(), trouble).end());
    }

    /// The run with these faults; what differs from the undisturbed one is among `wrong`.
    Ending with(Map<Integer, Fault> faults) {
        return compared(new Run(faults, _ -> {}).end());
    }

    private Ending compared(Ending end) {
        var wrong = new ArrayList<>(end.wrong());
        differs("world", wanted.world(), end.world(), wrong);
        differs("ledger", wanted.ledger(), end.ledger(), wrong);
        differs("outcome", wanted.outcome(), end.outcome(), wrong);
        var duplicated = new ArrayList<String>();
        end.effects().forEach((what, times) -> {
            if (times > wanted.effects().getOrDefault(what, 1)) {
                duplicated.add("%s %d times".formatted(what, times));
            }
        });
        return new Ending(
                end.world(), end.ledger(), end.outcome(), end.touches(), end.fired(), wrong, end.effects(), duplicated);
    }

    private static void differs(String what, String wanted, String is, List<String> wrong) {
        if (!wanted.equals(is)) {
            wrong.add("%s is%n%s%nand should be%n%s".formatted(what, is, wanted));
        }
    }

    private final class Run {

        private final CrashWorld world = plan.world().apply(home);
        private final Plan steps = plan.planIn(world);
        private final KubeParts truth = world.parts(false);
        private final List<String> wrong = new ArrayList<>();
        private int attempt;
        private boolean replaced;

        Run(Map<Integer, Fault> faults, Consumer<CrashWorld> trouble) {
            world.sabotage(sabotage.wire());
            world.fuse.reset();
            faults.forEach(world.fuse::set);
            world.fuse.onSleep(this::sleep);
            world.watchUsers();
            trouble.accept(world);
            try {
                carryOut();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private RunId run() {
            return new RunId("rb-0000ab%02x".formatted(attempt));
        }

        private void carryOut() throws InterruptedException {
            for (var i = 0; i < OWNERS_MAX; i++) {
                if (carriedOutBy(world.process(sabotage.ports()))) {
                    return;
                }
            }
            wrong.add("no end after %d owners".formatted(OWNERS_MAX));
        }

        private boolean carriedOutBy(CrashWorld.Process process) throws InterruptedException {
            world.begins(process);
            try {
                if (!begin(process.engine()) || !isOver(process.engine().drive(run(), () -> false))) {
                    return false;
                }
                world.clock.pause(Duration.ofSeconds(3));
                return true;
            } catch (Crash | Unreachable e) {
                // The next owner comes at once; a request of the dead one may still be on its way.
                return false;
            } finally {
                world.ends();
            }
        }

        /// A run that died before it had a plan is begun anew, under another name as the command line would.
        private boolean begin(Engine engine) {
            if (isPlanned()) {
                return true;
            }
            attempt++;
            try {
                engine.open(new Engine.Order(run(), steps, List.of(), "test", plan.emergency(), Duration.ZERO));
                return true;
            } catch (IllegalStateException e) {
                return false;
            }
        }

        /// The second record is the plan.
        private boolean isPlanned() {
            return truth.journals().read(run()).size() >= 2;
        }

        private boolean isOver(Parked parked) {
            return switch (parked) {
                case Parked.At(var _) -> true;
                // Only a sleeper takes over from us, and it wakes inside our own turn.
                case Parked.TakenOverBy(var _) -> false;
                case Parked.Locked(var holder) -> {
                    wrong.add("locked by " + holder);
                    yield true;
                }
            };
        }

        /// The present owner is stopped at this very request. Another one carries the run on and ends it, and then this
        /// one wakes up and sends what it was about to send: the worst that SIGSTOP can do.
        private void sleep() {
            if (replaced || !isPlanned()) {
                return;
            }
            replaced = true;
            try {
                for (var i = 0; i < OWNERS_MAX; i++) {
                    var process = world.process(sabotage.ports());
                    world.begins(process);
                    try {
                        if (isOver(process.engine().drive(run(), () -> false))) {
                            world.clock.pause(Duration.ofSeconds(3));
                            return;
                        }
                    } catch (Crash | Unreachable e) {
                        // It died half-way: the sleeper wakes up in the middle of its work.
                        return;
                    } finally {
                        world.ends();
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                replaced = false;
            }
        }

        Ending end() {
            // Whatever is still on its way lands, and the controllers make of it what they make of it.
            world.clock.pause(Duration.ofSeconds(3));
            var outcome = "none";
            try {
                var journal = Journal.open(truth.journals(), run());
                outcome = outcome(journal);
                doneOnce(journal);
            } catch (Damaged e) {
                wrong.add("the journal is damaged: " + e.getMessage());
            }
            // One that a crash left behind is given up by whoever wants it next.
            truth.locks().holder(CrashWorld.SERVICE).ifPresent(this::lockedBy);
            wrong.addAll(world.broken);
            return new Ending(
                    world.summary(),
                    ledger(),
                    outcome,
                    List.copyOf(world.fuse.touches()),
                    List.copyOf(world.fuse.fired()),
                    wrong,
                    new TreeMap<>(world.effects),
                    List.of());
        }

        private String outcome(Journal journal) {
            var closed = journal.state().closed();
            if (closed.isEmpty()) {
                wrong.add("not closed: " + journal.state().status().words());
                journal.state().unknown().ifPresent(u -> wrong.add(u.question()));
                return "none";
            }
            if (world.told.stream().noneMatch(t -> t.contains(closed.get().why()))) {
                wrong.add("nobody was told how it ended");
            }
            // How many samples it took is nobody's promise: a crash between two of them may cost one more.
            return closed.get().outcome().name() + " "
                    + closed.get().why().replaceAll("[0-9]+ samples in a row", "samples in a row");
        }

        private void doneOnce(Journal journal) {
            var done = new HashMap<String, Integer>();
            journal.records().forEach(r -> {
                if (r.entry() instanceof Entry.Done(var step, var _) && done.merge(step, 1, Integer::sum) > 1) {
                    wrong.add("done twice: " + step);
                }
            });
        }

        private void lockedBy(RunId holder) {
            if (Journal.open(truth.journals(), holder).state().closed().isEmpty()) {
                wrong.add("still locked by " + holder);
            }
            try {
                truth.locks().release(CrashWorld.SERVICE, holder);
            } catch (Forbidden e) {
                wrong.add(e.getMessage());
            }
        }

        private String ledger() {
            var ledger = truth.ledgers().read(CrashWorld.SERVICE);
            var lines = new ArrayList<String>();
            ledger.live().ifPresent(l -> lines.add("live " + l.version()));
            ledger.releases()
                    .forEach(r -> lines.add("%s %s"
                            .formatted(r.version(), ledger.standing(r.number()).word())));
            ledger.entries()
                    .forEach(e -> lines.add(
                            e.getClass().getSimpleName() + " " + e.release() + " " + CrashWorld.anonymous(e.key())));
            return String.join("\n", lines);
        }
    }
}
