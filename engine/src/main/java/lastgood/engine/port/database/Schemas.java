package lastgood.engine.port.database;

import java.util.List;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.data.Migrations;
import lastgood.engine.port.Fence;

/// The schema, and the migrations that make it.
public interface Schemas {

    State look(ServiceRef service);

    Migrations migrations(ServiceRef service);

    /// Undoes the newest applied migrations, in that order. Ours run in one transaction together with a marker under
    /// the fence's key and a check that the catalog became `to`; if it did not, nothing was changed and it throws
    /// [lastgood.engine.port.Forbidden]. A team's command runs once for each, and a look tells how far it came.
    ///
    /// @param migrations newest first
    void undo(State seen, List<String> migrations, Digest to, Fence fence);

    /// Applies one migration that is the next one, marked in the same way.
    void apply(State seen, String migration, Fence fence);

    /// @param schema fingerprint of the catalog, without what lastgood keeps there itself
    /// @param applied names of the migrations that are applied to the end, oldest first
    /// @param halfDone a migration that was begun and failed; empty = none
    /// @param marks keys of what we have done to it
    /// @param busy what somebody is doing to it right now, our own earlier sessions included; empty = nothing
    record State(
            ServiceRef service, Digest schema, List<String> applied, String halfDone, List<String> marks, String busy) {
        public State {
            applied = List.copyOf(applied);
            marks = List.copyOf(marks);
        }
    }
}
