package lastgood.kubernetes;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.kubernetes.workloads.WorkloadKind;

/// A service as the configuration describes it to this adapter.
///
/// @param workloads kinds by name: all that belong to the service; those not named here are Deployments
/// @param container whose image names the version; empty = the one named like the service, else the first
/// @param versionFrom what a release is called after
/// @param traffic how users' requests find it
/// @param configMaps that go back with the pods; empty = those that the pods name
/// @param maintenanceEnv the environment variable that shows users the maintenance page, if there is one
public record KubeService(
        ServiceRef service,
        String namespace,
        Strategy strategy,
        SortedMap<String, WorkloadKind> workloads,
        Optional<String> container,
        VersionFrom versionFrom,
        TrafficBy traffic,
        List<String> configMaps,
        Optional<String> maintenanceEnv) {

    public KubeService {
        workloads = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(workloads));
        configMaps = List.copyOf(configMaps);
    }

    public WorkloadKind kind(String workload) {
        return workloads.getOrDefault(workload, WorkloadKind.DEPLOYMENT);
    }

    /// Workloads that go back with the service and are none of those its strategy moves traffic between.
    public List<String> companions() {
        var moved = strategyWorkloads();
        return workloads.keySet().stream().filter(w -> !moved.contains(w)).toList();
    }

    public List<String> strategyWorkloads() {
        return switch (strategy) {
            case Strategy.Rolling(var main) -> List.of(main);
            case Strategy.BlueGreen(var _, var both) -> both;
            case Strategy.Canary(var main, var canary, var _) -> List.of(main, canary);
        };
    }

    /// What people call a release.
    public sealed interface VersionFrom {
        record ImageTag() implements VersionFrom {}

        record Label(String key) implements VersionFrom {}

        record Annotation(String key) implements VersionFrom {}
    }

    /// What decides where requests go.
    public sealed interface TrafficBy {

        /// A Service that always finds the main workload: there is nothing to move.
        record Fixed() implements TrafficBy {}

        /// The label of a Service's selector that names the colour.
        record Selector(String serviceName, String key) implements TrafficBy {}

        /// One Service finds both, and the canary's share is its share of the pods.
        record Replicas() implements TrafficBy {}

        /// Weights of a Gateway API HTTPRoute between two Services.
        record HttpRoute(String name, String stable, String canary) implements TrafficBy {}

        /// Weights of an Istio VirtualService between two Services (or subsets of one).
        record VirtualService(String name, String stable, String canary) implements TrafficBy {}
    }
}
