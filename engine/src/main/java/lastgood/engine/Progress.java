package lastgood.engine;

import lastgood.core.plan.PlannedStep;
import lastgood.engine.journal.JournalRecord;

/// Follows a run. What matters comes as journal records; the rest is only for whoever is looking now.
public interface Progress {
    void record(JournalRecord record);

    /// A step is waiting for the world.
    void waiting(PlannedStep step, String what);

    /// Nobody is looking.
    Progress NONE = new Progress() {
        @Override
        public void record(JournalRecord record) {}

        @Override
        public void waiting(PlannedStep step, String what) {}
    };
}
