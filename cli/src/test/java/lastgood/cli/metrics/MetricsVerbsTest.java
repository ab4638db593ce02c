package lastgood.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import lastgood.cli.Bench;
import lastgood.cli.out.Data;
import lastgood.core.Digest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MetricsVerbsTest {

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void a_service_with_78_failures_of_1000() {
        bench = Bench.rolling(folder);
    }

    @Test
    void the_error_rate_is_the_only_thing_on_stdout() {
        assertThat(bench.say("metrics error-rate -e production --last 15m")).isZero();
        assertThat(bench.out()).isEqualTo("7.80%\n");
        assertThat(bench.err()).contains("78 of 1000 requests failed");
    }

    @Test
    void above_the_threshold_it_ends_with_11_and_at_it_with_0() {
        assertThat(bench.say("metrics error-rate -e production --fail-above 5%"))
                .isEqualTo(11);
        assertThat(bench.out()).isEqualTo("7.80%\n");
        assertThat(bench.say("metrics error-rate -e production --fail-above 7.8"))
                .isZero();
        assertThat(bench.say("metrics error-rate -e production --fail-above 7.79%"))
                .isEqualTo(11);
        assertThat(bench.say("metrics error-rate -e production --fail-above lots"))
                .isEqualTo(2);
        assertThat(bench.say("metrics error-rate -e production --last 2h")).isEqualTo(2);
    }

    @Test
    void without_a_request_there_is_no_rate_and_no_zero() {
        bench.quiet(true);

        assertThat(bench.say("metrics error-rate -e production --fail-above 5%"))
                .isEqualTo(8);
        assertThat(bench.out()).isEmpty();
        assertThat(bench.err()).contains("nothing was measured");
        assertThat(bench.say("metrics latency -e production")).isEqualTo(8);
    }

    @Test
    void response_times_are_compared_with_the_hour_before_the_release() {
        assertThat(bench.say("metrics latency -e production --last 15m")).isZero();
        assertThat(bench.out()).isEqualTo("p50=88ms p95=1240ms p99=3000ms baseline_p95=310ms ratio=4.0\n");
        assertThat(bench.say("metrics latency -e production --fail-above 500ms"))
                .isEqualTo(11);
        assertThat(bench.say("metrics latency -e production --fail-above 2s")).isZero();
    }

    @Test
    void scripts_get_json() throws Exception {
        bench.say("metrics error-rate -e production --fail-above 5% -o json");

        var doc = Data.parse(bench.out());
        assertThat(doc.path("kind").asText()).isEqualTo("ErrorRate");
        assertThat(doc.path("errorPercent").asDouble()).isEqualTo(7.8);
        assertThat(doc.path("above").asBoolean()).isTrue();
    }

    @Test
    void an_export_is_nothing_but_json_whose_digest_is_that_of_its_rows() throws Exception {
        var period = "metrics export -e production --start 2000-01-01T00:00:00Z --end 2000-01-01T01:00:00Z";
        assertThat(bench.say(period)).isZero();
        var doc = Data.parse(bench.out());
        assertThat(doc.path("stepMillis").asLong()).isEqualTo(15_000);
        assertThat(doc.path("queries").size()).isEqualTo(3);
        assertThat(doc.path("items").path(0).path("errors").asLong()).isEqualTo(78);

        assertThat(bench.say(period + " --format csv")).isZero();
        assertThat(bench.out())
                .startsWith("at,revision,requests,errors,p95_millis\n2000-01-01T00:00:00Z,,1000,78,310\n");
        assertThat(doc.path("sha256").asText()).isEqualTo(Digest.of(bench.out()).text());

        assertThat(bench.say(period + " --format openmetrics")).isZero();
        assertThat(bench.out())
                .contains("# TYPE lastgood_step_errors gauge\n")
                .contains("lastgood_step_p95_seconds{")
                .endsWith("# EOF\n");
        assertThat(bench.say(period + " --format xml")).isEqualTo(2);
        assertThat(bench.say("metrics export -e production --start tomorrow")).isEqualTo(2);
    }
}
