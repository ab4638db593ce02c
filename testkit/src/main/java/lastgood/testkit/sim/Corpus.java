package lastgood.testkit.sim;

import static lastgood.testkit.sim.SimWorld.LEAD;
import static lastgood.testkit.sim.SimWorld.MAYA;
import static lastgood.testkit.sim.SimWorld.revision;
import static lastgood.testkit.sim.SimWorld.weights;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import lastgood.core.Revision;
import lastgood.core.RevisionSelector;
import lastgood.core.RunId;
import lastgood.core.Severity;
import lastgood.core.Strategy;
import lastgood.core.plan.ChangePlanner;
import lastgood.core.plan.ChangePlanner.Request;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import lastgood.core.plan.RollbackPlanner;
import lastgood.core.plan.RolloutPlanner;
import lastgood.core.plan.Step;
import lastgood.engine.Engine;
import lastgood.testkit.sim.SimWorld.Standing;

/// Every kind of plan there is, in a world where it makes sense. A new plan belongs here: the crash suites take it
/// from this list.
public final class Corpus {

    private static final Strategy ROLLING = new Strategy.Rolling("web");
    private static final Strategy CANARY = new Strategy.Canary("web", "web-canary", 10);
    private static final Strategy BLUE_GREEN =
            new Strategy.BlueGreen(List.of("blue", "green"), List.of("web-blue", "web-green"));

    private Corpus() {}

    /// @param world as it is before the run
    /// @param plan made from the facts of that world
    public record Case(String name, Supplier<SimWorld> world, Function<SimWorld, Planned> plan, boolean emergency) {

        /// The plan; the cases are chosen so that there is one.
        public Plan planIn(SimWorld world) {
            return switch (plan.apply(world)) {
                case Planned.Ready(var ready, var _) -> ready;
                case Planned.NothingToDo(var why) -> throw new IllegalStateException(name + ": nothing to do: " + why);
                case Planned.Refused(var why, var _, var _) ->
                    throw new IllegalStateException(name + ": refused: " + why);
            };
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Case> all() {
        return List.of(
                rollback("rolling", Corpus::rollingBad, false, false),
                rollback("rolling, emergency", Corpus::rollingBad, true, false),
                rollback("rolling, behind maintenance", Corpus::rollingBad, false, true),
                rollback("rolling, emergency, behind maintenance", Corpus::rollingBad, true, true),
                rollback("rolling, in the middle of a paused rollout", Corpus::pausedRollout, false, false),
                rollback("rolling, half of a rollout done", Corpus::unfinishedRollout, false, false),
                rollback("rolling, over a rollout that never gets ready", Corpus::stuckRollout, false, false),
                approved("rolling, approved first", Corpus::rollingBad),
                rollback("rolling, and users do not recover", () -> rollingBad().sick("v4"), false, false),
                rollback("rolling, nobody can measure", Corpus::blindWorld, false, false),
                rollback("blue-green", Corpus::blueGreenBad, false, false),
                rollback("blue-green, emergency", Corpus::blueGreenBad, true, false),
                rollback("blue-green, idle colour parked", Corpus::blueGreenParked, false, false),
                rollback("blue-green, idle colour runs something else", Corpus::blueGreenOther, false, false),
                rollback("blue-green, behind maintenance", Corpus::blueGreenOther, false, true),
                rollback("canary", Corpus::canaryBad, false, false),
                rollback("canary, emergency", Corpus::canaryBad, true, false),
                new Case(
                        "canary and stable",
                        Corpus::canaryBad,
                        w -> RollbackPlanner.plan(w.facts(), request(new RevisionSelector.ByNumber(1), false, false)),
                        false),
                rollback("canary strategy, no canary", Corpus::promotedBad, false, false),
                rollout("rolling", Corpus::rollingGood),
                rollout("rolling, the first of all", () -> nothingYet(ROLLING)),
                rollout("blue-green", Corpus::blueGreenGood),
                rollout("blue-green, the first of all", () -> nothingYet(BLUE_GREEN)),
                rollout("canary", Corpus::promotedGood),
                new Case("promote the canary", Corpus::canaryGood, w -> RolloutPlanner.promote(w.facts()), false),
                change("switch colours", Corpus::blueGreenGood, new Request.SwitchTo("green")),
                change("decommission a colour", Corpus::blueGreenGood, new Request.Decommission("green")),
                change("stop the canary", Corpus::canaryBad, new Request.StopCanary()),
                change("roll back the canary", Corpus::canaryBad, new Request.RollBackCanary()),
                change("delete the canary", Corpus::canaryStopped, new Request.DeleteCanary()),
                change("maintenance on", Corpus::rollingGood, new Request.Maintenance(true)),
                change("pause a rollout", Corpus::stuckRollout, new Request.PauseRollout(true)),
                undo("undo a rolling rollback", rollback("", Corpus::rollingBad, false, false)),
                undo("undo a blue-green rollback", rollback("", Corpus::blueGreenBad, false, false)),
                undo("undo a blue-green rollout", rollout("", Corpus::blueGreenGood)));
    }

    public static Case named(String name) {
        return all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }

    private static Case rollback(String name, Supplier<SimWorld> world, boolean emergency, boolean maintenance) {
        return new Case(
                "rollback: " + name,
                world,
                w -> RollbackPlanner.plan(w.facts(), request(new RevisionSelector.Previous(), emergency, maintenance)),
                emergency);
    }

    private static RollbackPlanner.Request request(RevisionSelector to, boolean emergency, boolean maintenance) {
        return new RollbackPlanner.Request(to, Optional.empty(), emergency, false, maintenance);
    }

    private static Case approved(String name, Supplier<SimWorld> world) {
        var request = new RollbackPlanner.Request(
                new RevisionSelector.Previous(), Optional.of(Severity.SEV2), false, false, false);
        return new Case("rollback: " + name, world, w -> RollbackPlanner.plan(w.facts(), request), false);
    }

    private static Case rollout(String name, Supplier<SimWorld> world) {
        return new Case(
                "rollout: " + name,
                world,
                w -> RolloutPlanner.plan(
                        w.facts(),
                        new RolloutPlanner.Request(revision("v6"), List.of(), MAYA, 3, false, w.clock.now())),
                false);
    }

    private static Case change(String name, Supplier<SimWorld> world, Request request) {
        return new Case("change: " + name, world, w -> ChangePlanner.plan(w.facts(), request), false);
    }

    /// The world after another case has run; then its way back.
    private static Case undo(String name, Case done) {
        return new Case(
                "undo: " + name,
                () -> after(done),
                w -> ChangePlanner.undo(w.facts(), done.planIn(done.world().get())),
                false);
    }

    private static SimWorld after(Case done) {
        var world = done.world().get();
        var run = new RunId("rb-00000000");
        try {
            var engine = world.engine();
            engine.open(new Engine.Order(run, done.planIn(world), List.of(), "before", false, java.time.Duration.ZERO));
            engine.drive(run, () -> false);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        world.platform.landed().clear();
        world.fuse.reset();
        return world;
    }

    /// Who approves what needs it.
    public static lastgood.core.Person approver() {
        return LEAD;
    }

    // Worlds.

    private static SimWorld history(Strategy strategy) {
        return new SimWorld(strategy)
                .release(1, "v3", Standing.GOOD)
                .release(2, "v4", Standing.GOOD)
                .sick("v5");
    }

    private static SimWorld rollingBad() {
        var world = history(ROLLING).release(3, "v5", Standing.LIVE);
        world.platform.runs("web", revision("v5"), 3);
        world.platform.routes(weights("web", 100));
        return world;
    }

    private static SimWorld blindWorld() {
        var world = rollingBad();
        world.blind(true);
        return world;
    }

    private static SimWorld rollingGood() {
        var world = new SimWorld(ROLLING).release(1, "v3", Standing.GOOD).release(2, "v4", Standing.GOOD_AND_LIVE);
        world.platform.runs("web", revision("v4"), 3);
        world.platform.routes(weights("web", 100));
        return world;
    }

    private static SimWorld unfinishedRollout() {
        var world = new SimWorld(ROLLING)
                .release(1, "v3", Standing.GOOD)
                .release(2, "v4", Standing.GOOD_AND_LIVE)
                .release(3, "v5", Standing.NEVER_LIVE)
                .sick("v5");
        world.platform.runs("web", revision("v4"), 3);
        world.platform.routes(weights("web", 100));
        world.platform.somebodyPuts("web", revision("v5"));
        world.clock.pause(java.time.Duration.ofSeconds(1));
        return world;
    }

    /// A rollout that stands still by itself, so that it matters not when it is paused.
    private static SimWorld stuckRollout() {
        var world = new SimWorld(ROLLING).release(1, "v4", Standing.GOOD_AND_LIVE);
        world.platform.runs("web", revision("v4"), 3);
        world.platform.routes(weights("web", 100));
        world.platform.somebodyPuts("web", revision("v5-" + SimPlatform.NEVER_READY));
        world.clock.pause(java.time.Duration.ofSeconds(5));
        return world;
    }

    private static SimWorld pausedRollout() {
        var world = unfinishedRollout();
        world.platform.somebodyPauses("web");
        return world;
    }

    private static SimWorld nothingYet(Strategy strategy) {
        var world = new SimWorld(strategy);
        world.platform.nobodyWatches();
        return world;
    }

    private static SimWorld blueGreen(SimWorld world, Revision blue, Revision green, int greens, String active) {
        world.platform.runs("web-blue", blue, 3);
        world.platform.runs("web-green", green, greens);
        world.platform.routes(weights(active, 100));
        return world;
    }

    private static SimWorld blueGreenBad() {
        return blueGreen(
                history(BLUE_GREEN).release(3, "v5", Standing.LIVE), revision("v5"), revision("v4"), 3, "web-blue");
    }

    private static SimWorld blueGreenParked() {
        return blueGreen(
                history(BLUE_GREEN).release(3, "v5", Standing.LIVE), revision("v5"), revision("v4"), 0, "web-blue");
    }

    private static SimWorld blueGreenOther() {
        return blueGreen(
                history(BLUE_GREEN).release(3, "v5", Standing.LIVE), revision("v5"), revision("v3"), 1, "web-blue");
    }

    private static SimWorld blueGreenGood() {
        var world = new SimWorld(BLUE_GREEN).release(1, "v3", Standing.GOOD).release(2, "v4", Standing.GOOD_AND_LIVE);
        return blueGreen(world, revision("v4"), revision("v3"), 1, "web-blue");
    }

    private static SimWorld canary(SimWorld world, Revision stable, Revision canary, int part) {
        world.platform.runs("web", stable, 3);
        world.platform.runs("web-canary", canary, 1);
        world.platform.routes(weights("web", 100 - part, "web-canary", part));
        return world;
    }

    private static SimWorld canaryBad() {
        var world = new SimWorld(CANARY)
                .release(1, "v3", Standing.GOOD)
                .release(2, "v4", Standing.GOOD_AND_LIVE)
                .release(3, "v5", Standing.NEVER_LIVE)
                .sick("v5");
        return canary(world, revision("v4"), revision("v5"), 10);
    }

    private static SimWorld canaryGood() {
        return canary(
                new SimWorld(CANARY).release(2, "v4", Standing.GOOD_AND_LIVE).release(3, "v6", Standing.NEVER_LIVE),
                revision("v4"),
                revision("v6"),
                10);
    }

    private static SimWorld canaryStopped() {
        return canary(new SimWorld(CANARY).release(2, "v4", Standing.GOOD_AND_LIVE), revision("v4"), revision("v5"), 0);
    }

    private static SimWorld promotedBad() {
        return canary(history(CANARY).release(3, "v5", Standing.LIVE), revision("v5"), revision("v5"), 0);
    }

    private static SimWorld promotedGood() {
        var world = new SimWorld(CANARY).release(2, "v4", Standing.GOOD_AND_LIVE);
        world.platform.runs("web", revision("v4"), 3);
        world.platform.routes(weights("web", 100));
        return world;
    }

    /// Whether a plan takes the bad release away, after which nobody may bring it back.
    static Optional<Revision> takenAway(Plan plan) {
        return plan.kind() != Plan.Kind.ROLLBACK
                ? Optional.empty()
                : plan.steps().stream()
                        .map(s -> s.step())
                        .filter(Step.PutRevision.class::isInstance)
                        .map(s -> ((Step.PutRevision) s).from())
                        .filter(r -> r.version().text().equals("v5"))
                        .findFirst();
    }
}
