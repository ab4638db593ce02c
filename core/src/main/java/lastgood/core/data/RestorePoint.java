package lastgood.core.data;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
/// @param log how the server kept its log at that moment
/// @param xids of the migrations that followed, in order; empty until they were read
public record RestorePoint(
        String name,
        String release,
        String system,
        int timeline,
        String lsn,
        Instant at,
        Digest schema,
        LogKept log,
        List<Long> xids) {

    public RestorePoint {
        xids = List.copyOf(xids);
    }

    /// Where nobody wrote down how the log was kept.
    public RestorePoint(
            String name,
            String release,
            String system,
            int timeline,
            String lsn,
            Instant at,
            Digest schema,
            List<Long> xids) {
        this(name, release, system, timeline, lsn, at, schema, LogKept.unknown(), xids);
    }

    /// What stands in the way of going back to it in time; empty = nothing that was seen when it was marked.
    public Optional<String> doubt() {
        if (log.isTooLittle()) {
            return Optional.of(
                    "wal_level was minimal when %s was marked: the log holds too little to go back there in time"
                            .formatted(name));
        }
        return switch (log.archive()) {
            case FAILING, OFF, UNTRIED ->
                Optional.of(
                        "when %s was marked the log was kept like this: %s; going back there in time needs all of it"
                                .formatted(name, log.words()));
            case WORKING, UNKNOWN -> Optional.empty();
        };
    }
}
