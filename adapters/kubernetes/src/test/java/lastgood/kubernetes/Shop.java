package lastgood.kubernetes;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.KubeService.VersionFrom;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Connection;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.testkit.kube.Cluster;

/// A shop with our own parts in it.
final class Shop extends lastgood.testkit.kube.Shop {

    final Api api;
    final Cabinet cabinet;

    Shop(Cluster cluster, Path folder) {
        super(cluster, folder);
        this.api = new Api(
                new Connection(Optional.of(kubeconfig), Optional.empty(), false, Optional.empty(), "lastgood/test"));
        this.cabinet = Cabinet.of(api);
    }

    @Override
    public void close() {
        api.close();
        super.close();
    }

    // ---- services as configured

    ServiceRef ref(String service) {
        return new ServiceRef("production", service);
    }

    KubeService service(String name, Strategy strategy, TrafficBy traffic, Map<String, WorkloadKind> workloads) {
        return new KubeService(
                ref(name),
                namespace,
                strategy,
                new TreeMap<>(workloads),
                Optional.empty(),
                new VersionFrom.ImageTag(),
                traffic,
                List.of(),
                Optional.of("MAINTENANCE_MODE"));
    }

    KubeService rolling(String name) {
        return service(name, new Strategy.Rolling(name), new TrafficBy.Fixed(), Map.of());
    }

    KubeParts parts(KubeService... services) {
        return parts(InstantSource.system(), services);
    }

    KubeParts parts(InstantSource clock, KubeService... services) {
        var all = new HashMap<ServiceRef, KubeService>();
        for (var service : services) {
            all.put(service.service(), service);
        }
        return KubeParts.of(api, cabinet, namespace, all, clock);
    }
}
