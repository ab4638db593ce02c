package lastgood.testkit.kube;

import lastgood.testkit.kube.contract.CustomResourcesContract;

@RealCluster
class RealCustomResourcesContractTest extends CustomResourcesContract {

    @Override
    protected Cluster cluster() {
        return ControlPlane.shared();
    }
}
