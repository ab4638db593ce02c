package lastgood.kubernetes;

import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealCommandsTest extends CommandsContract {

    @Override
    Cluster cluster() {
        return ControlPlane.shared();
    }

    @Override
    void logs(String tagPrefix, String... lines) {
        ControlPlane.shared().kubelet().logs(tagPrefix, lines);
    }

    @Override
    void room(boolean there) {
        ControlPlane.shared().kubelet().roomFor(there ? Integer.MAX_VALUE : 0);
    }
}
