package lastgood.kubernetes.install;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.KubeService.VersionFrom;

/// The services of these tests.
final class Services {

    private Services() {}

    static KubeService rolling(String namespace) {
        return service(namespace, "checkout", new Strategy.Rolling("checkout"), new TrafficBy.Fixed());
    }

    static KubeService blueGreen(String namespace) {
        return service(
                namespace,
                "web",
                new Strategy.BlueGreen(List.of("blue", "green"), List.of("web-blue", "web-green")),
                new TrafficBy.Selector("web", "colour"));
    }

    static KubeService canary(String namespace) {
        return service(namespace, "api", new Strategy.Canary("api", "api-canary", 10), new TrafficBy.Replicas());
    }

    static KubeService service(String namespace, String name, Strategy strategy, TrafficBy traffic) {
        return new KubeService(
                new ServiceRef("production", name),
                namespace,
                strategy,
                new TreeMap<>(),
                Optional.empty(),
                new VersionFrom.ImageTag(),
                traffic,
                List.of(),
                Optional.empty());
    }
}
