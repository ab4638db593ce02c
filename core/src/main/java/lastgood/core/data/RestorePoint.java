package lastgood.core.data;

import java.time.Instant;
import java.util.List;
import lastgood.core.Digest;

/// What is written down around a deploy, so that the database can go back to exactly there.
///
/// @param name of the restore point in the write-ahead log: `lg-` and the run
/// @param release what people call the release that was about to be put out
/// @param system the server's system identifier; a point of another server is of no use
/// @param timeline at that moment
/// @param lsn of the restore point
/// @param at by the server's clock
/// @param schema fingerprint of the catalog at that moment
/// @param xids of the migrations that followed, in order; empty until they were read
public record RestorePoint(
        String name,
        String release,
        String system,
        int timeline,
        String lsn,
        Instant at,
        Digest schema,
        List<Long> xids) {

    public RestorePoint {
        xids = List.copyOf(xids);
    }
}
