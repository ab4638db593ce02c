package lastgood.kubernetes;

import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SimKubeContractTest extends KubeContract {

    private static SimCluster cluster;

    @BeforeAll
    static void start() {
        cluster = SimCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    void prepare() {
        OurKinds.install(cluster);
    }

    @Override
    Cluster cluster() {
        return cluster;
    }
}
