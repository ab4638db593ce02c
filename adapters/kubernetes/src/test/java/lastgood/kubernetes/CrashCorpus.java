package lastgood.kubernetes;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import lastgood.core.RevisionSelector;
import lastgood.core.RunId;
import lastgood.core.Strategy;
import lastgood.core.plan.ChangePlanner;
import lastgood.core.plan.ChangePlanner.Request;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import lastgood.core.plan.RollbackPlanner;
import lastgood.core.plan.WithDatabase;
import lastgood.engine.Engine;
import lastgood.kubernetes.CrashWorld.Home;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.KubeService.VersionFrom;
import lastgood.kubernetes.workloads.WorkloadKind;

/// Plans as the engine's own corpus has them, each in a cluster where it makes sense. A new way to change a cluster
/// belongs here: the crash suite takes it from this list.
final class CrashCorpus {

    private static final Strategy ROLLING = new Strategy.Rolling("web");
    private static final Strategy BLUE_GREEN =
            new Strategy.BlueGreen(List.of("blue", "green"), List.of("web-blue", "web-green"));
    private static final Strategy CANARY = new Strategy.Canary("web", "web-canary", 10);
    private static final RunId EARLIER = new RunId("rb-00000000");

    private CrashCorpus() {}

    /// @param world as it is before the run
    /// @param plan made from the facts of that world
    record Case(String name, Function<Home, CrashWorld> world, Function<CrashWorld, Planned> plan, boolean emergency) {

        Plan planIn(CrashWorld in) {
            return switch (plan.apply(in)) {
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

    static List<Case> all() {
        return List.of(
                rollback("rolling", CrashCorpus::rolling, false, false),
                rollback("rolling, emergency", CrashCorpus::rolling, true, false),
                rollback("rolling, behind maintenance", CrashCorpus::rolling, false, true),
                rollback("rolling, with worker, CronJob and ConfigMap", CrashCorpus::allParts, false, false),
                rollback("StatefulSet with a stuck pod", CrashCorpus::stuck, false, false),
                rollback("paused in the middle", CrashCorpus::paused, false, false),
                rollback("blue-green by selector", CrashCorpus::blueGreen, false, false),
                rollback("blue-green, autoscaled", CrashCorpus::blueGreenScaled, false, false),
                rollback("canary by route", h -> canary(h, true), false, false),
                rollback("canary by replicas", h -> canary(h, false), false, false),
                new Case(
                        "change: delete the canary",
                        CrashCorpus::canaryStopped,
                        w -> ChangePlanner.plan(w.facts(), new Request.DeleteCanary()),
                        false),
                new Case(
                        "change: maintenance on",
                        CrashCorpus::rolling,
                        w -> ChangePlanner.plan(w.facts(), new Request.Maintenance(true)),
                        false),
                undo("undo a rolling rollback", rollback("", CrashCorpus::rolling, false, false)),
                undo("undo a rollback of all parts", rollback("", CrashCorpus::allParts, false, false)),
                undo(
                        "undo an autoscaled blue-green rollback",
                        rollback("", CrashCorpus::blueGreenScaled, false, false)));
    }

    static Case named(String name) {
        return all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }

    private static Case rollback(
            String name, Function<Home, CrashWorld> world, boolean emergency, boolean maintenance) {
        var request = new RollbackPlanner.Request(
                new RevisionSelector.Previous(), Optional.empty(), emergency, WithDatabase.AUTO, false, maintenance);
        return new Case("rollback: " + name, world, w -> RollbackPlanner.plan(w.facts(), request), emergency);
    }

    /// The world after another case has run; then its way back.
    private static Case undo(String name, Case done) {
        return new Case(
                name,
                home -> after(done, home),
                w -> ChangePlanner.undo(w.facts(), done.planIn(done.world().apply(Home.CONFIG_MAPS))),
                false);
    }

    private static CrashWorld after(Case done, Home home) {
        var world = done.world().apply(home);
        var plan = done.planIn(world);
        var process = world.process(p -> p);
        try {
            process.engine().open(new Engine.Order(EARLIER, plan, List.of(), "before", false, Duration.ZERO));
            var _ = process.engine().drive(EARLIER, () -> false);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        world.clock.pause(Duration.ofSeconds(5));
        world.fuse.reset();
        return world;
    }

    // ---- services and what runs of them

    private static KubeService service(Strategy strategy, TrafficBy traffic, Map<String, WorkloadKind> workloads) {
        return new KubeService(
                CrashWorld.SERVICE,
                CrashWorld.NAMESPACE,
                strategy,
                new TreeMap<>(workloads),
                Optional.empty(),
                new VersionFrom.ImageTag(),
                traffic,
                List.of(),
                Optional.of("MAINTENANCE_MODE"));
    }

    private static void workload(
            CrashWorld world, String kind, String name, String version, int replicas, Map<String, String> labels) {
        world.create(
                "apps/v1",
                kind.toLowerCase(java.util.Locale.ROOT) + "s",
                Shop.workload(kind, name, version, replicas, labels));
    }

    private static void front(CrashWorld world, String name, Map<String, String> selector) {
        var object = CrashWorld.object(
                "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"ports\":[{\"port\":80}]}}".formatted(name));
        selector.forEach(object.withObject("/spec/selector")::put);
        world.create("v1", "services", object);
    }

    private static void image(CrashWorld world, String plural, String name, String version) {
        world.jsonPatch(
                plural.equals("cronjobs") ? "batch/v1beta1" : "apps/v1",
                plural,
                name,
                "[{\"op\":\"replace\",\"path\":\"%s/spec/containers/0/image\",\"value\":\"shop/web:%s\"}]"
                        .formatted(
                                plural.equals("cronjobs") ? "/spec/jobTemplate/spec/template" : "/spec/template",
                                version));
    }

    private static CrashWorld rolling(Home home) {
        var world = new CrashWorld(service(ROLLING, new TrafficBy.Fixed(), Map.of()), home);
        workload(world, "Deployment", "web", "v4", 2, Map.of("app", "web"));
        front(world, "web", Map.of("app", "web"));
        world.proved();
        image(world, "deployments", "web", "v5");
        return world.recorded();
    }

    private static CrashWorld paused(Home home) {
        var world = new CrashWorld(service(ROLLING, new TrafficBy.Fixed(), Map.of()), home);
        workload(world, "Deployment", "web", "v4", 2, Map.of("app", "web"));
        front(world, "web", Map.of("app", "web"));
        world.proved();
        image(world, "deployments", "web", "unready-v5");
        world.recorded();
        world.merge("apps/v1", "deployments", "web", "{\"spec\":{\"paused\":true}}");
        return world.recorded();
    }

    private static CrashWorld allParts(Home home) {
        var world = new CrashWorld(
                service(
                        ROLLING,
                        new TrafficBy.Fixed(),
                        Map.of("worker", WorkloadKind.DEPLOYMENT, "nightly", WorkloadKind.CRON_JOB)),
                home);
        config(world, "v4");
        var web = Shop.workload("Deployment", "web", "v4", 2, Map.of("app", "web"));
        ((com.fasterxml.jackson.databind.node.ObjectNode) web.at("/spec/template/spec/containers/0"))
                .putArray("envFrom")
                .addObject()
                .putObject("configMapRef")
                .put("name", "web-config");
        world.create("apps/v1", "deployments", web);
        workload(world, "Deployment", "worker", "v4", 1, Map.of("app", "worker"));
        world.create("batch/v1beta1", "cronjobs", CrashWorld.object("""
                {"metadata":{"name":"nightly"},"spec":{"schedule":"0 3 * * *","jobTemplate":{"spec":{"template":
                 {"spec":{"restartPolicy":"Never","containers":[{"name":"nightly","image":"shop/web:v4"}]}}}}}}
                """));
        front(world, "web", Map.of("app", "web"));
        world.proved();
        world.merge("v1", "configmaps", "web-config", "{\"data\":{\"log\":\"v5\"}}");
        image(world, "cronjobs", "nightly", "v5");
        image(world, "deployments", "worker", "v5");
        image(world, "deployments", "web", "v5");
        return world.recorded();
    }

    private static void config(CrashWorld world, String version) {
        world.create(
                "v1",
                "configmaps",
                CrashWorld.object(
                        "{\"metadata\":{\"name\":\"web-config\"},\"data\":{\"log\":\"%s\"}}".formatted(version)));
    }

    private static CrashWorld stuck(Home home) {
        var world =
                new CrashWorld(service(ROLLING, new TrafficBy.Fixed(), Map.of("web", WorkloadKind.STATEFUL_SET)), home);
        workload(world, "StatefulSet", "web", "v4", 3, Map.of("app", "web"));
        front(world, "web", Map.of("app", "web"));
        world.proved();
        image(world, "statefulsets", "web", "unready-v5");
        return world.recorded();
    }

    private static CrashWorld blueGreen(Home home) {
        var world = new CrashWorld(service(BLUE_GREEN, new TrafficBy.Selector("web", "color"), Map.of()), home);
        workload(world, "Deployment", "web-green", "v4", 2, Map.of("app", "web", "color", "green"));
        front(world, "web", Map.of("app", "web", "color", "green"));
        world.proved();
        workload(world, "Deployment", "web-blue", "v5", 2, Map.of("app", "web", "color", "blue"));
        world.recorded();
        world.merge("v1", "services", "web", "{\"spec\":{\"selector\":{\"color\":\"blue\"}}}");
        return world.recorded();
    }

    private static CrashWorld blueGreenScaled(Home home) {
        var world = blueGreen(home);
        for (var colour : List.of("blue", "green")) {
            world.create(
                    "autoscaling/v1", "horizontalpodautoscalers", CrashWorld.object("""
                    {"metadata":{"name":"web-%s"},"spec":{"minReplicas":1,"maxReplicas":6,
                     "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web-%s"}}}
                    """.formatted(colour, colour)));
        }
        return world.recorded();
    }

    private static CrashWorld canary(Home home, boolean byRoute) {
        var world = new CrashWorld(
                service(
                        CANARY,
                        byRoute ? new TrafficBy.HttpRoute("web", "web", "web-canary") : new TrafficBy.Replicas(),
                        Map.of()),
                home);
        workload(world, "Deployment", "web", "v4", 2, Map.of("app", "web", "track", "stable"));
        if (byRoute) {
            OurKinds.defineRoutes(world);
            front(world, "web", Map.of("track", "stable"));
            front(world, "web-canary", Map.of("track", "canary"));
            route(world);
        } else {
            front(world, "web", Map.of("app", "web"));
        }
        world.proved();
        workload(world, "Deployment", "web-canary", "v5", 1, Map.of("app", "web", "track", "canary"));
        if (byRoute) {
            world.recorded();
            weights(world, 90, 10);
        }
        return world.recorded();
    }

    private static CrashWorld canaryStopped(Home home) {
        var world = canary(home, true);
        weights(world, 100, 0);
        return world.recorded();
    }

    private static void route(CrashWorld world) {
        world.create(OurKinds.GATEWAY, "httproutes", CrashWorld.object("""
                {"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"web"},
                 "spec":{"rules":[{"backendRefs":[{"name":"web","port":80,"weight":100},
                                                  {"name":"web-canary","port":80,"weight":0}]}]}}
                """));
    }

    private static void weights(CrashWorld world, int stable, int canary) {
        world.jsonPatch(OurKinds.GATEWAY, "httproutes", "web", """
                [{"op":"replace","path":"/spec/rules/0/backendRefs/0/weight","value":%d},
                 {"op":"replace","path":"/spec/rules/0/backendRefs/1/weight","value":%d}]
                """.formatted(stable, canary));
    }
}
