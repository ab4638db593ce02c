package lastgood.engine.port;

import java.util.Optional;
import lastgood.core.Revision;
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

    /// Asks for another revision, and ends a pause in the same change.
    void put(WorkloadState seen, Revision to, Fence fence);

    /// Asks for a number of instances, in absolute terms.
    void scale(WorkloadState seen, int instances, Fence fence);

    void pause(WorkloadState seen, boolean paused, Fence fence);

    /// Makes a workload; [WorldMoved] if one of that name exists.
    void create(Workload workload, Revision revision, int instances, Fence fence);

    /// Removes it with its instances.
    void remove(WorkloadState seen, Fence fence);
}
