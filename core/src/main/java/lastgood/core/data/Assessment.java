package lastgood.core.data;

import java.time.Duration;
import java.util.List;
import lastgood.core.Digest;

/// What a corruption comes to, and the ways out of it, least data lost first.
///
/// @param scratch name of the scratch database that holds the state before the damage
/// @param point where that is, for people
/// @param tables only those with a difference
/// @param conflicts the first of them, for people; the rest is in the evidence
/// @param ways least lost first, then fastest
/// @param digest of the whole assessment; a plan that salvages names it, so that what was shown is what is done
/// @param remarks what the counts alone do not say: a table without a key, a column that is gone, what was not looked
/// at
public record Assessment(
        String scratch,
        String point,
        List<RowCounts> tables,
        List<Conflict> conflicts,
        List<Way> ways,
        Digest digest,
        List<String> remarks) {

    public Assessment {
        tables = List.copyOf(tables);
        conflicts = List.copyOf(conflicts);
        ways = List.copyOf(ways);
        remarks = List.copyOf(remarks);
    }

    /// With nothing to remark.
    public Assessment(
            String scratch,
            String point,
            List<RowCounts> tables,
            List<Conflict> conflicts,
            List<Way> ways,
            Digest digest) {
        this(scratch, point, tables, conflicts, ways, digest, List.of());
    }

    public Assessment with(List<Way> others) {
        return new Assessment(scratch, point, tables, conflicts, others, digest, remarks);
    }

    /// A row that was damaged and changed since: both versions cannot be right, and we do not choose.
    ///
    /// @param key the row's primary key, for people
    /// @param before, damaged, now the columns that differ, as JSON; empty = there was no such row
    public record Conflict(String table, String key, String before, String damaged, String now) {}

    /// One way out.
    ///
    /// @param kind which
    /// @param lost good rows that it loses
    /// @param conflicts rows that it leaves to a human
    /// @param predicted from measured rates; zero if nothing was measured, and then `unproven`
    /// @param unproven whether nothing like it was ever rehearsed
    public record Way(Kind kind, long lost, long conflicts, Duration predicted, boolean unproven) {

        public enum Kind {
            /// Damaged rows are put back, every later good write stays.
            SALVAGE,
            /// The scratch becomes the database, the old one is kept.
            SWAP
        }
    }
}
