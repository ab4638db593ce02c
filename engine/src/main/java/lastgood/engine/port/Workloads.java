package lastgood.engine.port;

import java.util.List;
import java.util.Optional;
import lastgood.core.Capacity;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;

/// The workloads of a platform: wishes in, states out. The platform carries the wishes out in its own time.
///
/// Every change names the state it was decided on (`uid` and `stamp`) and is refused with [WorldMoved] if
/// that is no longer the state, so a change lands at most once and never on top of somebody else's.
/// Every method may throw [Unreachable], after which the change may or may not have been made, or
/// [Forbidden], after which it has not.
public interface Workloads {

    /// Reads one workload; empty if there is none of that name.
    Optional<WorkloadState> find(Workload workload);

    /// What belongs to a service beside the workloads that its strategy names (workers, CronJobs), as far as it
    /// exists.
    List<WorkloadState> companions(ServiceRef service);

    /// Asks for another revision, and ends a pause in the same change.
    void put(WorkloadState seen, Revision to, Fence fence);

    /// Asks for a number of instances, in absolute terms.
    void scale(WorkloadState seen, int instances, Fence fence);

    /// Asks for other instances of the same revision, in the way a new revision would get there. Until they are all
    /// replaced the workload is not [WorkloadState#complete]. Where each use has an instance of its own, as with a
    /// CronJob, the mark is all there is to set.
    void restart(WorkloadState seen, Fence fence);

    /// Sets the bounds of the workload's autoscaler, on condition that it is the one that was seen and unchanged.
    void bound(WorkloadState seen, Capacity to, Fence fence);

    void pause(WorkloadState seen, boolean paused, Fence fence);

    /// Makes a workload; [WorldMoved] if one of that name exists.
    void create(Workload workload, Revision revision, int instances, Fence fence);

    /// Removes it with its instances.
    void remove(WorkloadState seen, Fence fence);

    /// Removes the very instances that were seen to be stuck, so that the platform replaces them.
    default void evict(WorkloadState seen, Fence fence) {
        throw new Forbidden("%s has nothing that is stuck".formatted(seen.workload()));
    }

    /// Who else asked it last to run something, as the platform calls him (a field manager, a user), for a message;
    /// empty if nobody knows.
    default String lastWriter(Workload workload) {
        return "";
    }
}
