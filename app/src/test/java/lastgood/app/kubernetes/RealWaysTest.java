package lastgood.app.kubernetes;

import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealWaysTest extends WaysContract {
    @Override
    Place place() {
        return new RealPlace();
    }
}
