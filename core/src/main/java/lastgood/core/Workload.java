package lastgood.core;

/// Something that runs instances of a service: a Deployment, StatefulSet, DaemonSet or CronJob in Kubernetes, a
/// process group on one machine. A service has one that takes users' requests, or two when it is released
/// blue-green or by canary, and perhaps companions beside it.
public record Workload(ServiceRef service, String name) {

    public Workload {
        Names.label("workload", name);
    }

    /// Reads `production/intelgraph-server/intelgraph-server-canary`.
    public static Workload parse(String text) {
        var slash = text.lastIndexOf('/');
        if (slash < 0) {
            throw new InvalidName("`%s` is not environment/service/workload".formatted(Names.printable(text)));
        }
        return new Workload(ServiceRef.parse(text.substring(0, slash)), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return service + "/" + name;
    }
}
