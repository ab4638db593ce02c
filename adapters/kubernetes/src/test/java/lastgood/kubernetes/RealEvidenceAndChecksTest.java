package lastgood.kubernetes;

import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealEvidenceAndChecksTest extends EvidenceAndChecksContract {

    @Override
    Cluster cluster() {
        return ControlPlane.shared();
    }

    @Override
    void logs(String tagPrefix, String... lines) {
        ControlPlane.shared().kubelet().logs(tagPrefix, lines);
    }

    @Override
    void previousLogs(String tagPrefix, String... lines) {
        ControlPlane.shared().kubelet().previousLogs(tagPrefix, lines);
    }
}
