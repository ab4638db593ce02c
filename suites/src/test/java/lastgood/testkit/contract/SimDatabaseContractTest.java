package lastgood.testkit.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.database.Databases;
import lastgood.testkit.sim.SimClock;
import lastgood.testkit.sim.SimDatabase;
import org.junit.jupiter.api.Nested;

/// Keeps the simulator's database honest: it passes what the real adapter has to pass.
class SimDatabaseContractTest {

    private static final class Sim implements DatabaseHarness {

        final SimClock clock = new SimClock();
        final SimDatabase database = new SimDatabase(clock).migrated("m1", "m2");

        @Override
        public Databases databases() {
            return database.databases();
        }

        @Override
        public ServiceRef service() {
            return new ServiceRef("production", "checkout");
        }

        @Override
        public void connect() {
            database.connected(1);
        }

        @Override
        public void prepare() {
            database.prepared(Duration.ZERO);
        }

        @Override
        public void somebodyChangesRoles() {
            database.somebodyGrants("another");
        }

        @Override
        public void somebodyChangesSchema() {
            database.somebodyAddsAColumn();
        }

        @Override
        public Digest schemaBefore() {
            return SimDatabase.fingerprint(List.of("m1"), "");
        }

        @Override
        public void damage(String backup) {
            database.breakNextBackup();
        }

        @Override
        public Counted corrupt() {
            database.damaged(3, 4, "m1", "m2");
            return new Counted("scratch", database.assessment().digest());
        }

        @Override
        public void somebodyWritesDamagedRow() {
            database.somebodyWritesDamagedRows();
        }

        @Override
        public boolean isDamaged() {
            return database.isDamaged();
        }
    }

    @Nested
    class AccessTest extends AccessContract {
        private final Sim sim = new Sim();

        @Override
        protected DatabaseHarness harness() {
            return sim;
        }
    }

    @Nested
    class SchemasTest extends SchemasContract {
        private final Sim sim = new Sim();

        @Override
        protected DatabaseHarness harness() {
            return sim;
        }
    }

    @Nested
    class BackupsTest extends BackupsContract {
        private final Sim sim = new Sim();

        @Override
        protected DatabaseHarness harness() {
            return sim;
        }

        @Override
        protected void pause() {
            sim.clock.pause(Duration.ofSeconds(1));
        }

        @Override
        protected Instant now() {
            return sim.clock.now();
        }
    }

    @Nested
    class PointsTest extends PointsContract {
        private final Sim sim = new Sim();

        @Override
        protected DatabaseHarness harness() {
            return sim;
        }
    }

    @Nested
    class RepairsTest extends RepairsContract {
        private final Sim sim = new Sim();

        @Override
        protected DatabaseHarness harness() {
            return sim;
        }
    }
}
