package lastgood.app.kubernetes;

import lastgood.testkit.kube.RealCluster;

@RealCluster
class RealHarmsTest extends HarmsContract {
    @Override
    Place place() {
        return new RealPlace();
    }
}
