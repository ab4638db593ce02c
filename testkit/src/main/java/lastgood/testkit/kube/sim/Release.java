package lastgood.testkit.kube.sim;

/// Which Kubernetes it is like. They differ in the API versions they serve, and clients have to find out which.
public enum Release {
    /// The oldest we support, and what the real control plane of the tests is.
    V1_20("20", "v1.20.2"),
    /// autoscaling/v2, policy/v1 and batch/v1 CronJobs, without their betas; history is cleaned up by revision.
    V1_34("34", "v1.34.1");

    private final String minor;
    private final String version;

    Release(String minor, String version) {
        this.minor = minor;
        this.version = version;
    }

    String minor() {
        return minor;
    }

    String version() {
        return version;
    }
}
