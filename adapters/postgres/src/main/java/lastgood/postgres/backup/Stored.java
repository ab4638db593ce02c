package lastgood.postgres.backup;

import java.time.Instant;
import java.util.Map;

/// One backup as its provider lists it: complete, and restorable as far as the provider knows.
///
/// @param name ours, `lg-<run>-<step>`; else the provider's label
/// @param label the provider's own identifier
/// @param system the server's system identifier; empty for a dump
/// @param timeline 0 for a dump
/// @param startLsn where replay begins; empty for a dump
/// @param stopLsn where it is consistent; empty for a dump
/// @param nextXid no transaction from this one on had begun when the backup was complete; 0 = not known
/// @param finished never too early: a point in time after it can be reached from it
/// @param bytes as stored
/// @param restoredBytes as it will be on disk after a restore
/// @param extra what the provider keeps beside it
public record Stored(
        String name,
        String label,
        String system,
        int timeline,
        String startLsn,
        String stopLsn,
        long nextXid,
        Instant started,
        Instant finished,
        long bytes,
        long restoredBytes,
        Map<String, String> extra) {

    public Stored {
        extra = Map.copyOf(extra);
    }

    /// What a proof is about: another backup under the same name has to be proved anew.
    String identity() {
        return "%s %s %s %s".formatted(label, startLsn, stopLsn, finished);
    }
}
