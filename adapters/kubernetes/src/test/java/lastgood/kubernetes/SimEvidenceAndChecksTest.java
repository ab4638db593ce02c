package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SimEvidenceAndChecksTest extends EvidenceAndChecksContract {

    private static SimCluster cluster;

    @BeforeAll
    static void start() {
        cluster = SimCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void nothingIsWrongAnyMore() {
        cluster.faults().clear();
    }

    @Override
    Cluster cluster() {
        return cluster;
    }

    @Override
    void logs(String tagPrefix, String... lines) {
        cluster.logs(tagPrefix, lines);
    }

    @Override
    void previousLogs(String tagPrefix, String... lines) {
        cluster.previousLogs(tagPrefix, lines);
    }

    @Test
    void logs_that_do_not_come_in_time_are_named_and_hold_up_nothing() {
        shop.releases("web", 10, "v1");
        var service = shop.rolling("web");
        cluster.faults().on("GET", "/log\\?").nth(4).times(100).delay(Duration.ofSeconds(40));
        var begun = System.nanoTime();

        var captured = capture(service, Duration.ofSeconds(3));

        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(30));
        assertThat(captured.name())
                .contains("log of web-")
                .contains("(no answer in time)")
                .contains("and 1 more");
        var files = files(captured);
        assertThat(files.keySet().stream().filter(f -> f.startsWith("logs/"))).hasSize(3);
        assertThat(files.keySet()).contains("events.json", "objects/pods.json", "images.txt");
        var next = System.nanoTime();
        shop.api.find(lastgood.kubernetes.api.Kind.DEPLOYMENT, shop.namespace, "web");
        assertThat(Duration.ofNanos(System.nanoTime() - next)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void a_log_that_is_too_large_is_kept_at_both_ends_and_said_to_be() {
        var lines = new String[60_000];
        for (var i = 0; i < lines.length; i++) {
            lines[i] = "%06d %s".formatted(i, "x".repeat(80));
        }
        cluster.logs("huge", lines);
        shop.releases("web", 1, "huge-1");

        var files = files(capture(shop.rolling("web"), Duration.ofSeconds(20)));

        assertThat(files.get("manifest.json")).contains("is larger than 4 MiB");
        assertThat(files.entrySet())
                .anyMatch(f -> f.getKey().endsWith(".first.log") && f.getValue().contains("000000 x"))
                .anyMatch(f -> f.getKey().endsWith(".last.log") && f.getValue().contains("059999 x"));
    }

    @Test
    void what_may_not_be_read_is_missing_by_name() {
        shop.releases("web", 1, "v1");
        cluster.faults().on("GET", "/events").times(10).answer(403);

        var captured = capture(shop.rolling("web"), Duration.ofSeconds(10));

        assertThat(captured.name()).contains("without events (");
        assertThat(files(captured).keySet()).contains("objects/pods.json");
    }

    @Test
    void half_of_the_logs_is_not_no_error_line() {
        shop.releases("web", 2, "v1");
        var service = shop.rolling("web");
        var release = release(service);
        cluster.faults().on("GET", "/log\\?").nth(2).times(10).answer(403);

        var asked = ask(service, release, java.time.Instant.now(), Check.LOGS);

        assertThat(asked.finding()).isEqualTo(Finding.UNKNOWN);
        assertThat(asked.value()).startsWith("could not read 1 of 2 logs");
    }

    @Test
    void a_cluster_that_does_not_answer_leaves_every_check_unknown_and_a_manifest_that_says_so() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");
        var release = release(service);
        cluster.faults().on("GET", shop.namespace).times(1000).answer(503);

        assertThat(ask(service, release, java.time.Instant.now(), Check.PODS).finding())
                .isEqualTo(Finding.UNKNOWN);
        assertThat(capture(service, Duration.ofSeconds(3)).name()).contains("without Deployment web (");
    }
}
