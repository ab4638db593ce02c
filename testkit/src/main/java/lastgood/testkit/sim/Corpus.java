package lastgood.testkit.sim;

import static lastgood.testkit.sim.SimWorld.LEAD;
import static lastgood.testkit.sim.SimWorld.MAYA;
import static lastgood.testkit.sim.SimWorld.revision;
import static lastgood.testkit.sim.SimWorld.weights;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lastgood.core.Capacity;
import lastgood.core.Digest;
import lastgood.core.Parts;
import lastgood.core.Revision;
import lastgood.core.RevisionSelector;
import lastgood.core.RunId;
import lastgood.core.Severity;
import lastgood.core.Strategy;
import lastgood.core.plan.ChangePlanner;
import lastgood.core.plan.ChangePlanner.Request;
import lastgood.core.plan.DatabasePlanner;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import lastgood.core.plan.RollbackPlanner;
import lastgood.core.plan.RolloutPlanner;
import lastgood.core.plan.Step;
import lastgood.core.plan.WithDatabase;
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
        return Stream.of(releases(), scenarios(), database())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Case> releases() {
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
                rollback("rolling, users' requests prove it", () -> rollingBad().counted(1_500), false, false),
                rollback(
                        "rolling, users' requests refute it",
                        () -> rollingBad().counted(1_500).quietlyFailing(0.02),
                        false,
                        false),
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
                rollback("all parts", Corpus::allPartsBad, false, false),
                rollback("all parts, emergency, behind maintenance", Corpus::allPartsBad, true, true),
                rollback("all parts, in the middle of a rollout", Corpus::allPartsHalf, false, false),
                rollback("only the worker is bad", Corpus::workerBad, false, false),
                rollback("only the configuration is bad", Corpus::configBad, false, false),
                rollback("a config object is gone", Corpus::configGone, false, false),
                rollback("a config object was edited by hand", Corpus::configEdited, false, false),
                rollback("blue-green, all parts, scales itself", Corpus::blueGreenScaled, false, false),
                rollback("blue-green, scales itself, behind maintenance", Corpus::blueGreenScaled, false, true),
                rollback("canary, all parts", Corpus::canaryPartsBad, false, false),
                new Case("rollout: all parts", Corpus::allPartsGood, w -> rolloutOf(w, all("v6")), false),
                new Case(
                        "rollout: blue-green, all parts", Corpus::blueGreenScaled, w -> rolloutOf(w, all("v6")), false),
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
                undo("undo a blue-green rollout", rollout("", Corpus::blueGreenGood)),
                undo("undo a rollback of all parts", rollback("", Corpus::allPartsBad, false, false)),
                undo("undo a rollback of a config object", rollback("", Corpus::configBad, false, false)),
                undo("undo a blue-green rollback of all parts", rollback("", Corpus::blueGreenScaled, false, false)));
    }

    /// The runbook's scenarios: the schema stays, the schema goes back, rows are put back.
    private static List<Case> scenarios() {
        var cases = new ArrayList<Case>();
        for (var emergency : List.of(false, true)) {
            var how = emergency ? ", emergency" : "";
            for (var strategy : List.of("rolling", "blue-green", "canary")) {
                var name = strategy + how;
                cases.add(scenario("A, " + name, () -> additive(bad(strategy)), WithDatabase.AUTO, emergency));
                cases.add(scenario(
                        "B, " + name,
                        () -> breaking(bad(strategy)),
                        emergency ? WithDatabase.UNDO : WithDatabase.AUTO,
                        emergency));
                cases.add(scenario(
                        "C, " + name, () -> corrupt(additive(bad(strategy))), WithDatabase.SALVAGE, emergency));
            }
        }
        cases.add(scenario("B, all parts", () -> breaking(allPartsBad()), WithDatabase.AUTO, false));
        cases.add(scenario("B, scales itself", () -> breaking(blueGreenScaled()), WithDatabase.AUTO, false));
        cases.add(scenario(
                "B, a session that stays",
                () -> data(breaking(rollingBad()), d -> d.stubborn(2)),
                WithDatabase.AUTO,
                false));
        cases.add(scenario(
                "B, a prepared transaction",
                () -> data(breaking(rollingBad()), d -> d.prepared(Duration.ofSeconds(20))),
                WithDatabase.AUTO,
                false));
        cases.add(scenario(
                "B, not exact",
                () -> data(breaking(rollingBad()), d -> d.undoLeaves("a default", revision("v4"), "m1")),
                WithDatabase.UNDO_INEXACT,
                false));
        cases.add(scenario("C, and undone", () -> corrupt(breaking(rollingBad())), WithDatabase.SALVAGE, false));
        cases.add(scenario("C, swap", () -> corrupt(breaking(rollingBad())), WithDatabase.SWAP, false));
        cases.add(scenario(
                "C, swap, blue-green, emergency", () -> corrupt(breaking(blueGreenBad())), WithDatabase.SWAP, true));
        return cases;
    }

    private static Case scenario(String name, Supplier<SimWorld> world, WithDatabase with, boolean emergency) {
        var request = new RollbackPlanner.Request(
                new RevisionSelector.Previous(), Optional.empty(), emergency, with, true, false);
        return new Case("scenario " + name, world, w -> RollbackPlanner.plan(w.facts(), request), emergency);
    }

    private static List<Case> database() {
        var stopped = new TreeMap<>(Map.of("web", 3));
        return List.of(
                database("backup", () -> additive(rollingBad()), new DatabasePlanner.Request.TakeBackup("nightly", "")),
                database("fence", () -> additive(rollingBad()), new DatabasePlanner.Request.Fence()),
                database(
                        "unfence",
                        Corpus::fenced,
                        new DatabasePlanner.Request.Unfence(new SimDatabase(new SimClock()).access())),
                database("undo", () -> breaking(rollingBad()), new DatabasePlanner.Request.Undo(1)),
                database("salvage", () -> corrupt(additive(rollingBad())), new DatabasePlanner.Request.Salvage()),
                database("swap", () -> corrupt(additive(rollingBad())), new DatabasePlanner.Request.Swap()),
                database("stop writes", () -> additive(rollingBad()), new DatabasePlanner.Request.StopWrites()),
                database("restore what was stopped", Corpus::stopped, new DatabasePlanner.Request.Restore(stopped)),
                new Case("rollout: with migrations", Corpus::migratable, w -> migratingTo(w, true), false),
                new Case(
                        "rollout: blue-green, with a point",
                        Corpus::colourfulAndMigratable,
                        w -> migratingTo(w, false),
                        false));
    }

    private static Case database(String name, Supplier<SimWorld> world, DatabasePlanner.Request request) {
        return new Case("database: " + name, world, w -> DatabasePlanner.plan(w.facts(), request), false);
    }

    private static Planned migratingTo(SimWorld world, boolean apply) {
        return RolloutPlanner.plan(
                world.facts(),
                new RolloutPlanner.Request(
                        Parts.of(revision("v6")), List.of("m6", "m7"), apply, MAYA, 3, false, world.clock.now()));
    }

    // Worlds with a database.

    private static SimWorld bad(String strategy) {
        return switch (strategy) {
            case "rolling" -> rollingBad();
            case "blue-green" -> blueGreenBad();
            case "canary" -> canaryBad();
            default -> throw new IllegalArgumentException(strategy);
        };
    }

    /// The bad release brought `m5`, and the good one does not work with it.
    private static SimWorld breaking(SimWorld world) {
        return world.with(
                new SimDatabase(world.clock)
                        .migrated("m1", "m5")
                        .works(revision("v4"), "m1")
                        .works(revision("v5"), "m1", "m5"),
                List.of("m5"));
    }

    /// It works with it as well.
    private static SimWorld additive(SimWorld world) {
        return data(breaking(world), d -> d.works(revision("v4"), "m1", "m5"));
    }

    private static SimWorld corrupt(SimWorld world) {
        return data(world, d -> d.damaged(1998, 3513, "m1"));
    }

    private static SimWorld data(SimWorld world, Consumer<SimDatabase> what) {
        what.accept(world.database().orElseThrow());
        return world;
    }

    private static SimWorld fenced() {
        var world = data(additive(rollingBad()), d -> d.somebodySets(d.access().closed()));
        world.platform.nobodyWatches();
        return world;
    }

    private static SimWorld stopped() {
        var world = additive(rollingBad());
        world.platform.runs("web", revision("v5"), 0);
        world.platform.nobodyWatches();
        return world;
    }

    private static SimWorld migratable(SimWorld world) {
        return world.with(
                new SimDatabase(world.clock)
                        .migrated("m1")
                        .works(revision("v4"), "m1")
                        .works(revision("v4"), "m1", "m6")
                        .works(revision("v4"), "m1", "m6", "m7")
                        .works(revision("v6"), "m1")
                        .works(revision("v6"), "m1", "m6", "m7"),
                List.of());
    }

    private static SimWorld migratable() {
        return migratable(rollingGood());
    }

    private static SimWorld colourfulAndMigratable() {
        return migratable(blueGreenGood());
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
        return new RollbackPlanner.Request(to, Optional.empty(), emergency, WithDatabase.AUTO, false, maintenance);
    }

    private static Case approved(String name, Supplier<SimWorld> world) {
        var request = new RollbackPlanner.Request(
                new RevisionSelector.Previous(), Optional.of(Severity.SEV2), false, WithDatabase.AUTO, false, false);
        return new Case("rollback: " + name, world, w -> RollbackPlanner.plan(w.facts(), request), false);
    }

    private static Case rollout(String name, Supplier<SimWorld> world) {
        return new Case("rollout: " + name, world, w -> rolloutOf(w, Parts.of(revision("v6"))), false);
    }

    private static Planned rolloutOf(SimWorld world, Parts parts) {
        // What is put out is kept first.
        parts.config().values().forEach(world.platform::keeps);
        return RolloutPlanner.plan(
                world.facts(), new RolloutPlanner.Request(parts, List.of(), MAYA, 3, false, world.clock.now()));
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
            engine.open(new Engine.Order(run, done.planIn(world), List.of(), "before", false, Duration.ZERO));
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
        world.clock.pause(Duration.ofSeconds(1));
        return world;
    }

    /// A rollout that stands still by itself, so that it matters not when it is paused.
    private static SimWorld stuckRollout() {
        var world = new SimWorld(ROLLING).release(1, "v4", Standing.GOOD_AND_LIVE);
        world.platform.runs("web", revision("v4"), 3);
        world.platform.routes(weights("web", 100));
        world.platform.somebodyPuts("web", revision("v5-" + SimPlatform.NEVER_READY));
        world.clock.pause(Duration.ofSeconds(5));
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

    // Worlds with a worker, a CronJob and a ConfigMap.

    private static final String CONFIG = "web-config";

    private static Digest content(String version) {
        return Digest.of("log=" + version);
    }

    private static Parts parts(String main, String worker, String config) {
        return new Parts(
                revision(main),
                new TreeMap<>(Map.of("worker", revision("worker-" + worker), "nightly", revision("nightly-" + worker))),
                new TreeMap<>(Map.of(CONFIG, content(config))));
    }

    private static Parts all(String version) {
        return parts(version, version, version);
    }

    private static SimWorld withBeside(SimWorld world, Parts seen) {
        seen.config().forEach(world.platform::holds);
        seen.others().forEach((name, revision) -> world.platform.runs(name, revision, name.equals("worker") ? 2 : 0));
        return world;
    }

    private static SimWorld rolled(SimWorld world, Parts seen) {
        withBeside(world, seen).platform.runs("web", seen.main(), 3);
        world.platform.routes(weights("web", 100));
        return world;
    }

    private static SimWorld goodParts(Strategy strategy) {
        return new SimWorld(strategy)
                .release(1, all("v3"), Standing.GOOD)
                .release(2, all("v4"), Standing.GOOD)
                .sick("v5");
    }

    private static SimWorld allPartsBad() {
        return rolled(goodParts(ROLLING).release(3, all("v5"), Standing.LIVE), all("v5"));
    }

    private static SimWorld allPartsGood() {
        return rolled(
                new SimWorld(ROLLING)
                        .release(1, all("v3"), Standing.GOOD)
                        .release(2, all("v4"), Standing.GOOD_AND_LIVE),
                all("v4"));
    }

    /// The configuration and the companions have come, the server has not.
    private static SimWorld allPartsHalf() {
        var world = new SimWorld(ROLLING)
                .release(1, all("v3"), Standing.GOOD)
                .release(2, all("v4"), Standing.GOOD_AND_LIVE)
                .release(3, all("v5"), Standing.NEVER_LIVE);
        return rolled(world, parts("v4", "v5", "v5"));
    }

    private static SimWorld workerBad() {
        var bad = parts("v4", "v5", "v4");
        return rolled(goodParts(ROLLING).release(3, bad, Standing.LIVE), bad);
    }

    private static SimWorld configBad() {
        var bad = parts("v4", "v4", "v5");
        return rolled(goodParts(ROLLING).release(3, bad, Standing.LIVE), bad);
    }

    private static SimWorld configGone() {
        var world = allPartsBad();
        world.platform.somebodyRemovesConfig(CONFIG);
        return world;
    }

    private static SimWorld configEdited() {
        var world = allPartsGood();
        world.platform.somebodyEdits(CONFIG, content("v9"));
        return world;
    }

    private static SimWorld blueGreenScaled() {
        var world = withBeside(goodParts(BLUE_GREEN).release(3, all("v5"), Standing.LIVE), all("v5"));
        blueGreen(world, revision("v5"), revision("v4"), 1, "web-blue");
        world.platform.scalesItself("web-blue", new Capacity(1, 6), 3);
        world.platform.scalesItself("web-green", new Capacity(1, 6), 3);
        return world;
    }

    private static SimWorld canaryPartsBad() {
        var world = new SimWorld(CANARY)
                .release(1, all("v3"), Standing.GOOD)
                .release(2, all("v4"), Standing.GOOD_AND_LIVE)
                .release(3, all("v5"), Standing.NEVER_LIVE)
                .sick("v5");
        return canary(withBeside(world, all("v4")), revision("v4"), revision("v5"), 10);
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
