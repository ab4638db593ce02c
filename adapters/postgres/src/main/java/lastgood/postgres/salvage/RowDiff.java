package lastgood.postgres.salvage;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is to become of one row, from its three images: before the damage, right after it, now. Pure.
///
/// The damage is what differs between the first two; what users did since is what differs between the last two. Where
/// both meet in one column nobody can say which is right, and we do not choose.
public sealed interface RowDiff {

    /// Undamaged, or damaged and by now as it was before.
    record Same() implements RowDiff {}

    /// Written since and not damaged.
    record Kept() implements RowDiff {}

    /// @param columns those to write, by their place in the image
    /// @param merged whether other columns of the row were written since and stay
    record Update(BitSet columns, boolean merged) implements RowDiff {}

    /// Deleted by the damage, and to be inserted again.
    record Insert() implements RowDiff {}

    /// Inserted by the damage, and untouched since.
    record Delete() implements RowDiff {}

    record Conflict(String why) implements RowDiff {}

    /// A row as texts, in the order of the compared columns; an element is null for NULL.
    record Image(List<@Nullable String> values) {

        static Image of(@Nullable String... values) {
            var list = new ArrayList<@Nullable String>();
            for (var value : values) {
                list.add(value);
            }
            return new Image(list);
        }

        boolean differsAt(int column, Image other) {
            return !Objects.equals(values.get(column), other.values.get(column));
        }

        boolean sameAs(Image other) {
            return values.equals(other.values);
        }
    }

    /// Who wrote a row last, where there is no image from right after the damage.
    enum Writer {
        THE_DAMAGE,
        SOMEBODY_LATER,
        UNKNOWN
    }

    /// @param before null = there was no such row; likewise the others
    static RowDiff of(@Nullable Image before, @Nullable Image after, @Nullable Image now) {
        if (before == null) {
            return after == null ? cameLater(now) : insertedByDamage(after, now);
        }
        if (after == null) {
            return deletedByDamage(before, now);
        }
        if (now == null) {
            return before.sameAs(after) ? new Kept() : new Conflict("damaged, and deleted since");
        }
        return changed(before, after, now);
    }

    private static RowDiff cameLater(@Nullable Image now) {
        return now == null ? new Same() : new Kept();
    }

    private static RowDiff insertedByDamage(Image after, @Nullable Image now) {
        if (now == null) {
            return new Same();
        }
        return now.sameAs(after) ? new Delete() : new Conflict("inserted by the damage, and changed since");
    }

    private static RowDiff deletedByDamage(Image before, @Nullable Image now) {
        if (now == null) {
            return new Insert();
        }
        return now.sameAs(before) ? new Same() : new Conflict("deleted by the damage, and inserted since");
    }

    private static RowDiff changed(Image before, Image after, Image now) {
        var repair = new BitSet();
        var later = false;
        for (int i = 0; i < before.values.size(); i++) {
            var hurt = before.differsAt(i, after);
            var touched = after.differsAt(i, now);
            if (hurt && touched && before.differsAt(i, now)) {
                return new Conflict("damaged, and the same column changed since");
            }
            if (hurt && !touched) {
                repair.set(i);
            }
            later |= touched;
        }
        if (!repair.isEmpty()) {
            return new Update(repair, later);
        }
        return later ? new Kept() : new Same();
    }

    /// Without an image from right after the damage: only a row that still bears the damaging transaction's number is
    /// known to be damaged and untouched. Everything else that differs is for a human.
    static RowDiff twoWay(@Nullable Image before, @Nullable Image now, Writer writer) {
        if (before == null) {
            return now == null ? new Same() : writer == Writer.THE_DAMAGE ? new Delete() : new Kept();
        }
        if (now == null) {
            return new Conflict("gone, and nobody can tell whether the damage deleted it");
        }
        if (before.sameAs(now)) {
            return new Same();
        }
        return switch (writer) {
            case THE_DAMAGE -> changed(before, now, now);
            case SOMEBODY_LATER -> new Conflict("written after the damage, and nobody can tell what was damaged");
            case UNKNOWN -> new Conflict("different, and nobody can tell who wrote it");
        };
    }
}
