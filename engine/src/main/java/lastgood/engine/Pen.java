package lastgood.engine;

import lastgood.engine.journal.Entry;

/// Writes into the run's journal in the name of its present owner.
@FunctionalInterface
interface Pen {

    /// @return false: somebody else wrote first, so what was decided rests on old news; decide again
    boolean write(Entry entry);
}
