package lastgood.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import lastgood.core.Capacity;
import lastgood.core.Digest;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.TrafficState;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Faults;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.WorldMoved;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.history.LocalTelemetry;
import lastgood.local.wire.Calls;
import lastgood.local.wire.Contact;
import lastgood.local.wire.ServiceSettings;
import lastgood.local.wire.TinyHttp;

/// Speaks to the agent of a data folder. Finds it anew for each call, since a new agent has a new port and token.
///
/// Each call is one question over one connection, never repeated here: an answer that does not come is [Unreachable],
/// and whoever asked looks again.
public final class LocalClient implements Workloads, Traffic, Metrics, Faults {

    /// The agent answers from memory; only a slow disk makes it take longer than milliseconds.
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final DataFolder data;
    private final Map<ServiceRef, LocalService> services;

    /// @param services what the configuration says; used when a workload is created
    public LocalClient(Path data, Map<ServiceRef, LocalService> services) {
        this.data = new DataFolder(data);
        this.services = Map.copyOf(services);
    }

    // ---- Workloads

    @Override
    public Optional<WorkloadState> find(Workload workload) {
        return Optional.ofNullable(
                ask("find", new Calls.Find(workload), Calls.Found.class).state());
    }

    /// All workloads of a service.
    public List<WorkloadState> workloads(ServiceRef service) {
        return ask("workloads", new Calls.OfService(service), Calls.Workloads.class)
                .workloads();
    }

    @Override
    public void put(WorkloadState seen, Revision to, Fence fence) {
        tell("put", new Calls.Put(seen.workload(), seen.uid(), seen.stamp(), to, fence.key()));
    }

    @Override
    public void scale(WorkloadState seen, int instances, Fence fence) {
        tell("scale", new Calls.Scale(seen.workload(), seen.uid(), seen.stamp(), instances, fence.key()));
    }

    /// None: a service on this machine is what its strategy names.
    @Override
    public List<WorkloadState> companions(ServiceRef service) {
        return List.of();
    }

    @Override
    public void restart(WorkloadState seen, Fence fence) {
        throw new Forbidden(
                "%s cannot be started anew with the same revision: all configuration is a part of the revision here"
                        .formatted(seen.workload().name()));
    }

    @Override
    public void bound(WorkloadState seen, Capacity to, Fence fence) {
        throw new Forbidden("%s has no autoscaler".formatted(seen.workload().name()));
    }

    @Override
    public void pause(WorkloadState seen, boolean paused, Fence fence) {
        tell("pause", new Calls.Pause(seen.workload(), seen.uid(), seen.stamp(), paused, fence.key()));
    }

    /// Says first how the service runs, so that its port is open before its first instance is ready.
    @Override
    public void create(Workload workload, Revision revision, int instances, Fence fence) {
        var service = services.get(workload.service());
        if (service != null) {
            apply(workload.service(), service);
        }
        tell("create", new Calls.Create(workload, revision, instances, fence.key()));
    }

    @Override
    public void remove(WorkloadState seen, Fence fence) {
        tell("remove", new Calls.Remove(seen.workload(), seen.uid(), seen.stamp()));
    }

    // ---- Traffic

    @Override
    public TrafficState get(ServiceRef service) {
        return ask("traffic", new Calls.OfService(service), TrafficState.class);
    }

    @Override
    public void shift(TrafficState seen, SortedMap<String, Integer> weights, Fence fence) {
        tell("shift", new Calls.Shift(seen.service(), seen.stamp(), weights, fence.key()));
    }

    @Override
    public void maintenance(TrafficState seen, boolean on, Fence fence) {
        tell("maintenance", new Calls.Maintenance(seen.service(), seen.stamp(), on, fence.key()));
    }

    // ---- Metrics

    /// Percentiles are the upper bound of the histogram's bucket, at most a third above the truth, and never more than
    /// the slowest request took. The second in which `since` lies is left out, since a part of it is older.
    @Override
    public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
        var answer = ask(
                "window",
                new Calls.AskWindow(service, revision.map(Digest::text).orElse(""), since.toEpochMilli()),
                Calls.WindowAnswer.class);
        return new Window(
                Duration.ofMillis(answer.spanMillis()),
                answer.requests(),
                answer.errors(),
                Duration.ofNanos(answer.p50Nanos()),
                Duration.ofNanos(answer.p95Nanos()),
                Duration.ofNanos(answer.p99Nanos()));
    }

    /// By seconds for the last two hours, by minutes for eight days; read from files, so also without an agent.
    @Override
    public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
        return new LocalTelemetry(data.root(), InstantSource.system()).course(service, from, to, step);
    }

    /// Everything that is counted, in Prometheus' text format.
    public String metricsText() {
        var contact = contact();
        try {
            return TinyHttp.get(contact.port(), "/metrics", ANSWER_WITHIN).text();
        } catch (IOException e) {
            throw unreachable(contact, e);
        }
    }

    // ---- Faults

    @Override
    public void inject(ServiceRef service, double errorPercent, Duration latency, int kill, Duration expires) {
        tell("inject", new Calls.Inject(service, errorPercent, latency.toMillis(), kill, expires.toMillis()));
    }

    @Override
    public void clear(ServiceRef service) {
        tell("clear", new Calls.OfService(service));
    }

    // ---- and beyond the ports

    /// Every instance of a service, with its process, port and restarts.
    public List<InstanceView> instances(ServiceRef service) {
        return instances(service, Instant.EPOCH);
    }

    /// The same; `logFrom` tells where each log's lines since then begin.
    public List<InstanceView> instances(ServiceRef service, Instant since) {
        return ask("instances", new Calls.AskInstances(service, since.toEpochMilli()), Calls.Instances.class)
                .instances();
    }

    /// Makes the service's port, drain and stop time what the configuration says. The same again changes nothing.
    ///
    /// @throws Forbidden if the port is taken; users stay where they were
    public void apply(ServiceRef service, LocalService definition) {
        tell("apply", new Calls.Apply(service, ServiceSettings.of(definition)));
    }

    // ---- one call

    private void tell(String op, Object call) {
        ask(op, call, Calls.Nothing.class);
    }

    private <T> T ask(String op, Object call, Class<T> type) {
        var contact = contact();
        try {
            var answer = TinyHttp.post(contact.port(), "/v1/" + op, contact.token(), Json.bytes(call), ANSWER_WITHIN);
            if (answer.status() == 200) {
                return Json.read(answer.text().getBytes(java.nio.charset.StandardCharsets.UTF_8), type);
            }
            throw refusal(answer.status(), reason(answer.text()));
        } catch (IOException e) {
            throw unreachable(contact, e);
        }
    }

    private static String reason(String body) throws IOException {
        return Json.tree(body).path("error").asText("it gave no reason");
    }

    private static RuntimeException refusal(int status, String reason) {
        return switch (status) {
            case 409 -> new WorldMoved(reason);
            case 400, 403, 413 -> new Forbidden(reason);
            default -> new Unreachable("the agent answered %d: %s".formatted(status, reason));
        };
    }

    private Contact contact() {
        var contact = LocalAgent.contact(data)
                .orElseThrow(() -> new Unreachable(
                        "no agent serves %s; nothing was changed\nhint: start it with `lastgood agent start --data %s`"
                                .formatted(data.root(), data.root())));
        if (contact.protocol() != Contact.PROTOCOL) {
            throw new Forbidden(
                    "the agent of %s is of another version of lastgood; nothing was changed\nhint: stop it and start it again with this one"
                            .formatted(data.root()));
        }
        return contact;
    }

    private Unreachable unreachable(Contact contact, IOException cause) {
        return new Unreachable(
                "%s of %s did not answer: %s".formatted(contact, data.root(), Failures.reason(cause)), cause);
    }
}
