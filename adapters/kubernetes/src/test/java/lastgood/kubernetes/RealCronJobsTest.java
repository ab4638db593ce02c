package lastgood.kubernetes;

import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealCronJobsTest extends CronJobsContract {

    @Override
    Cluster cluster() {
        return ControlPlane.shared();
    }
}
