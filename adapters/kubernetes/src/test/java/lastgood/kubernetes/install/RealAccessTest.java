package lastgood.kubernetes.install;

import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealAccessTest extends AccessContract {
    @Override
    Place place() {
        return Place.real();
    }
}
