package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.WorkloadState;
import lastgood.engine.Ports;
import lastgood.engine.journal.Damaged;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.CrashWorld.Home;
import lastgood.kubernetes.KubeCrashes.Sabotage;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Wire;
import lastgood.kubernetes.records.Cabinet;
import lastgood.testkit.sim.Fuse.Fault;
import lastgood.testkit.sim.Fuse.Touch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Mistakes that the adapter could have, made on purpose: a suite that does not notice them proves nothing.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KubeSaboteursTest {

    /// Alters requests on their way.
    private record Altering(Wire real, UnaryOperator<Call> how) implements Wire {
        @Override
        public String url() {
            return real.url();
        }

        @Override
        public Reply exchange(Call call) throws IOException, InterruptedException {
            return real.exchange(how.apply(call));
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private static boolean isNoticed(String plan, UnaryOperator<Wire.Call> how) {
        var crashes = new KubeCrashes(
                CrashCorpus.named(plan), Home.CONFIG_MAPS, new Sabotage(w -> new Altering(w, how), p -> p));
        var touches = crashes.undisturbed().touches();
        for (var i = 0; i < touches.size(); i++) {
            for (var fault : List.of(Fault.SLEEP, Fault.CRASH_LANDS_LATE)) {
                if (touches.get(i) == Touch.ACT && isNoticed(crashes, i, fault)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isNoticed(KubeCrashes crashes, int at, Fault fault) {
        try {
            var end = crashes.with(Map.of(at, fault));
            return !end.wrong().isEmpty() || !end.duplicated().isEmpty();
        } catch (Damaged e) {
            return true;
        }
    }

    /// What is seen is replaced by what is there at the last moment, so that nothing ever has moved.
    private static Ports forgetful(Ports p) {
        InvocationHandler handler = (_, method, arguments) -> {
            if (method.getName().equals("bound") && arguments[0] instanceof WorkloadState seen) {
                arguments[0] = p.workloads().find(seen.workload()).orElseThrow();
            }
            try {
                return method.invoke(p.workloads(), arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        var workloads = (Workloads)
                Proxy.newProxyInstance(Workloads.class.getClassLoader(), new Class<?>[] {Workloads.class}, handler);
        return new Ports(
                p.journals(),
                p.locks(),
                p.drivers(),
                workloads,
                p.configs(),
                p.traffic(),
                p.ledgers(),
                p.evidence(),
                p.checks(),
                p.databases(),
                p.time());
    }

    @Test
    void a_change_that_is_not_bound_to_what_was_decided_on_is_noticed() {
        var crashes = new KubeCrashes(
                CrashCorpus.named("rollback: blue-green, autoscaled"),
                Home.CONFIG_MAPS,
                new Sabotage(w -> w, KubeSaboteursTest::forgetful));

        assertThat(java.util.stream.IntStream.range(15, 36).anyMatch(i -> isNoticed(crashes, i, Fault.SLEEP)))
                .isTrue();
    }

    @Test
    void patches_that_do_not_test_what_was_seen_are_noticed() {
        assertThat(isNoticed("rollback: blue-green, autoscaled", call -> {
                    if (!call.method().equals("PATCH") || call.body() == null) {
                        return call;
                    }
                    var all = (ArrayNode) CrashWorld.tree(call.body());
                    for (var i = all.size() - 1; i >= 0; i--) {
                        if (all.get(i).path("op").asText().equals("test")) {
                            all.remove(i);
                        }
                    }
                    return new Wire.Call(call.method(), call.path(), all.toString(), call.type());
                }))
                .isTrue();
    }

    private static Wire.Call blind(Wire.Call call, String what) {
        if (!call.method().equals("PUT") || !call.path().contains(what) || call.body() == null) {
            return call;
        }
        var object = CrashWorld.tree(call.body());
        ((ObjectNode) object.path("metadata")).remove("resourceVersion");
        return new Wire.Call(call.method(), call.path(), object.toString(), call.type());
    }

    @Test
    void journals_that_are_written_over_are_noticed() {
        assertThat(isNoticed("rollback: rolling", call -> blind(call, "lastgood-rollback-")))
                .isTrue();
    }

    /// Two writers who read the same ledger: the second has to be told.
    private static boolean secondWriterIsTold(UnaryOperator<Wire.Call> how) {
        var world = CrashCorpus.named("rollback: rolling").world().apply(Home.CONFIG_MAPS);
        var parts = world.parts(false);
        var seen = parts.ledgers().read(CrashWorld.SERVICE);
        var other = new ArrayList<Runnable>();
        // Between the look and the write of one, another writes.
        var wire = new Altering(new SimWire(world.cluster), call -> {
            if (call.method().equals("PUT") && !other.isEmpty()) {
                other.removeFirst().run();
            }
            return how.apply(call);
        });
        var api = new Api(wire, "");
        var late = new lastgood.kubernetes.records.ClusterLedgers(
                Cabinet.of(api), Map.of(CrashWorld.SERVICE, CrashWorld.NAMESPACE));
        other.add(() -> parts.ledgers().append(seen, List.of(entry(seen, "one"))));
        try {
            late.append(seen, List.of(entry(seen, "two")));
            return false;
        } catch (WorldMoved e) {
            return true;
        }
    }

    private static LedgerEntry entry(Ledger seen, String key) {
        return new LedgerEntry.Judged(
                1,
                new lastgood.core.Verdict.Pass(),
                "test",
                "",
                seen.entries().getLast().at(),
                key);
    }

    @Test
    void ledgers_that_are_appended_to_without_a_compare_are_noticed() {
        assertThat(secondWriterIsTold(call -> call)).isTrue();
        assertThat(secondWriterIsTold(call -> blind(call, "lastgood-ledger-"))).isFalse();
    }

    /// A run that is over gives its lock up once more while the next run has it.
    private static boolean nextRunKeepsItsLock(UnaryOperator<Locks> sabotage) {
        var real = CrashCorpus.named("rollback: rolling")
                .world()
                .apply(Home.OUR_KINDS)
                .parts(false)
                .locks();
        var locks = sabotage.apply(real);
        locks.acquire(CrashWorld.SERVICE, new RunId("rb-00000002"));

        locks.release(CrashWorld.SERVICE, new RunId("rb-00000001"));

        return real.holder(CrashWorld.SERVICE).isPresent();
    }

    @Test
    void a_lock_that_is_released_without_a_look_at_its_holder_is_noticed() {
        assertThat(nextRunKeepsItsLock(l -> l)).isTrue();
        assertThat(nextRunKeepsItsLock(Careless::new)).isFalse();
    }

    private record Careless(Locks real) implements Locks {
        @Override
        public RunId acquire(ServiceRef service, RunId run) {
            return real.acquire(service, run);
        }

        @Override
        public Optional<RunId> holder(ServiceRef service) {
            return real.holder(service);
        }

        @Override
        public void release(ServiceRef service, RunId run) {
            real.holder(service).ifPresent(whoever -> real.release(service, whoever));
        }
    }
}
