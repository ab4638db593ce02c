package lastgood.core.data;

import java.time.Duration;
import java.time.Instant;

/// One backup in the catalogue. The provider's own list is the truth and is read anew each time; what we add to it
/// is the alias, the proof and the rehearsal.
///
/// @param name unique: `lg-<run>-<step>`, or the provider's identifier for one that we did not take
/// @param alias what people call it: `pre-migration-v4.0.5`; empty if it has none; need not be unique
/// @param kind of the provider: `pg_dump`, `pg_basebackup`, `files`, `pgbackrest`, `cnpg`
/// @param label the provider's own identifier: a folder, `20260102-143512F`, a resource
/// @param system the server's system identifier; empty where a backup does not know it (a dump)
/// @param timeline 0 where it has none
/// @param startLsn empty where it has none
/// @param stopLsn empty where it has none
/// @param bytes as stored
/// @param schema fingerprint of the catalog when it was taken, as text; empty if unknown
/// @param release that ran when it was taken; empty if unknown
/// @param reason why it was taken, by whoever asked
/// @param proof whether it can be read back
/// @param rehearsal whether it was ever restored
public record Backup(
        String name,
        String alias,
        String kind,
        String label,
        String system,
        int timeline,
        String startLsn,
        String stopLsn,
        Instant started,
        Instant finished,
        long bytes,
        String schema,
        String release,
        String reason,
        Proof proof,
        Rehearsal rehearsal) {

    /// Whether what was stored can be read back.
    public sealed interface Proof {
        record Unverified() implements Proof {}

        /// @param how `pg_verifybackup`, `pgbackrest verify`, …
        record Verified(Instant at, String how) implements Proof {}

        /// The provider says that it is there in full, and nobody has read it back: whoever can only restore it, such
        /// as an operator on a cluster, has no other word to give. A restore is the proof.
        ///
        /// @param word what was said, and by whom
        record Vouched(Instant at, String word) implements Proof {}

        record Broken(Instant at, String why) implements Proof {}
    }

    /// Whether it, or one like it, was ever restored; a plan that relies on one that never was says UNPROVEN.
    public sealed interface Rehearsal {
        record Never() implements Rehearsal {}

        record Restored(Instant at, Duration took, long bytes) implements Rehearsal {}
    }
}
