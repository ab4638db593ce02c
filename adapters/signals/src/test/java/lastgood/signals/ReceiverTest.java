package lastgood.signals;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Severity;
import lastgood.core.Version;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Signals.Heard;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReceiverTest {

    private static final ServiceRef SHOP = new ServiceRef("production", "shop");
    private static final ServiceRef STAGED = new ServiceRef("staging", "shop");
    private static final Instant PUT_OUT = Instant.parse("2026-01-02T14:00:00Z");
    private static final Release V2 =
            new Release(2, new Revision(Digest.of("v2"), new Version("v2")), List.of(), PUT_OUT, new Person("maya"));
    private static final Routing ROUTING = new Routing(List.of(
            new Routing.Watched(SHOP, Set.of("shop", "shop-web"), "prod", true),
            new Routing.Watched(STAGED, Set.of("shop"), "stage", false)));

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> revoked = new ArrayList<>();
    private Instant now = PUT_OUT.plusSeconds(300);
    private final InstantSource clock = () -> now;
    private Receiver receiver;
    private int answered;

    @BeforeEach
    void listens() {
        receiver = open(null);
    }

    @AfterEach
    void closes() {
        receiver.close();
    }

    private Receiver open(String token) {
        return Receiver.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                token,
                ROUTING,
                inbox(),
                (service, versions, by, why, key) -> revoked.add(service + " " + versions + " " + why),
                clock);
    }

    /// As another process, or this one after a restart, reads it.
    private Inbox inbox() {
        return new Inbox(folder.resolve("inbox.json"), clock);
    }

    private Heard heard() {
        return inbox().hear(new Signals.Asked(SHOP, V2, PUT_OUT, false));
    }

    private String post(String path, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + receiver.port() + path))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length == 0) {
            request.header("Content-Type", "application/json");
        } else {
            request.headers(headers);
        }
        var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        answered = response.statusCode();
        return response.body();
    }

    private static String alert(String status, String labels, String startsAt, String fingerprint) {
        return """
            {"version":"4","groupKey":"{}:{}","status":"firing","receiver":"lastgood","externalURL":"http://a",
             "groupLabels":{},"commonLabels":{},"commonAnnotations":{},"truncatedAlerts":0,
             "alerts":[{"status":"%s","labels":{%s},"annotations":{"summary":"many\\nerrors"},
               "startsAt":"%s","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"%s"}]}""".formatted(status, labels, startsAt, fingerprint);
    }

    private static String firing(String labels) {
        return alert("firing", labels, "2026-01-02T14:03:00Z", "f1");
    }

    private static final String OURS =
            "\"alertname\":\"HighErrorRate\",\"service\":\"shop\",\"namespace\":\"prod\",\"severity\":\"critical\"";

    @Test
    void an_alert_is_a_suspicion_about_its_service_and_survives_a_restart() throws Exception {
        assertThat(post("/alertmanager", firing(OURS))).contains("\"taken\":1");

        assertThat(heard())
                .isEqualTo(new Heard(
                        List.of(new Signal(
                                Trigger.ERROR_RATE,
                                "alertmanager/f1",
                                "alertmanager HighErrorRate",
                                Instant.parse("2026-01-02T14:03:00Z"),
                                Optional.of(Severity.SEV2),
                                Signal.Weight.SUSPICION,
                                "many errors")),
                        List.of()));
        assertThat(inbox().hear(new Signals.Asked(STAGED, V2, PUT_OUT, false)).signals())
                .isEmpty();
    }

    @Test
    void the_same_alert_again_is_one_signal_and_its_end_ends_it() throws Exception {
        post("/alertmanager", firing(OURS));
        post("/alertmanager", firing(OURS));
        assertThat(heard().signals()).hasSize(1);

        assertThat(post("/alertmanager", alert("resolved", OURS, "2026-01-02T14:03:00Z", "f1")))
                .contains("\"ended\":1");
        post("/alertmanager", firing(OURS));
        assertThat(heard().signals()).as("a late copy").isEmpty();

        post("/alertmanager", alert("firing", OURS, "2026-01-02T14:04:30Z", "f1"));
        post("/alertmanager", alert("resolved", OURS, "2026-01-02T14:03:00Z", "f1"));
        assertThat(heard().signals())
                .as("it came back, and its earlier end is late")
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"service\":\"payments\"                                   | no service that is watched",
                "\"service\":\"shop\",\"namespace\":\"other\"               | no service that is watched",
                "\"service\":\"shop\"                                       | any of",
                "\"lastgood_service\":\"payments\",\"job\":\"shop-web\"     | no service that is watched",
                "\"alertname\":\"DiskFull\"                                 | no service that is watched"
            })
    void an_alert_about_nobody_or_about_several_is_nobodys_and_is_said_so(String labels, String why) throws Exception {
        assertThat(post("/alertmanager", firing(labels.strip())))
                .contains("\"taken\":0")
                .contains(why);

        assertThat(answered).isEqualTo(200);
        assertThat(heard().signals()).isEmpty();
    }

    @Test
    void labels_of_sloth_and_of_workloads_name_a_service_too() throws Exception {
        post("/alertmanager", """
            {"version":"4","alerts":[
             {"status":"firing","fingerprint":"a","startsAt":"2026-01-02T14:03:00Z","labels":
               {"alertname":"ShopBurn","sloth_service":"shop","env":"production","sloth_slo":"latency","sloth_severity":"ticket"}},
             {"status":"firing","fingerprint":"b","startsAt":"2026-01-02T15:03:00+01:00","labels":
               {"alertname":"Odd","deployment":"shop-web"}}]}""");

        assertThat(heard().signals())
                .extracting(Signal::trigger)
                .containsExactlyInAnyOrder(Trigger.PERFORMANCE, Trigger.CRITICAL);
    }

    @Test
    void what_fired_before_the_release_is_not_about_it_and_no_clock_is_from_the_future() throws Exception {
        post("/alertmanager", alert("firing", OURS, "2026-01-02T13:40:00Z", "old"));
        assertThat(heard().signals()).isEmpty();

        post("/alertmanager", alert("firing", OURS, "2026-01-02T13:59:00Z", "slow clock"));
        post("/alertmanager", alert("firing", OURS, "2027-01-02T13:59:00Z", "fast clock"));
        assertThat(heard().signals())
                .extracting(Signal::since)
                .containsExactly(Instant.parse("2026-01-02T13:59:00Z"), now);
    }

    @Test
    void an_alert_that_is_not_heard_of_any_more_is_neither_firing_nor_over() throws Exception {
        post("/alertmanager", firing(OURS));

        now = now.plus(Inbox.HOLDS).plusSeconds(60);

        assertThat(heard().signals()).isEmpty();
        assertThat(heard().deaf()).singleElement().asString().contains("HighErrorRate", "it may fire still");
    }

    @Test
    void an_inbox_that_cannot_be_read_is_deaf_and_takes_nothing() throws Exception {
        Files.writeString(folder.resolve("inbox.json"), "{\"v\":1,\"reports\":[{\"service\":");

        assertThatThrownBy(this::heard).isInstanceOf(Unreachable.class);
        post("/alertmanager", firing(OURS));

        assertThat(answered).isEqualTo(503);
    }

    @Test
    void a_security_report_is_about_its_versions_and_revokes_them() throws Exception {
        post("/security", """
            {"service":"shop","environment":"production","versions":["v1","v2"],"id":"CVE-1","reason":"RCE"}""");

        assertThat(heard().signals())
                .singleElement()
                .satisfies(s -> assertThat(s.trigger()).isEqualTo(Trigger.SECURITY));
        assertThat(revoked).containsExactly("production/shop [v1, v2] RCE");
        now = now.plus(Duration.ofDays(30));
        assertThat(heard().signals()).as("a hole does not heal").hasSize(1);

        post("/security", """
            {"service":"shop","environment":"production","versions":["v1"],"id":"CVE-1","reason":"only v1"}""");
        assertThat(heard().signals()).isEmpty();
    }

    @Test
    void where_security_reports_are_switched_off_they_are_not_taken() throws Exception {
        assertThat(post("/security", """
            {"service":"shop","environment":"staging","versions":["v2"],"id":"CVE-1","reason":"RCE"}""")).contains("triggers.security.webhook is off");

        assertThat(revoked).isEmpty();
    }

    @Test
    void anybodys_signal_says_what_it_is_about() throws Exception {
        post("/signal", """
            {"service":"shop","environment":"production","trigger":"performance","id":"7","source":"pager",
             "severity":"SEV-3","words":"slow"}""");
        assertThat(heard().signals()).hasSize(1);

        post("/signal", """
            {"service":"shop","environment":"production","trigger":"performance","id":"7","words":"","status":"resolved"}""");
        assertThat(heard().signals()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/alertmanager | ~~                              | no JSON",
                "/alertmanager | [1]                             | no JSON object",
                "/alertmanager | {\"version\":\"5\"}             | only 4",
                "/alertmanager | {\"version\":\"4\"}             | `alerts` is no list",
                "/alertmanager | {\"version\":\"4\",\"alerts\":[3]} | `alerts[0]` is no object",
                "/alertmanager | {\"version\":\"4\",\"alerts\":[{\"status\":\"maybe\"}]} | neither firing nor resolved",
                "/alertmanager | {\"version\":\"4\",\"alerts\":[{\"status\":\"firing\",\"startsAt\":\"noon\"}]} | is no time",
                "/signal       | {\"servise\":\"shop\"}          | there is no field `servise`",
                "/signal       | {\"service\":\"shop\",\"id\":\"1\",\"trigger\":\"mood\",\"words\":\"\"} | known:",
                "/security     | {\"service\":\"shop\",\"id\":\"1\",\"versions\":[]} | `versions` is empty",
                "/security     | {\"service\":\"shop\",\"id\":\"1\",\"versions\":[\"../x\"]} | is no version",
                "/security     | {\"service\":\"a\",\"service\":\"b\"} | no JSON"
            })
    void what_is_malformed_is_refused_with_its_place_and_nothing_of_it_is_taken(String path, String body, String why)
            throws Exception {
        assertThat(post(path, body)).contains(why).contains("nothing was taken");

        assertThat(answered).isEqualTo(400);
        assertThat(heard()).isEqualTo(new Heard(List.of(), List.of()));
    }

    @Test
    void whatever_the_bytes_the_reader_reads_them_or_says_that_it_cannot() {
        var reader = new Reader(ROUTING);
        var good = firing(OURS).getBytes(UTF_8);
        for (var seed = 0; seed < 5000; seed++) {
            var random = new Random(seed);
            var bytes = good.clone();
            for (var n = random.nextInt(6); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            var cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1);
            for (var body : List.of(bytes, cut)) {
                assertThat(isTotal(() -> reader.alertmanager(body, now)))
                        .as("seed %d", seed)
                        .isTrue();
                assertThat(isTotal(() -> reader.signal(body, now)))
                        .as("seed %d", seed)
                        .isTrue();
                assertThat(isTotal(() -> reader.security(body, now)))
                        .as("seed %d", seed)
                        .isTrue();
            }
        }
    }

    private static boolean isTotal(Runnable reads) {
        try {
            reads.run();
            return true;
        } catch (Malformed _) {
            return true;
        }
    }

    @Test
    void what_is_too_large_too_deep_or_too_many_is_refused() throws Exception {
        post("/alertmanager", " ".repeat(Receiver.BYTES_MAX + 1));
        assertThat(answered).isEqualTo(413);

        post("/alertmanager", "{\"version\":" + "[".repeat(10_000));
        assertThat(answered).isEqualTo(400);

        var one = "{\"status\":\"firing\",\"labels\":{},\"startsAt\":\"2026-01-02T14:03:00Z\"}";
        post("/alertmanager", "{\"version\":\"4\",\"alerts\":[" + (one + ",").repeat(Reader.ALERTS_MAX) + one + "]}");
        assertThat(answered).isEqualTo(400);
    }

    @Test
    void a_web_page_and_another_kind_of_content_are_refused() throws Exception {
        post("/alertmanager", firing(OURS), "Content-Type", "text/plain");
        assertThat(answered).isEqualTo(415);

        post("/alertmanager", firing(OURS), "Content-Type", "application/json", "Origin", "http://evil.example");
        assertThat(answered).isEqualTo(403);

        post("/elsewhere", "{}");
        assertThat(answered).isEqualTo(404);
        assertThat(heard().signals()).isEmpty();
    }

    @Test
    void with_a_token_nobody_is_heard_without_it() throws Exception {
        receiver.close();
        receiver = open("open sesame");

        post("/alertmanager", firing(OURS));
        assertThat(answered).isEqualTo(401);
        post("/alertmanager", firing(OURS), "Content-Type", "application/json", "Authorization", "Bearer guess");
        assertThat(answered).isEqualTo(401);
        assertThat(heard().signals()).isEmpty();

        post("/alertmanager", firing(OURS), "Content-Type", "application/json", "Authorization", "Bearer open sesame");
        assertThat(heard().signals()).hasSize(1);
    }

    @Test
    void nothing_listens_where_others_can_reach_it_without_a_token() {
        assertThatThrownBy(() -> Receiver.open(
                        new InetSocketAddress("0.0.0.0", 0), null, ROUTING, inbox(), Receiver.Revoking.NOT, clock))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("no token");
    }
}
