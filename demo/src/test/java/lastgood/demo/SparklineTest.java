package lastgood.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SparklineTest {

    @Test
    void marks_stand_below_their_second() {
        var lines = Sparkline.lines(
                List.of(0.0, 0.0, 14.0, 7.0, 0.1, 0.0),
                List.of(new Sparkline.Mark(2.4, "out"), new Sparkline.Mark(4, "back")),
                80,
                true);

        assertThat(lines).containsExactly("▁▁█▅▂▁", "  a b");
    }

    @Test
    void two_marks_in_one_second_stand_side_by_side() {
        var lines = Sparkline.lines(
                List.of(0.0, 0.0, 0.0), List.of(new Sparkline.Mark(1.1, "x"), new Sparkline.Mark(1.2, "y")), 80, true);

        assertThat(lines.getLast()).isEqualTo(" ab");
    }

    @Test
    void a_long_story_shares_columns_and_shows_the_worst() {
        var lines =
                Sparkline.lines(List.of(0.0, 20.0, 0.0, 0.0, 0.0), List.of(new Sparkline.Mark(4.5, "end")), 3, false);

        assertThat(lines).containsExactly("#__", "  a");
    }

    @Test
    void a_single_failure_is_seen_and_is_no_fire() {
        assertThat(Sparkline.bars(List.of(0.0, 0.8, 0.0), true)).isEqualTo("▁▂▁");
    }
}
