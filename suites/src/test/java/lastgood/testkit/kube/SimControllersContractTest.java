package lastgood.testkit.kube;

import lastgood.testkit.kube.contract.ControllersContract;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;

class SimControllersContractTest extends ControllersContract {

    private static final SimCluster CLUSTER = SimCluster.start();

    @Override
    protected Cluster cluster() {
        return CLUSTER;
    }

    @AfterAll
    static void end() {
        CLUSTER.close();
    }
}
