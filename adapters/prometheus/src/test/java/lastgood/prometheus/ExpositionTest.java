package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import lastgood.prometheus.Exposition.Malformed;
import lastgood.prometheus.Exposition.Sample;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ExpositionTest {

    private static final Set<String> WANTED = Set.of("http_requests_total", "x_bucket");

    private static List<Sample> read(String text) throws Malformed {
        return Exposition.read(text.getBytes(UTF_8), "", WANTED);
    }

    private static Sample sample(String name, double value, String... labels) {
        var all = new TreeMap<>(Map.of(Exposition.NAME, name));
        for (var i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new Sample(all, value);
    }

    @Test
    void what_is_asked_for_is_read_and_the_rest_is_passed_over() throws Malformed {
        var samples = read("""
                # HELP http_requests_total All of them
                # TYPE http_requests_total counter
                http_requests_total{code="200",handler="/"} 1027 1395066363000
                http_requests_total{code="500",handler="/"} 3
                go_goroutines 17

                http_requests_total 5.0e+02
                """);

        assertThat(samples)
                .containsExactly(
                        sample("http_requests_total", 1027, "code", "200", "handler", "/"),
                        sample("http_requests_total", 3, "code", "500", "handler", "/"),
                        sample("http_requests_total", 500));
    }

    @Test
    void open_metrics_with_exemplars_and_created_is_read_up_to_its_end() throws Malformed {
        var text = """
                # TYPE http_requests counter
                http_requests_total{code="200"} 7 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.789
                http_requests_created{code="200"} 1520430000.123
                x_bucket{le="1.0"} 3 # {trace_id="a b"} 0.5
                x_bucket{le="+Inf"} 4
                # EOF""";

        assertThat(Exposition.read(text.getBytes(UTF_8), "application/openmetrics-text; version=1.0.0", WANTED))
                .containsExactly(
                        sample("http_requests_total", 7, "code", "200"),
                        sample("x_bucket", 3, "le", "1.0"),
                        sample("x_bucket", 4, "le", "+Inf"));
    }

    @Test
    void labels_may_hold_anything_and_stand_anywhere() throws Malformed {
        assertThat(read("http_requests_total { code = \"5\\\"0\\\\0\" , handler=\"/a b{c}#,\\n\", } 2\n"
                        + "{\"http_requests_total\",\"http.route\"=\"/ü\"} 4\r\n"))
                .containsExactly(
                        sample("http_requests_total", 2, "code", "5\"0\\0", "handler", "/a b{c}#,\n"),
                        sample("http_requests_total", 4, "http.route", "/ü"));
    }

    @Test
    void what_is_no_number_is_a_value_too_and_left_to_whoever_counts() throws Malformed {
        assertThat(read("http_requests_total{code=\"1\"} NaN\nhttp_requests_total{code=\"2\"} +Inf\n"
                        + "http_requests_total{code=\"3\"} -Inf\nhttp_requests_total{code=\"4\"} -1\n"))
                .extracting(Sample::value)
                .containsExactly(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.0);
    }

    @Test
    void the_same_series_twice_counts_once() throws Malformed {
        assertThat(read("http_requests_total{a=\"1\",b=\"2\"} 5\nhttp_requests_total{b=\"2\",a=\"1\"} 9\n"))
                .containsExactly(sample("http_requests_total", 5, "a", "1", "b", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html>\n<html><body>log in</body></html>\n",
                "{\"status\":\"ok\"}\n",
                "{\"a\":1}\n",
                "404 page not found\n",
                "http_requests_total{code=\"200\" 5\n",
                "http_requests_total{code=200} 5\n",
                "http_requests_total{code=\"200\"} five\n",
                "http_requests_total{code=\"200\"} 5d\n",
                "http_requests_total{code=\"200\"}\n",
                "http_requests_total{code=\"200\",code=\"500\"} 5\n",
                "http_requests_total{=\"200\"} 5\n",
                "http_requests_total{code=\"20\\q0\"} 5\n",
                "{code=\"200\"} 5\n",
                "http-requests 5\n",
                ""
            })
    void what_is_no_exposition_is_refused_whole(String text) {
        assertThatThrownBy(() -> read("http_requests_total 1\n".repeat(text.isEmpty() ? 0 : 1) + text))
                .isInstanceOf(Malformed.class);
    }

    /// Half a number is a smaller number, and would look like a restart.
    @Test
    void a_text_that_is_cut_off_anywhere_is_refused_or_whole_lines_are_missing() {
        var text = "http_requests_total{code=\"200\"} 12345\nhttp_requests_total{code=\"500\"} 678\n";
        for (var cut = 1; cut < text.length(); cut++) {
            var part = text.substring(0, cut);
            if (part.endsWith("\n")) {
                continue;
            }
            assertThatThrownBy(() -> read(part)).as(part).isInstanceOf(Malformed.class);
        }
        assertThatThrownBy(() ->
                        Exposition.read(text.getBytes(UTF_8), "application/openmetrics-text; version=1.0.0", WANTED))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void a_line_without_an_end_and_series_without_number_are_not_read() {
        var line = "http_requests_total{code=\"" + "x".repeat(Exposition.LINE_MAX) + "\"} 1\n";
        var many = new StringBuilder();
        for (var i = 0; i <= Exposition.SERIES_MAX; i++) {
            many.append("http_requests_total{user=\"").append(i).append("\"} 1\n");
        }
        var labels = new StringBuilder("http_requests_total{");
        for (var i = 0; i <= Exposition.LABELS_MAX; i++) {
            labels.append("l").append(i).append("=\"\",");
        }

        assertThatThrownBy(() -> read(line)).hasMessageContaining("without an end");
        assertThatThrownBy(() -> read(many.toString())).hasMessageContaining("more than 20000 series");
        assertThatThrownBy(() -> read(labels + "} 1\n")).hasMessageContaining("more than 64 labels");
    }

    @Test
    void no_bytes_at_all_are_read_without_any_other_exception() {
        var random = new Random(20261123);
        var alphabet = "http_requests_total{}=\",\\n 0123.eE+-#NaInf\n\r\t\u0000\u00ff".getBytes(UTF_8);
        for (var run = 0; run < 20_000; run++) {
            var bytes = new byte[random.nextInt(60)];
            for (var i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            try {
                assertThat(Exposition.read(bytes, "", Set.of("h", "http_requests_total")))
                        .isNotNull();
            } catch (Malformed expected) {
                assertThat(expected).hasMessageNotContaining("\n");
            }
        }
    }
}
