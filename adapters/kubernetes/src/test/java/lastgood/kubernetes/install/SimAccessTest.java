package lastgood.kubernetes.install;

class SimAccessTest extends AccessContract {
    @Override
    Place place() {
        return Place.simulated();
    }
}
