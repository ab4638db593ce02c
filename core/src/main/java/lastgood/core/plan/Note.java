package lastgood.core.plan;

import java.time.Duration;
import java.util.List;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Person;
import lastgood.core.Revision;
import lastgood.core.Verdict;

/// What a plan will write into the ledger. The time is added when it is written, so that a plan's digest
/// does not depend on when it was made.
public sealed interface Note {

    /// The release it speaks of.
    int release();

    record Deploy(int release, Revision revision, List<String> migrations, Person by) implements Note {
        public Deploy {
            migrations = List.copyOf(migrations);
        }
    }

    record GoLive(int release) implements Note {}

    record Leave(int release, Leaving how) implements Note {}

    record Judge(int release, Verdict verdict, Person by, String why) implements Note {}

    record Quarantine(int release, Duration time, String why) implements Note {}
}
