package lastgood.kubernetes.install;

class SimInstallTest extends InstallContract {
    @Override
    Place place() {
        return Place.simulated();
    }
}
