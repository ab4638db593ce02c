package lastgood.kubernetes;

import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SimCronJobsTest extends CronJobsContract {

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
}
