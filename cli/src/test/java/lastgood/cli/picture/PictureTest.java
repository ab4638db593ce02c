package lastgood.cli.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import lastgood.engine.port.Metrics;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PictureTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration STEP = Duration.ofSeconds(5);

    private static Course course() {
        var points = new ArrayList<Metrics.Point>();
        for (var i = 0; i < 24; i++) {
            var bad = i >= 8 && i < 16;
            points.add(new Metrics.Point(
                    NOON.plus(STEP.multipliedBy(i)),
                    Optional.empty(),
                    100,
                    bad ? 20 : 0,
                    Duration.ofMillis(bad ? 1000 : 50)));
        }
        return Course.of(
                NOON,
                NOON.plus(STEP.multipliedBy(24)),
                STEP,
                points,
                List.of(
                        new Course.Mark(NOON.plusSeconds(40), "v2 goes <out>"),
                        new Course.Mark(NOON.plusSeconds(80), "recovery proved")));
    }

    @Test
    void bars_rise_where_users_were_hurt_and_letters_say_why() {
        var lines = new BarLines(course(), 60, true).lines();

        assertThat(lines.get(0)).isEqualTo("errors  ▁▁▁▁▁▁▁▁████████▁▁▁▁▁▁▁▁  at most 20.0%");
        assertThat(lines.get(1)).contains("▂▂▂▂▂▂▂▂████████▂▂▂▂▂▂▂▂").endsWith("at most 1s");
        assertThat(lines.get(2)).isEqualTo("                a       b");
        assertThat(lines.get(3)).isEqualTo("        a v2 goes <out>   b recovery proved");
    }

    @Test
    void a_step_without_requests_is_no_failure_and_no_hole() {
        var course = Course.of(
                NOON,
                NOON.plusSeconds(50),
                STEP,
                List.of(
                        new Metrics.Point(NOON, Optional.empty(), 10, 10, Duration.ofSeconds(1)),
                        new Metrics.Point(NOON.plusSeconds(45), Optional.empty(), 10, 0, Duration.ofSeconds(1))),
                List.of());

        assertThat(course.steps()).hasSize(10);
        assertThat(new BarLines(course, 60, false).lines().getFirst()).startsWith("errors  #_________");
        assertThat(course.isEmpty()).isTrue();
    }

    @Test
    void where_nobody_asked_the_picture_draws_nothing() {
        var course = Course.of(
                NOON,
                NOON.plusSeconds(25),
                STEP,
                List.of(
                        new Metrics.Point(NOON, Optional.empty(), 10, 0, Duration.ofMillis(50)),
                        new Metrics.Point(NOON.plusSeconds(20), Optional.empty(), 10, 0, Duration.ofMillis(50))),
                List.of());

        assertThat(new Svg(course, "web", ZoneOffset.UTC).text().split("M[0-9]", -1))
                .hasSize(1 + 2 * 2);
    }

    @Test
    void the_picture_is_xml_with_every_mark_in_it_whatever_a_release_is_called() throws Exception {
        var svg = new Svg(course(), "checkout & \"co\"", ZoneOffset.UTC).text();

        var parsed =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(parsed.getElementsByTagName("path").getLength()).isEqualTo(2);
        var texts = parsed.getDocumentElement().getTextContent();
        assertThat(texts).contains("checkout & \"co\"", "v2 goes <out>", "recovery proved", "12:00:00", "12:02:00");
    }
}
