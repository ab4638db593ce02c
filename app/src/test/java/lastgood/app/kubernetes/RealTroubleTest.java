package lastgood.app.kubernetes;

import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealTroubleTest extends TroubleContract {
    @Override
    Place place() {
        return new RealPlace();
    }
}
