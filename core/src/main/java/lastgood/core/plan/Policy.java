package lastgood.core.plan;

import java.time.Duration;
import lastgood.core.decide.SeverityMatrix;
import lastgood.core.recover.WatchRules;

/// The team's rules, as far as a plan depends on them.
///
/// @param matrix who approves what
/// @param stepTimeout how long instances may take to be replaced
/// @param watch what has to hold, and how long, before users count as recovered
/// @param evidenceBudget how long evidence may take; an emergency gets less
/// @param quarantine how long a release that was taken out may not come back unnoticed; zero = not at all
/// @param presumeAfter how long a release must have served to be presumed good where nobody ever judged any;
///     zero = never
/// @param backupFirst which rollbacks take a verified backup before anything else
public record Policy(
        SeverityMatrix matrix,
        Duration stepTimeout,
        WatchRules watch,
        Duration evidenceBudget,
        Duration quarantine,
        Duration presumeAfter,
        BackupFirst backupFirst) {

    /// Which rollbacks take a verified backup first.
    public enum BackupFirst {
        ALWAYS,
        /// Those that change data.
        CHANGING_DATA,
        NEVER
    }

    public Policy(
            SeverityMatrix matrix,
            Duration stepTimeout,
            WatchRules watch,
            Duration evidenceBudget,
            Duration quarantine,
            Duration presumeAfter) {
        this(matrix, stepTimeout, watch, evidenceBudget, quarantine, presumeAfter, BackupFirst.CHANGING_DATA);
    }

    /// A day has its quiet and its busy hours: what hurts at some load or at some hour has shown by then.
    public static final Duration PRESUME_AFTER = Duration.ofHours(24);

    /// The runbook: an emergency rollback captures logs, and nobody waits for them.
    public static final Duration EVIDENCE_IN_EMERGENCY = Duration.ofSeconds(3);

    public static final Duration EVIDENCE = Duration.ofSeconds(10);

    public Policy withWatch(WatchRules rules) {
        return new Policy(matrix, stepTimeout, rules, evidenceBudget, quarantine, presumeAfter, backupFirst);
    }

    public Policy withBackup(BackupFirst when) {
        return new Policy(matrix, stepTimeout, watch, evidenceBudget, quarantine, presumeAfter, when);
    }
}
