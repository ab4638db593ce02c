package lastgood.local.wire;

import java.util.List;
import java.util.SortedMap;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.local.InstanceView;
import org.jspecify.annotations.Nullable;

/// What a client may say to the agent, and what it gets back. Each is posted to `/v1/<name>` as JSON.
public final class Calls {

    private Calls() {}

    /// The largest question, and the largest that is answered.
    public static final int BYTES_MAX = 1 << 20;

    public record Find(Workload workload) {}

    public record Found(@Nullable WorkloadState state) {}

    public record Put(Workload workload, String uid, String stamp, Revision revision, String mark) {}

    public record Scale(Workload workload, String uid, String stamp, int instances, String mark) {}

    public record Pause(Workload workload, String uid, String stamp, boolean paused, String mark) {}

    public record Create(Workload workload, Revision revision, int instances, String mark) {}

    public record Remove(Workload workload, String uid, String stamp) {}

    public record OfService(ServiceRef service) {}

    public record Shift(ServiceRef service, String stamp, SortedMap<String, Integer> weights, String mark) {}

    public record Maintenance(ServiceRef service, String stamp, boolean on, String mark) {}

    /// @param revision a digest, or empty: all
    /// @param sinceMillis since 1970
    public record AskWindow(ServiceRef service, String revision, long sinceMillis) {}

    public record WindowAnswer(
            long spanMillis, long requests, long errors, long p50Nanos, long p95Nanos, long p99Nanos) {}

    public record Inject(ServiceRef service, double errorPercent, long latencyMillis, int kill, long expiresMillis) {}

    public record Apply(ServiceRef service, ServiceSettings settings) {}

    /// @param sinceMillis since 1970: what `logFrom` is to say
    public record AskInstances(ServiceRef service, long sinceMillis) {}

    public record Instances(List<InstanceView> instances) {}

    public record Workloads(List<WorkloadState> workloads) {}

    public record Nothing() {}

    public record Refusal(String error) {}
}
