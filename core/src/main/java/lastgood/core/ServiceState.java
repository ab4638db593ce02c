package lastgood.core;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that was seen of a service: its workloads that exist, and its traffic.
public record ServiceState(
        ServiceRef service, Strategy strategy, SortedMap<String, WorkloadState> workloads, TrafficState traffic) {

    public ServiceState {
        workloads = Collections.unmodifiableSortedMap(new TreeMap<>(workloads));
    }

    public Optional<WorkloadState> workload(String name) {
        return Optional.ofNullable(workloads.get(name));
    }

    /// The workload that users mostly get: the heaviest one.
    public Optional<WorkloadState> active() {
        return traffic.weights().entrySet().stream()
                .filter(e -> e.getValue() > 0)
                .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                .flatMap(e -> workload(e.getKey()))
                .or(() -> workload(strategy.main()));
    }

    /// A canary that has instances or gets requests.
    public Optional<WorkloadState> liveCanary() {
        return strategy instanceof Strategy.Canary(var _, var name, var _)
                ? workload(name).filter(w -> w.wanted() > 0 || traffic.weight(name) > 0)
                : Optional.empty();
    }

    /// The workload whose release is the newest wish: the canary while there is one, else the active one.
    public Optional<WorkloadState> newest() {
        return liveCanary().or(this::active);
    }
}
