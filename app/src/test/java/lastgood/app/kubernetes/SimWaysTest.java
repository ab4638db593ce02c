package lastgood.app.kubernetes;

class SimWaysTest extends WaysContract {
    @Override
    Place place() {
        return new SimPlace();
    }
}
