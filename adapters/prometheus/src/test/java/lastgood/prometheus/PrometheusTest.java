package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a Prometheus may answer that is no answer: never an empty one that looks like calm.
class PrometheusTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private HttpServer server;
    private int status = 200;
    private byte[] body = {};
    private String authorization = "";
    private String asked = "";
    private final CountDownLatch hang = new CountDownLatch(1);
    private boolean hangs;
    private boolean stalls;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            if (hangs) {
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchange.sendResponseHeaders(status, stalls ? 1000 : body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            if (stalls) {
                exchange.getResponseBody().flush();
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        hang.countDown();
        server.stop(0);
    }

    private Prometheus prometheus() {
        return new Prometheus(
                URI.create("http://user:hunter2@127.0.0.1:%d/"
                        .formatted(server.getAddress().getPort())),
                () -> Map.of("Authorization", "Bearer t0ken"),
                Duration.ofSeconds(2));
    }

    private void answers(int code, String text) {
        status = code;
        body = text.getBytes(UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "200|<html><body>login</body></html>|no JSON",
                "500|{\"status\":\"error\",\"error\":\"out of memory\"}|answered 500: out of memory",
                "503|overloaded|no JSON",
                "200|{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}|answered a vector",
                "200|{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}|a scalar",
                "200|{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1,\"x\"]]}]}}|no number",
                "200|{\"status\":\"success\"|no JSON",
                "401|{\"status\":\"error\",\"error\":\"who are you\"}|answered 401",
                // Mimir without X-Scope-OrgID
                "401|no org id|answered 401 with something that is no JSON: no org id",
                // Mimir's distributor or ingesters are away
                "500|{\"status\":\"error\",\"errorType\":\"internal\",\"error\":\"too many unhealthy instances in the ring\"}|too many unhealthy",
                // Thanos without a store, which was asked for all or nothing and does not know that word
                "200|{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]},\"warnings\":[\"receive series from Addr: 10.0.0.1:10901: connection refused\"]}|a part of what it keeps: receive series",
                // VictoriaMetrics' cluster without one of its nodes
                "200|{\"status\":\"success\",\"isPartial\":true,\"data\":{\"resultType\":\"matrix\",\"result\":[]}}|a part of what it keeps"
            })
    void what_is_no_answer_is_said_and_never_taken_for_calm(int code, String text, String said) {
        answers(code, text);

        assertThatThrownBy(() -> prometheus().samples("up", MINUTE, Instant.EPOCH))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining(said)
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("t0ken");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: x",
                "No StoreAPIs matched for this query"
            })
    void a_remark_is_no_missing_part(String warning) {
        answers(200, """
                {"status":"success","data":{"resultType":"matrix","result":[]},"warnings":["%s"]}""".formatted(warning));

        assertThat(prometheus().samples("up", MINUTE, Instant.EPOCH)).isEmpty();
    }

    @Test
    void whoever_answers_is_asked_for_all_or_nothing_and_for_raw_samples() {
        answers(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}");

        prometheus().samples("up", MINUTE, Instant.EPOCH);

        assertThat(asked)
                .contains("partial_response=false", "deny_partial_response=1", "max_source_resolution=0s", "nocache=1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"resultType\":\"scalar\",\"result\":[1764000000.5,\"1764000000.5\"]}",
                // VictoriaMetrics
                "{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1764000000.5,\"1764000000.5\"]}]}"
            })
    void the_time_is_told_in_two_ways(String data) {
        answers(200, "{\"status\":\"success\",\"data\":%s}".formatted(data));

        assertThat(prometheus().now()).isEqualTo(Instant.ofEpochMilli(1_764_000_000_500L));
    }

    @Test
    void an_expression_that_cannot_be_read_is_the_askers_fault() {
        answers(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:5: parse error\"}");

        assertThatThrownBy(() -> prometheus().samples("up{", MINUTE, Instant.EPOCH))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("1:5: parse error");
    }

    @Test
    void an_answer_of_a_hundred_megabytes_is_left_unread() {
        answers(200, "x".repeat(Prometheus.BYTES_MAX + 2));

        assertThatThrownBy(() -> prometheus().samples("up", MINUTE, Instant.EPOCH))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("more than 32 MB");
    }

    @Test
    @Timeout(30)
    void one_that_stops_in_the_middle_of_its_answer_ends_in_time() {
        answers(200, "{\"status\":\"success\",");
        stalls = true;

        assertThatThrownBy(() -> prometheus().samples("up", MINUTE, Instant.EPOCH))
                .isInstanceOf(Unreachable.class);
    }

    @Test
    void one_that_hangs_and_one_that_is_gone_end_in_time() {
        hangs = true;
        assertThatThrownBy(() -> prometheus().samples("up", MINUTE, Instant.EPOCH))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("no answer in time");

        var gone = prometheus();
        server.stop(0);
        assertThatThrownBy(() -> gone.samples("up", MINUTE, Instant.EPOCH)).isInstanceOf(Unreachable.class);
    }

    @Test
    void raw_samples_keep_their_own_times_and_what_is_no_number_stays_visible() {
        answers(200, """
                {"status":"success","data":{"resultType":"matrix","result":[
                {"metric":{"__name__":"c","pod":"a"},"values":[[1000.5,"3"],[1015.5,"NaN"],[1030.5,"+Inf"]]}]}}""");

        var series = prometheus().samples("c", MINUTE, Instant.EPOCH);

        assertThat(authorization).isEqualTo("Bearer t0ken");
        assertThat(series).hasSize(1);
        assertThat(series.getFirst().label("pod")).isEqualTo("a");
        assertThat(series.getFirst().samples())
                .containsExactly(
                        new Series.Sample(1_000_500, 3),
                        new Series.Sample(1_015_500, Double.NaN),
                        new Series.Sample(1_030_500, Double.POSITIVE_INFINITY));
    }
}
