package lastgood.probes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.core.recover.Probed;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Time;
import lastgood.probes.HttpCheck.Fetched;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProbedChecksTest {

    static final ServiceRef SHOP = new ServiceRef("production", "shop");
    static final Release V1 = new Release(
            1, new Revision(Digest.of("v1"), new Version("v1")), List.of(), Instant.EPOCH, new Person("maya"));

    /// A platform that knows nothing but its pods, and asks half of the checks each time.
    static final Checks PLATFORM = (_, _, _, full) -> new Sample(
            Arrays.stream(Check.values())
                    .filter(c -> full || c.ordinal() < 3)
                    .map(c -> c == Check.PODS
                            ? CheckResult.pass(c, "1 of 1 ready", "", "")
                            : CheckResult.unknown(c, "not configured"))
                    .toList(),
            full);

    @TempDir
    Path folder;

    @Nullable
    HttpServer server;

    @BeforeEach
    void a_service_that_answers() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var said = exchange.getRequestURI().getPath().equals("/user")
                        ? "{\"user\":{\"roles\":[{\"name\":\"a\"}]}}".getBytes(UTF_8)
                        : exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, said.length == 0 ? -1 : said.length);
                exchange.getResponseBody().write(said);
            }
        });
        server.start();
    }

    @AfterEach
    void it_ends() {
        if (server != null) {
            server.stop(0);
        }
    }

    private CheckResult ask(Check check, Map<Check, List<HttpCheck>> http, Map<Check, List<String>> commands) {
        var base =
                "http://127.0.0.1:" + (server == null ? 0 : server.getAddress().getPort());
        var rules = new CheckRules(base, folder, http, commands, Duration.ofSeconds(5));
        return new ProbedChecks(PLATFORM, Map.of(SHOP, rules))
                .ask(SHOP, V1, Instant.EPOCH, true).results().stream()
                        .filter(r -> r.check() == check)
                        .findFirst()
                        .orElseThrow();
    }

    private CheckResult asks(HttpCheck... questions) {
        return ask(Check.AUTH, Map.of(Check.AUTH, List.of(questions)), Map.of());
    }

    private CheckResult runs(String... command) {
        return ask(Check.SMOKE, Map.of(), Map.of(Check.SMOKE, List.of(command)));
    }

    private static HttpCheck post(HttpCheck.@Nullable Body body, int status, @Nullable String contains) {
        return new HttpCheck("POST", "/echo", new TreeMap<>(), body, status, null, contains, Duration.ofSeconds(2));
    }

    @Test
    void the_teams_own_way_stands_in_for_the_platforms_whatever_the_check() {
        assertThat(ask(Check.PODS, Map.of(), Map.of(Check.PODS, List.of("sh", "-c", "exit 4")))
                        .line())
                .contains("ended with 4");
        assertThat(ask(Check.USERS, Map.of(Check.USERS, List.of(HttpCheck.get("/"))), Map.of())
                        .finding())
                .isEqualTo(Finding.PASS);
        assertThat(runs("true").finding()).isEqualTo(Finding.PASS);
    }

    @Test
    void all_other_checks_are_the_platforms_and_so_is_the_choice_of_those_that_are_asked() {
        var http = Map.of(Check.SMOKE, List.of(HttpCheck.get("/")));
        var rules = new CheckRules("", folder, http, Map.of(), Duration.ofSeconds(5));

        var quick = new ProbedChecks(PLATFORM, Map.of(SHOP, rules)).ask(SHOP, V1, Instant.EPOCH, false);

        assertThat(quick).isEqualTo(PLATFORM.ask(SHOP, V1, Instant.EPOCH, false));
    }

    @Test
    void a_service_without_rules_is_asked_by_its_platform_only() {
        assertThat(new ProbedChecks(PLATFORM, Map.of()).ask(SHOP, V1, Instant.EPOCH, true))
                .isEqualTo(PLATFORM.ask(SHOP, V1, Instant.EPOCH, true));
    }

    @Test
    void answers_are_held_against_what_was_expected_of_them() {
        var roles = new HttpCheck(
                "GET", "/user", new TreeMap<>(), null, 200, "$.user.roles[0].name", null, Duration.ofSeconds(2));
        var none = new HttpCheck(
                "GET", "/user", new TreeMap<>(), null, 200, "$.user.roles[1].name", null, Duration.ofSeconds(2));

        assertThat(asks(HttpCheck.get("/"), roles).value()).startsWith("2 answers as expected");
        assertThat(asks(post(() -> new Fetched.Text("u:p"), 200, "u:p")).finding())
                .isEqualTo(Finding.PASS);
        assertThat(asks(post(null, 204, null)).line()).contains("POST /echo answered 200 (answers 204)");
        assertThat(asks(post(null, 0, "u:p")).line()).contains("did not contain `u:p`");
        assertThat(asks(none).line()).contains("had nothing at $.user.roles[1].name");
    }

    @Test
    void a_question_whose_secret_is_missing_is_not_asked() {
        var asked = asks(post(() -> new Fetched.Missing("NONE is not set"), 200, null));

        assertThat(asked.finding()).isEqualTo(Finding.UNKNOWN);
        assertThat(asked.value()).isEqualTo("NONE is not set");
    }

    @Test
    void no_answer_is_what_a_user_would_get_too() {
        var refused = ask(Check.AUTH, Map.of(Check.AUTH, List.of(HttpCheck.get("http://127.0.0.1:1/"))), Map.of());

        assertThat(refused.finding()).isEqualTo(Finding.FAIL);
        assertThat(refused.value()).contains("got no answer: ").doesNotContain("null");
    }

    @Test
    void a_command_gets_its_places_and_tells_why_it_failed() {
        assertThat(runs("sh", "-c", "test \"$1\" = v1", "sh", "{version}").finding())
                .isEqualTo(Finding.PASS);
        assertThat(runs("test", "{{version}}", "=", "{{version}}").source()).isEqualTo("test {version} = {version}");
        assertThat(runs("sh", "-c", "echo it is broken; exit 7").line()).contains("ended with 7: it is broken");
        assertThat(runs("no-such-program-here").finding()).isEqualTo(Finding.UNKNOWN);
    }

    @Test
    void a_command_that_hangs_is_ended() {
        var rules = new CheckRules(
                "", folder, Map.of(), Map.of(Check.SMOKE, List.of("sleep", "60")), Duration.ofMillis(100));

        var asked = new ProbedChecks(PLATFORM, Map.of(SHOP, rules)).ask(SHOP, V1, Instant.EPOCH, true);

        assertThat(asked.results().get(Check.SMOKE.ordinal()).line()).contains("still running after 100ms");
    }

    /// Nothing waits: a pause moves the clock.
    private static final class Moved implements Time {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public void pause(Duration duration) {
            now = now.plus(duration);
        }
    }

    private Optional<Probed> probe(HttpCheck... questions) throws InterruptedException {
        var base =
                "http://127.0.0.1:" + (server == null ? 0 : server.getAddress().getPort());
        var http = Map.of(Check.ENDPOINTS, List.of(questions));
        var rules = new CheckRules(base, folder, http, Map.of(), Duration.ofSeconds(5));
        return new HttpProbes(Map.of(SHOP, rules), new Moved())
                .send(SHOP, Duration.ofSeconds(15), Duration.ofMillis(500));
    }

    @Test
    void probes_are_sent_twice_a_second_and_their_failures_counted() throws InterruptedException {
        var wrong = new HttpCheck("GET", "/", new TreeMap<>(), null, 201, null, null, Duration.ofSeconds(2));

        var probed = probe(HttpCheck.get("/"), wrong).orElseThrow();

        assertThat(probed.requests()).isEqualTo(30);
        assertThat(probed.failed()).isEqualTo(15);
        assertThat(probed.late()).isZero();
        assertThat(probed.span()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void nothing_that_may_change_something_or_asks_somebody_else_is_sent_again_and_again() throws InterruptedException {
        assertThat(probe(post(null, 200, null), HttpCheck.get("https://idp.example/")))
                .isEmpty();
    }
}
