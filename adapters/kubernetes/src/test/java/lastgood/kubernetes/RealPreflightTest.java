package lastgood.kubernetes;

import lastgood.kubernetes.install.Place;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealPreflightTest extends PreflightContract {
    @Override
    Cluster cluster() {
        return ControlPlane.shared();
    }

    @Override
    Cluster account(String namespace, String name) {
        return new Place.Real(ControlPlane.shared()).account(namespace, name);
    }
}
