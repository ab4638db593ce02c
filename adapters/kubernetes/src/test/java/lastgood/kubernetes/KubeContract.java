package lastgood.kubernetes;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.engine.port.Configs;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.history.ClusterSnapshots;
import lastgood.kubernetes.history.Snapshot;
import lastgood.kubernetes.records.ClusterLedgers;
import lastgood.kubernetes.records.KubeJournals;
import lastgood.kubernetes.records.KubeLocks;
import lastgood.kubernetes.records.Records;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.testkit.contract.ConfigsContract;
import lastgood.testkit.contract.JournalsContract;
import lastgood.testkit.contract.LedgersContract;
import lastgood.testkit.contract.LocksContract;
import lastgood.testkit.contract.TrafficContract;
import lastgood.testkit.contract.WorkloadsContract;
import lastgood.testkit.kube.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The engine's contract with its world, kept by the adapter on a cluster: the same assertions as for the simulated
/// platform and the local one, on the simulated API and on a real one.
abstract class KubeContract {

    abstract Cluster cluster();

    /// What has to be there before a shop opens: kinds of our own, or of others.
    void prepare() {}

    /// Whether objects of kinds that are not built in can be kept.
    boolean hasCustomKinds() {
        return true;
    }

    @TempDir
    Path folder;

    Shop shop;

    @BeforeEach
    void openTheShop() {
        prepare();
        shop = new Shop(cluster(), folder);
    }

    @AfterEach
    void closeTheShop() {
        shop.close();
    }

    @Nested
    class OfDeployments extends WorkloadsContract {
        private KubeParts parts;

        @BeforeEach
        void aPatternIsThere() {
            shop.deploy("web-blue", "v0", 1, Map.of("app", "web", "color", "blue"));
            shop.serviceObject("web", Map.of("app", "web", "color", "blue"));
            parts = shop.parts(shop.service(
                    "web",
                    new Strategy.BlueGreen(List.of("blue", "green"), List.of("web-blue", "web-green")),
                    new TrafficBy.Selector("web", "color"),
                    Map.of()));
        }

        @Override
        protected Workloads workloads() {
            return parts.workloads();
        }

        @Override
        protected Workload workload() {
            return new Workload(shop.ref("web"), "web-green");
        }

        @Override
        protected Revision revision(String version) {
            return parts.revisions().stage(shop.ref("web"), new Version(version), Map.of());
        }

        @Override
        protected void letTimePass() {
            Shop.moment();
        }
    }

    @Nested
    class OfStatefulSets extends WorkloadsContract {
        private KubeParts parts;

        @BeforeEach
        void aPatternIsThere() {
            shop.statefulSet("db", "v0", 1);
            parts = shop.parts(shop.service(
                    "db",
                    new Strategy.Canary("db", "db-canary", 10),
                    new TrafficBy.Fixed(),
                    Map.of("db", WorkloadKind.STATEFUL_SET, "db-canary", WorkloadKind.STATEFUL_SET)));
        }

        @Override
        protected Workloads workloads() {
            return parts.workloads();
        }

        @Override
        protected Workload workload() {
            return new Workload(shop.ref("db"), "db-canary");
        }

        @Override
        protected Revision revision(String version) {
            return parts.revisions().stage(shop.ref("db"), new Version(version), Map.of());
        }

        @Override
        protected void letTimePass() {
            Shop.moment();
        }

        @Override
        protected boolean pauses() {
            return false;
        }
    }

    @Nested
    class OfRoutes extends TrafficContract {
        private KubeParts parts;

        @BeforeEach
        void aRouteIsThere() {
            Assumptions.assumeTrue(hasCustomKinds(), "this API server cannot keep routes");
            for (var name : List.of("blue", "green")) {
                shop.deploy(name, "v1", 1, Map.of("app", "web", "color", name));
                shop.serviceObject(name, Map.of("color", name));
            }
            shop.route("web", 0, 0);
            parts = shop.parts(shop.service(
                    "web",
                    new Strategy.Canary("blue", "green", 10),
                    new TrafficBy.HttpRoute("web", "blue", "green"),
                    Map.of()));
        }

        @Override
        protected Traffic traffic() {
            return parts.traffic();
        }

        @Override
        protected ServiceRef service() {
            return shop.ref("web");
        }
    }

    @Nested
    class OfConfigMaps extends ConfigsContract {
        private KubeParts parts;
        private final Map<Digest, String> texts = new HashMap<>();

        @BeforeEach
        void aServiceIsThere() {
            shop.deploy("web", "v1", 1);
            parts = shop.parts(new KubeService(
                    shop.ref("web"),
                    shop.namespace,
                    new Strategy.Rolling("web"),
                    new TreeMap<>(),
                    java.util.Optional.empty(),
                    new KubeService.VersionFrom.ImageTag(),
                    new TrafficBy.Fixed(),
                    List.of(NAME),
                    java.util.Optional.empty()));
        }

        @Override
        protected Configs configs() {
            return parts.configs();
        }

        @Override
        protected ServiceRef service() {
            return shop.ref("web");
        }

        @Override
        protected Digest kept(String text) {
            var object = Api.JSON.createObjectNode();
            object.putObject("data").put("file", text);
            var digest = Snapshot.content(object);
            if (texts.putIfAbsent(digest, text) == null) {
                var snapshot = Api.JSON.createObjectNode();
                snapshot.withObject("/config").set(NAME, object.put("digest", digest.text()));
                new ClusterSnapshots(shop.cabinet, Map.of(service(), shop.namespace))
                        .keep(service(), "r" + texts.size(), new Snapshot(snapshot));
            }
            return digest;
        }

        @Override
        protected void somebodyWrites(String name, Digest content) {
            shop.configMap(name, Map.of("file", texts.getOrDefault(content, "")));
        }

        @Override
        protected void somebodyRemoves(String name) {
            shop.removeConfigMap(name);
        }
    }

    @Nested
    class OfJournals extends JournalsContract {
        @Override
        protected JournalStore journals() {
            return new KubeJournals(shop.cabinet, shop.namespace);
        }
    }

    private Map<ServiceRef, String> twoNamespaces() {
        return Map.of(
                new ServiceRef("production", "shop"), shop.namespace, new ServiceRef("staging", "shop"), "default");
    }

    @AfterEach
    void leaveNothingInTheOtherNamespace() {
        for (var kind : List.of(Records.SERVICE_LOCK, Records.LEDGER)) {
            shop.cabinet.find(kind, "default", "shop").ifPresent(o -> {
                var _ = shop.cabinet.delete(kind, "default", o);
            });
        }
    }

    @Nested
    class OfLocks extends LocksContract {
        @Override
        protected Locks locks() {
            return new KubeLocks(shop.cabinet, twoNamespaces());
        }
    }

    @Nested
    class OfLedgers extends LedgersContract {
        @Override
        protected Ledgers ledgers() {
            return new ClusterLedgers(shop.cabinet, twoNamespaces());
        }
    }
}
