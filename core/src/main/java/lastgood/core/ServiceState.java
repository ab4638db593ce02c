package lastgood.core;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that was seen of a service: its workloads and config objects that exist, and its traffic.
public record ServiceState(
        ServiceRef service,
        Strategy strategy,
        SortedMap<String, WorkloadState> workloads,
        SortedMap<String, ConfigState> config,
        TrafficState traffic) {

    public ServiceState {
        workloads = Collections.unmodifiableSortedMap(new TreeMap<>(workloads));
        config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    }

    /// Of a service without config objects.
    public ServiceState(
            ServiceRef service, Strategy strategy, SortedMap<String, WorkloadState> workloads, TrafficState traffic) {
        this(service, strategy, workloads, new TreeMap<>(), traffic);
    }

    /// As it will be once all workloads are parked.
    public ServiceState parked() {
        var none = new TreeMap<>(workloads);
        none.replaceAll((_, w) -> w.parked());
        return new ServiceState(service, strategy, none, config, traffic);
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

    /// Workloads that go with the service and take none of its users' requests: workers, CronJobs.
    public SortedMap<String, WorkloadState> companions() {
        var others = new TreeMap<>(workloads);
        others.keySet().removeAll(strategy.workloads());
        return others;
    }

    /// All that is there, if the main workload ran that revision.
    public Parts partsWith(Revision main) {
        var others = new TreeMap<String, Revision>();
        companions().forEach((name, w) -> others.put(name, w.requested()));
        var contents = new TreeMap<String, Digest>();
        config.forEach((name, c) -> contents.put(name, c.content()));
        return new Parts(main, others, contents);
    }

    /// What is asked to run now, if anything is.
    public Optional<Parts> parts() {
        return newest().map(w -> partsWith(w.requested()));
    }
}
