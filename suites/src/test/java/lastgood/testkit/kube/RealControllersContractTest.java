package lastgood.testkit.kube;

import lastgood.testkit.kube.contract.ControllersContract;

@RealCluster
class RealControllersContractTest extends ControllersContract {

    @Override
    protected Cluster cluster() {
        return ControlPlane.shared();
    }
}
