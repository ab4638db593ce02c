package lastgood.testkit.contract;

import java.time.Duration;
import lastgood.core.Digest;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;
import lastgood.testkit.sim.SimClock;
import lastgood.testkit.sim.SimPlatform;
import lastgood.testkit.sim.SimStores;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.Nested;

/// The simulated world keeps the words that the real adapters keep: that is what makes its crash suites worth
/// anything.
class SimContractTest {

    private final SimClock clock = new SimClock();
    private final SimPlatform platform = new SimPlatform(clock, SimWorld.SERVICE);

    SimContractTest() {
        platform.nobodyWatches();
    }

    @Nested
    class SimWorkloads extends WorkloadsContract {
        @Override
        protected Workloads workloads() {
            return platform;
        }

        @Override
        protected Workload workload() {
            return new Workload(SimWorld.SERVICE, "web");
        }

        @Override
        protected Revision revision(String version) {
            return SimWorld.revision(version);
        }

        @Override
        protected void letTimePass() {
            clock.pause(Duration.ofMillis(250));
        }
    }

    @Nested
    class SimConfigs extends ConfigsContract {
        @Override
        protected Configs configs() {
            return platform;
        }

        @Override
        protected ServiceRef service() {
            return SimWorld.SERVICE;
        }

        @Override
        protected Digest kept(String text) {
            var content = Digest.of(text);
            platform.keeps(content);
            return content;
        }

        @Override
        protected void somebodyWrites(String name, Digest content) {
            platform.somebodyEdits(name, content);
        }

        @Override
        protected void somebodyRemoves(String name) {
            platform.somebodyRemovesConfig(name);
        }
    }

    @Nested
    class SimTraffic extends TrafficContract {
        @Override
        protected Traffic traffic() {
            return platform;
        }

        @Override
        protected ServiceRef service() {
            return SimWorld.SERVICE;
        }
    }

    @Nested
    class InMemoryLedgers extends LedgersContract {
        private final Ledgers ledgers = new SimStores.SimLedgers();

        @Override
        protected Ledgers ledgers() {
            return ledgers;
        }
    }

    @Nested
    class InMemoryLocks extends LocksContract {
        private final Locks locks = new SimStores.SimLocks();

        @Override
        protected Locks locks() {
            return locks;
        }
    }
}
