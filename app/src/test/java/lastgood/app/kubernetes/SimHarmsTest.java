package lastgood.app.kubernetes;

class SimHarmsTest extends HarmsContract {
    @Override
    Place place() {
        return new SimPlace();
    }
}
