package lastgood.kubernetes;

import lastgood.kubernetes.install.Place;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SimPreflightTest extends PreflightContract {

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
    Cluster cluster() {
        return cluster;
    }

    @Override
    Cluster account(String namespace, String name) {
        return new Place.Simulated(cluster).account(namespace, name);
    }
}
