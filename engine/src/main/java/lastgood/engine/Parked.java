package lastgood.engine;

import lastgood.core.RunId;
import lastgood.engine.journal.RunState;

/// Why an owner stopped driving a run.
public sealed interface Parked {

    /// The run has reached a state in which only a person, or nothing at all, can move it.
    record At(RunState.Status status) implements Parked {}

    /// Somebody else drives it now.
    record TakenOverBy(String owner) implements Parked {}

    /// Another run has the service.
    record Locked(RunId holder) implements Parked {}
}
