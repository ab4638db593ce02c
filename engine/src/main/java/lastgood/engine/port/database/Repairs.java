package lastgood.engine.port.database;

import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;

/// Mending data from a scratch database that holds an earlier state. The scratch was made, and what is at stake was
/// counted, before a plan names it. Nothing here ever drops the old database.
public interface Repairs {

    /// How the salvage of an assessment stands.
    Salvaged salvaged(ServiceRef service, String scratch, Digest assessment);

    /// Puts damaged rows back in one transaction, with a marker; refuses with [lastgood.engine.port.WorldMoved] if the
    /// rows are not as they were assessed.
    void salvage(ServiceRef service, String scratch, Digest assessment, Fence fence);

    /// Which database the service's name stands for.
    Swapped swapped(ServiceRef service, String scratch);

    /// Makes the scratch the database; the old one stays under the name `keepAs`.
    void swap(ServiceRef service, String scratch, String keepAs, Fence fence);

    sealed interface Salvaged {
        record NotYet() implements Salvaged {}

        /// @param counts for people: `orders: 1998 repaired, 3513 kept, 0 in conflict, 0 lost`
        record Done(String counts) implements Salvaged {}

        /// @param what our own earlier session that still runs
        record Underway(String what) implements Salvaged {}

        /// @param why the data changed after the assessment, or the scratch is gone
        record Stale(String why) implements Salvaged {}
    }

    sealed interface Swapped {
        /// @param stamp of the database that has the name now
        record NotYet(String stamp) implements Swapped {}

        record Done(String keptAs) implements Swapped {}

        record Stale(String why) implements Swapped {}
    }
}
