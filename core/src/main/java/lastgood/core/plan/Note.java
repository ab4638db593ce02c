package lastgood.core.plan;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Parts;
import lastgood.core.Person;
import lastgood.core.Revision;
import lastgood.core.Verdict;

/// What a plan will write into the ledger. The time is added when it is written, so that a plan's digest
/// does not depend on when it was made.
public sealed interface Note {

    /// The release it speaks of.
    int release();

    /// @param others revisions of the workloads beside the main one, by workload
    /// @param config contents of config objects, by name
    record Deploy(
            int release,
            Revision revision,
            SortedMap<String, Revision> others,
            SortedMap<String, Digest> config,
            List<String> migrations,
            Person by)
            implements Note {
        public Deploy {
            others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
            config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
            migrations = List.copyOf(migrations);
        }

        public Deploy(int release, Parts parts, List<String> migrations, Person by) {
            this(release, parts.main(), parts.others(), parts.config(), migrations, by);
        }

        /// Of a service of one workload.
        public Deploy(int release, Revision revision, List<String> migrations, Person by) {
            this(release, Parts.of(revision), migrations, by);
        }
    }

    record GoLive(int release) implements Note {}

    record Leave(int release, Leaving how) implements Note {}

    record Judge(int release, Verdict verdict, Person by, String why) implements Note {}

    record Quarantine(int release, Duration time, String why) implements Note {}
}
