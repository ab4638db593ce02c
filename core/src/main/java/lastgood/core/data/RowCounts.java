package lastgood.core.data;

/// What becomes of the rows of one table, counted before anyone confirms and again after it was done.
///
/// @param table `schema.name`
/// @param repaired damaged, and put back as they were before the damage
/// @param kept written later and good; untouched
/// @param conflicts damaged and then changed by somebody: a human must choose; untouched
/// @param lost good rows that would be gone, or damaged rows that cannot be put back
public record RowCounts(String table, long repaired, long kept, long conflicts, long lost) {

    public RowCounts {
        if (repaired < 0 || kept < 0 || conflicts < 0 || lost < 0) {
            throw new IllegalArgumentException("rows are counted from 0");
        }
    }
}
