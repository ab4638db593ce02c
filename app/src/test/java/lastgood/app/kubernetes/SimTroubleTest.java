package lastgood.app.kubernetes;

class SimTroubleTest extends TroubleContract {
    @Override
    Place place() {
        return new SimPlace();
    }
}
