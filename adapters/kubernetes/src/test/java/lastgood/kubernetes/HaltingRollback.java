package lastgood.kubernetes;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.core.ConfigState;
import lastgood.core.RevisionSelector;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.ServiceState;
import lastgood.core.Strategy;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Planned;
import lastgood.core.plan.RollbackPlanner;
import lastgood.core.plan.WithDatabase;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Sample;
import lastgood.core.recover.WatchRules;
import lastgood.engine.Engine;
import lastgood.engine.Outbox;
import lastgood.engine.Owner;
import lastgood.engine.Parked;
import lastgood.engine.Ports;
import lastgood.engine.Progress;
import lastgood.engine.port.Time;
import lastgood.engine.port.database.Databases;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.KubeService.VersionFrom;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Connection;
import lastgood.kubernetes.api.Wire;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.records.KubeDrivers;
import lastgood.testkit.sim.SimClock;
import lastgood.testkit.sim.SimStores;
import lastgood.testkit.sim.SimWorld;

/// A process of its own that rolls `web` of a namespace back and dies at a given write, as if it had been killed:
/// `HaltingRollback KUBECONFIG NAMESPACE RUN N before|after`. With N = 0 it carries on whatever run there is, and
/// ends it.
final class HaltingRollback {

    /// What a shell reports of a process that was ended by SIGKILL.
    static final int KILLED = 137;

    private HaltingRollback() {}

    public static void main(String[] args) throws InterruptedException {
        var wire = Api.wire(new Connection(
                Optional.of(Path.of(args[0])), Optional.empty(), false, Optional.empty(), "lastgood/test"));
        var mortal = new Mortal(wire, Integer.parseInt(args[3]), args[4].equals("before"), new AtomicInteger());
        System.exit(drive(new Api(mortal, ""), args[1], new RunId(args[2])) ? 0 : 1);
    }

    private record Mortal(Wire real, int last, boolean before, AtomicInteger count) implements Wire {
        @Override
        public String url() {
            return real.url();
        }

        @Override
        public Reply exchange(Call call) throws IOException, InterruptedException {
            var now = !call.method().equals("GET") && count.incrementAndGet() == last;
            if (now && before) {
                Runtime.getRuntime().halt(KILLED);
            }
            var reply = real.exchange(call);
            if (now) {
                Runtime.getRuntime().halt(KILLED);
            }
            return reply;
        }

        @Override
        public void close() {
            real.close();
        }
    }

    static final ServiceRef WEB = new ServiceRef("production", "web");

    static KubeParts parts(Api api, String namespace) {
        var service = new KubeService(
                WEB,
                namespace,
                new Strategy.Rolling("web"),
                new TreeMap<>(),
                Optional.empty(),
                new VersionFrom.ImageTag(),
                new TrafficBy.Fixed(),
                List.of(),
                Optional.empty());
        return KubeParts.of(api, Cabinet.of(api), namespace, Map.of(WEB, service), Instant::now);
    }

    /// @return whether the run is over
    static boolean drive(Api api, String namespace, RunId run) throws InterruptedException {
        var time = new WallTime();
        var parts = parts(api, namespace);
        var process = "pid:" + ProcessHandle.current().pid();
        var ports = new Ports(
                parts.journals(),
                parts.locks(),
                new KubeDrivers(api, namespace, process, Instant::now),
                parts.workloads(),
                parts.configs(),
                parts.traffic(),
                parts.ledgers(),
                new SimStores.SimEvidence(new SimClock()),
                (_, _, _, full) -> new Sample(
                        WatchRules.alwaysRequired().stream()
                                .map(c -> new CheckResult(c, CheckResult.Finding.PASS, "", "", "test"))
                                .toList(),
                        full),
                Databases.none(),
                time);
        var outbox = new Outbox(ports.journals(), (_, _, _) -> {}, Runnable::run, time, process);
        var engine = new Engine(ports, new Owner(process, SimWorld.MAYA), Progress.NONE, outbox);
        if (parts.journals().read(run).size() < 2) {
            engine.open(new Engine.Order(run, plan(parts), List.of(), "test", false, Duration.ZERO));
        }
        return engine.drive(run, () -> false) instanceof Parked.At;
    }

    private static lastgood.core.plan.Plan plan(KubeParts parts) {
        var workloads = new TreeMap<String, WorkloadState>();
        workloads.put(
                "web",
                parts.workloads().find(new lastgood.core.Workload(WEB, "web")).orElseThrow());
        var ledgers = parts.ledgers();
        ledgers.append(ledgers.read(WEB), List.of());
        var facts = new Facts(
                ledgers.read(WEB),
                new ServiceState(
                        WEB,
                        new Strategy.Rolling("web"),
                        workloads,
                        new TreeMap<String, ConfigState>(),
                        parts.traffic().get(WEB)),
                SimWorld.policy(),
                new TreeMap<>());
        var request = new RollbackPlanner.Request(
                new RevisionSelector.ByNumber(1), Optional.empty(), true, WithDatabase.NEVER, false, false);
        return switch (RollbackPlanner.plan(facts, request)) {
            case Planned.Ready(var plan, var _) -> plan;
            case Planned other -> throw new IllegalStateException(other.toString());
        };
    }

    private static final class WallTime implements Time {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }
    }
}
