package lastgood.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;
import lastgood.testkit.contract.LedgersContract;
import lastgood.testkit.contract.LocksContract;
import lastgood.testkit.contract.TrafficContract;
import lastgood.testkit.contract.WorkloadsContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The local platform keeps what every platform promises.
class ContractTest {

    @TempDir
    static Path folder;

    static World world;
    static final AtomicInteger NAMES = new AtomicInteger();

    @BeforeAll
    static void an_agent() throws Exception {
        world = new World(folder).withAgent();
    }

    @AfterAll
    static void nothing_is_left() {
        world.close();
        org.assertj.core.api.Assertions.assertThat(world.left()).isEmpty();
    }

    @Nested
    class OfWorkloads extends WorkloadsContract {
        private static final Map<String, Revision> STAGED = new HashMap<>();
        private final Workload workload = new Workload(World.SHOP, "w" + NAMES.incrementAndGet());

        @org.junit.jupiter.api.AfterEach
        void make_room() {
            world.client.find(workload).ifPresent(w -> world.client.remove(w, fence(90)));
        }

        @Override
        protected Workloads workloads() {
            return world.client;
        }

        @Override
        protected Workload workload() {
            return workload;
        }

        @Override
        protected Revision revision(String version) {
            return STAGED.computeIfAbsent(version, v -> world.stage(v, "ok"));
        }

        /// All configuration is a part of the revision here.
        @Override
        protected boolean restarts() {
            return false;
        }

        @Override
        protected void letTimePass() {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class OfTraffic extends TrafficContract {
        private final ServiceRef service = new ServiceRef("test", "s" + NAMES.incrementAndGet());

        @BeforeEach
        void two_workloads() {
            var revision = world.stage("v1", "ok");
            world.client.create(new Workload(service, "blue"), revision, 0, world.fence());
            world.client.create(new Workload(service, "green"), revision, 0, world.fence());
        }

        @Override
        protected Traffic traffic() {
            return world.client;
        }

        @Override
        protected ServiceRef service() {
            return service;
        }
    }

    @Nested
    class OfLedgers extends LedgersContract {
        @TempDir
        Path data;

        @Override
        protected Ledgers ledgers() {
            return new FileLedgers(data);
        }
    }

    @Nested
    class OfLocks extends LocksContract {
        @TempDir
        Path data;

        @Override
        protected Locks locks() {
            return new FileLocks(data);
        }
    }
}
