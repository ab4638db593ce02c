package lastgood.postgres.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import lastgood.postgres.salvage.RowDiff.Image;
import lastgood.postgres.salvage.RowDiff.Writer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RowDiffTest {

    static Image row(@Nullable String... values) {
        return Image.of(values);
    }

    static RowDiff.Update update(boolean merged, int... columns) {
        var set = new BitSet();
        for (int column : columns) {
            set.set(column);
        }
        return new RowDiff.Update(set, merged);
    }

    @Test
    void what_nobody_touched_is_the_same() {
        assertThat(RowDiff.of(row("a", null), row("a", null), row("a", null))).isEqualTo(new RowDiff.Same());
        assertThat(RowDiff.of(null, null, null)).isEqualTo(new RowDiff.Same());
    }

    @Test
    void what_was_written_later_is_kept() {
        assertThat(RowDiff.of(row("a"), row("a"), row("b"))).isEqualTo(new RowDiff.Kept());
        assertThat(RowDiff.of(row("a"), row("a"), null)).isEqualTo(new RowDiff.Kept());
        assertThat(RowDiff.of(null, null, row("b"))).isEqualTo(new RowDiff.Kept());
    }

    @Test
    void what_was_damaged_and_not_touched_is_put_back() {
        assertThat(RowDiff.of(row("a", "b"), row("x", "b"), row("x", "b"))).isEqualTo(update(false, 0));
        assertThat(RowDiff.of(row("a"), row((String) null), row((String) null))).isEqualTo(update(false, 0));
        assertThat(RowDiff.of(row("a"), null, null)).isEqualTo(new RowDiff.Insert());
        assertThat(RowDiff.of(null, row("a"), row("a"))).isEqualTo(new RowDiff.Delete());
    }

    @Test
    void other_columns_that_were_written_later_stay() {
        assertThat(RowDiff.of(row("a", "b"), row("x", "b"), row("x", "c"))).isEqualTo(update(true, 0));
    }

    @Test
    void what_somebody_already_put_back_stays() {
        assertThat(RowDiff.of(row("a"), row("x"), row("a"))).isEqualTo(new RowDiff.Kept());
        assertThat(RowDiff.of(row("a"), null, row("a"))).isEqualTo(new RowDiff.Same());
        assertThat(RowDiff.of(null, row("a"), null)).isEqualTo(new RowDiff.Same());
        assertThat(RowDiff.of(row("a", "b"), row("x", "y"), row("a", "y"))).isEqualTo(update(true, 1));
    }

    @Test
    void both_in_one_column_or_one_row_is_a_conflict() {
        assertThat(RowDiff.of(row("a"), row("x"), row("y"))).isInstanceOf(RowDiff.Conflict.class);
        assertThat(RowDiff.of(row("a", "b"), row("x", "y"), row("z", "y"))).isInstanceOf(RowDiff.Conflict.class);
        assertThat(RowDiff.of(row("a"), row("x"), null)).isInstanceOf(RowDiff.Conflict.class);
        assertThat(RowDiff.of(row("a"), null, row("b"))).isInstanceOf(RowDiff.Conflict.class);
        assertThat(RowDiff.of(null, row("a"), row("b"))).isInstanceOf(RowDiff.Conflict.class);
    }

    @Test
    void without_the_image_after_only_the_damage_s_own_rows_are_put_back() {
        assertThat(RowDiff.twoWay(row("a"), row("x"), Writer.THE_DAMAGE)).isEqualTo(update(false, 0));
        assertThat(RowDiff.twoWay(null, row("x"), Writer.THE_DAMAGE)).isEqualTo(new RowDiff.Delete());
        assertThat(RowDiff.twoWay(null, row("x"), Writer.SOMEBODY_LATER)).isEqualTo(new RowDiff.Kept());
        assertThat(RowDiff.twoWay(row("a"), row("a"), Writer.UNKNOWN)).isEqualTo(new RowDiff.Same());
        assertThat(RowDiff.twoWay(row("a"), row("x"), Writer.SOMEBODY_LATER)).isInstanceOf(RowDiff.Conflict.class);
        assertThat(RowDiff.twoWay(row("a"), row("x"), Writer.UNKNOWN)).isInstanceOf(RowDiff.Conflict.class);
        assertThat(RowDiff.twoWay(row("a"), null, Writer.UNKNOWN)).isInstanceOf(RowDiff.Conflict.class);
    }
}
