package lastgood.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LoadTest {

    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger spoiled = new AtomicInteger();
    private volatile int spoilEach = Integer.MAX_VALUE;
    private volatile int hangEach = Integer.MAX_VALUE;
    private HttpServer server;

    @BeforeEach
    void a_service_that_does_as_it_is_told() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void it_ends() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var n = served.incrementAndGet();
            exchange.getResponseHeaders().set("X-Version", "v9");
            var bad = n % spoilEach == 0;
            var hangs = n % hangEach == 0;
            if (bad || hangs) {
                spoiled.incrementAndGet();
            }
            if (hangs) {
                Thread.sleep(Duration.ofSeconds(10));
            }
            exchange.sendResponseHeaders(bad ? 500 : 200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Tape after(Duration time, Load.Rate rate) throws InterruptedException {
        var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        var load = new Load(url, rate, new Mix(1), InstantSource.system());
        try (load) {
            Thread.sleep(time);
        }
        return load.tape();
    }

    @Test
    void counts_each_request_once_and_each_failure_under_the_version_that_answered() throws InterruptedException {
        spoilEach = 7;

        var tape = after(Duration.ofMillis(1500), Load.Rate.of(100));

        var totals = tape.totals();
        assertThat(totals.sent()).isEqualTo(served.get()).isGreaterThan(20);
        assertThat(totals.failed()).isEqualTo(spoiled.get()).isEqualTo(served.get() / 7);
        assertThat(totals.open()).isZero();
        assertThat(tape.failedBy()).containsExactly(java.util.Map.entry("v9", spoiled.get()));
        assertThat(tape.seconds().stream().mapToInt(Tape.Second::answered).sum())
                .isEqualTo(totals.sent());
        assertThat(tape.seconds().stream().mapToInt(Tape.Second::failed).sum()).isEqualTo(totals.failed());
    }

    @Test
    void a_user_who_waits_too_long_was_failed_by_nobody() throws InterruptedException {
        hangEach = 10;

        var tape = after(Duration.ofMillis(800), new Load.Rate(50, 200, Duration.ofMillis(2_000)));

        assertThat(tape.totals().failed()).isPositive().isEqualTo(spoiled.get());
        assertThat(tape.failedBy()).containsOnlyKeys("");
    }

    @Test
    void a_service_that_is_gone_fails_everybody() throws InterruptedException {
        server.stop(0);

        var tape = after(Duration.ofMillis(500), Load.Rate.of(50));

        assertThat(tape.totals().failed()).isPositive().isEqualTo(tape.totals().sent());
        assertThat(tape.firstFailure()).isPresent();
        assertThat(tape.lastFailure()).isPresent();
    }

    @Test
    void those_for_whom_there_is_no_room_are_failed_and_not_forgotten() throws InterruptedException {
        hangEach = 1;

        var tape = after(Duration.ofMillis(600), new Load.Rate(50, 5, Duration.ofMillis(1500)));

        assertThat(tape.totals().open()).isZero();
        assertThat(tape.totals().failed()).isEqualTo(tape.totals().sent());
        assertThat(served.get()).isLessThan(tape.totals().sent());
    }

    @Test
    void deals_the_same_kinds_in_every_hand_whatever_the_seed() {
        for (var seed = 0; seed < 20; seed++) {
            var mix = new Mix(seed);
            for (var hand = 0; hand < 4; hand++) {
                var unweighted = 0;
                for (var i = 0; i < 25; i++) {
                    var path = mix.next().path();
                    unweighted += path.matches("/api/v1/graph\\?node=\\d*[05]") ? 1 : 0;
                }
                assertThat(unweighted).isEqualTo(3);
            }
        }
    }

    @Test
    void the_same_seed_asks_the_same() {
        var one = new Mix(42);
        var other = new Mix(42);

        for (var i = 0; i < 100; i++) {
            assertThat(one.next()).isEqualTo(other.next());
        }
    }
}
