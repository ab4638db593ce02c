package lastgood.core.data;

import java.time.Instant;

/// A point in the history of a database server, as its write-ahead log knows it.
///
/// Recovery stops *before* what is named, unless `inclusive`: what is named is usually the damage.
///
/// @param point where
/// @param inclusive whether what stands at the point is still replayed
public record RecoveryTarget(Point point, boolean inclusive) {

    public static RecoveryTarget before(Point point) {
        return new RecoveryTarget(point, false);
    }

    public static RecoveryTarget upTo(Point point) {
        return new RecoveryTarget(point, true);
    }

    public sealed interface Point {

        /// The commit of a transaction: exact, whatever the clocks say.
        ///
        /// @param xid 1 to 2^64-1, as `pg_current_xact_id` writes it (with its epoch)
        record Xid(long xid) implements Point {}

        /// A position in the write-ahead log.
        ///
        /// @param lsn as PostgreSQL writes it: `16/B374D848`
        record Lsn(String lsn) implements Point {
            public Lsn {
                if (!lsn.matches("[0-9A-F]{1,8}/[0-9A-F]{1,8}")) {
                    throw new IllegalArgumentException("`%s` is not a WAL position such as 16/B374D848".formatted(lsn));
                }
            }
        }

        /// A commit time by the server's clock.
        record At(Instant time) implements Point {}

        /// A restore point. Names are not unique in PostgreSQL, which stops at the first; ours hold a run's name.
        record Named(String name) implements Point {}

        /// As far as the archive goes.
        record Latest() implements Point {}
    }
}
