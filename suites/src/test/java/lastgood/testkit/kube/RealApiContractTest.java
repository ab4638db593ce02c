package lastgood.testkit.kube;

import lastgood.testkit.kube.contract.ApiContract;

@RealCluster
class RealApiContractTest extends ApiContract {

    @Override
    protected Cluster cluster() {
        return ControlPlane.shared();
    }
}
