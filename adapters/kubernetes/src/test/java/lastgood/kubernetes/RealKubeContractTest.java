package lastgood.kubernetes;

import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealKubeContractTest extends KubeContract {
    @Override
    Cluster cluster() {
        return ControlPlane.shared();
    }

    /// The 1.20.2 of this tier ends with a segmentation fault when the first object of any custom kind is made (its
    /// JSON library is older than the Go it was built with), so here records are ConfigMaps.
    @Override
    boolean hasCustomKinds() {
        return false;
    }
}
