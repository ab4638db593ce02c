package lastgood.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Metrics.Window;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What libraries and proxies expose, written as they document it and scraped by a real Prometheus with the labels that
/// its discovery in a Kubernetes adds. Each is asked for the service `web` of the namespace `shop`, of which 90
/// requests went well and 10 did not, and beside which something stands that must not be taken for it.
///
/// Written by hand from the documentation of: OpenTelemetry semantic conventions 1.23 with the Prometheus exporter's
/// names,
/// Istio 1.20 standard metrics, Traefik 3.0, ingress-nginx 1.9. The programs themselves were not run.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LabelMapsTest {

    private static final List<Exposed> TARGETS = new ArrayList<>();

    @TempDir
    static Path folder;

    private static RealPrometheus prometheus;
    private static Instant since;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(
                RealPrometheus.program().isPresent() || System.getenv("LASTGOOD_PROMETHEUS_REQUIRED") != null,
                "there is no Prometheus here: install Debian's package, or set LASTGOOD_PROMETHEUS");
        var otel = target("{ namespace: otel, pod: web-6f9-a }");
        var istio = target("{ namespace: istio, pod: web-6f9-a }");
        var client = target("{ namespace: istio, pod: front-77c-z }");
        var traefik = target("{ namespace: traefik, pod: traefik-5b-x, mesh: traefik }");
        var monitored = target("{ namespace: traefik, pod: traefik-5b-y, service: traefik, mesh: monitored }");
        var nginx =
                target("{ namespace: ingress-nginx, pod: ingress-5b-x, service: ingress-nginx-controller-metrics }");
        prometheus = RealPrometheus.start(folder, TARGETS);
        since = Instant.now().minusSeconds(30);
        for (var round = 0; round <= 1; round++) {
            otel(otel, round);
            istio(istio, "destination", "web", round);
            istio(istio, "source", "webhooks", 7 * round);
            istio(client, "source", "web", round);
            traefik(traefik, "tshop-web-80@kubernetes", round);
            traefik(traefik, "tshop-web-api-80@kubernetes", 5 * round);
            traefik(monitored, "mshop-web-17d5c5dba5bc7f7b3d2a@kubernetescrd", round);
            nginx(nginx, "nshop", "web", round);
            nginx(nginx, "nshop", "web-api", 5 * round);
            nginx(nginx, "elsewhere", "web", 3 * round);
            // The first is the base, by which counters that were there before are known.
            awaitScraped();
        }
    }

    private static void awaitScraped() throws InterruptedException {
        var asked = new Prometheus(prometheus.url(), Map::of, Duration.ofSeconds(5));
        var deadline = Instant.now().plusSeconds(60);
        while (Instant.now().isBefore(deadline)) {
            var up = asked.vector("sum(up)", Instant.now());
            if (!up.isEmpty() && up.getFirst().samples().getFirst().value() == TARGETS.size()) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("not all of them are scraped");
    }

    private static Exposed target(String labels) throws IOException {
        var target = new Exposed(labels, "");
        TARGETS.add(target);
        return target;
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
        TARGETS.forEach(Exposed::close);
    }

    private static void otel(Exposed at, int round) {
        for (var code : List.of("200", "503")) {
            var n = round * (code.equals("200") ? 90L : 10L);
            var labels =
                    "http_request_method=\"GET\",http_response_status_code=\"%s\",http_route=\"/pay/{id}\",%sotel_scope_name=\"io.opentelemetry.tomcat-10.0\",url_scheme=\"http\""
                            .formatted(code, code.equals("503") ? "error_type=\"503\"," : "");
            at.set("http_server_request_duration_seconds_count{%s}".formatted(labels), n);
            at.set("http_server_request_duration_seconds_bucket{%s,le=\"0.1\"}".formatted(labels), 0);
            at.set("http_server_request_duration_seconds_bucket{%s,le=\"0.25\"}".formatted(labels), n);
            at.set("http_server_request_duration_seconds_bucket{%s,le=\"+Inf\"}".formatted(labels), n);
        }
    }

    private static void istio(Exposed at, String reporter, String to, int round) {
        for (var code : List.of("200", "503")) {
            var n = round * (code.equals("200") ? 90L : 10L);
            var labels =
                    "reporter=\"%s\",source_workload=\"front\",destination_workload=\"%s\",destination_workload_namespace=\"istio\",destination_service=\"%s.istio.svc.cluster.local\",request_protocol=\"http\",response_code=\"%s\",response_flags=\"-\",connection_security_policy=\"mutual_tls\""
                            .formatted(reporter, to, to, code);
            at.set("istio_requests_total{%s}".formatted(labels), n);
            at.set("istio_request_duration_milliseconds_bucket{%s,le=\"100\"}".formatted(labels), 0);
            at.set("istio_request_duration_milliseconds_bucket{%s,le=\"250\"}".formatted(labels), n);
            at.set("istio_request_duration_milliseconds_bucket{%s,le=\"+Inf\"}".formatted(labels), n);
        }
    }

    private static void traefik(Exposed at, String service, int round) {
        for (var code : List.of("200", "503")) {
            var n = round * (code.equals("200") ? 90L : 10L);
            var labels = "code=\"%s\",method=\"GET\",protocol=\"http\",service=\"%s\"".formatted(code, service);
            at.set("traefik_service_requests_total{%s}".formatted(labels), n);
            at.set("traefik_service_request_duration_seconds_bucket{%s,le=\"0.1\"}".formatted(labels), 0);
            at.set("traefik_service_request_duration_seconds_bucket{%s,le=\"0.25\"}".formatted(labels), n);
            at.set("traefik_service_request_duration_seconds_bucket{%s,le=\"+Inf\"}".formatted(labels), n);
        }
    }

    private static void nginx(Exposed at, String namespace, String service, int round) {
        for (var code : List.of("200", "503")) {
            var n = round * (code.equals("200") ? 90L : 10L);
            var labels =
                    "canary=\"\",controller_class=\"k8s.io/ingress-nginx\",controller_namespace=\"ingress-nginx\",host=\"shop.example\",ingress=\"web\",method=\"GET\",namespace=\"%s\",path=\"/\",service=\"%s\",status=\"%s\""
                            .formatted(namespace, service, code);
            at.set("nginx_ingress_controller_requests{%s}".formatted(labels), n);
            at.set("nginx_ingress_controller_request_duration_seconds_bucket{%s,le=\"0.1\"}".formatted(labels), 0);
            at.set("nginx_ingress_controller_request_duration_seconds_bucket{%s,le=\"0.25\"}".formatted(labels), n);
            at.set("nginx_ingress_controller_request_duration_seconds_bucket{%s,le=\"+Inf\"}".formatted(labels), n);
        }
    }

    @Test
    void a_library_by_the_conventions_of_opentelemetry() throws InterruptedException {
        isWeb("otel", "OpenTelemetry");
    }

    @Test
    void a_sidecar_counts_milliseconds_and_what_it_sends_to_others_is_not_its_own() throws InterruptedException {
        isWeb("istio", "Istio");
    }

    @Test
    void a_proxy_in_another_namespace_names_the_service_in_one_word() throws InterruptedException {
        isWeb("tshop", "Traefik");
    }

    @Test
    void its_labels_are_renamed_where_a_service_monitor_has_found_it() throws InterruptedException {
        isWeb("mshop", "Traefik (exported_service)");
    }

    @Test
    void an_ingress_is_told_from_those_of_other_namespaces_and_longer_names() throws InterruptedException {
        isWeb("nshop", "ingress-nginx (exported_service)");
    }

    /// 100 requests of which ten failed, and all took between 100 and 250 ms.
    private static void isWeb(String namespace, String dialect) throws InterruptedException {
        var web = new ServiceRef(namespace, "web");
        var metrics = new PrometheusMetrics(
                new Prometheus(prometheus.url(), Map::of, Duration.ofSeconds(5)),
                Map.of(web, new Watched("web", new TreeMap<>(Map.of("namespace", namespace)))),
                (_, _) -> List.of("web-.+"),
                InstantSource.system());
        var deadline = Instant.now().plusSeconds(60);
        var seen = new Window(Duration.ZERO, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        while (seen.requests() < 100 && Instant.now().isBefore(deadline)) {
            try {
                seen = metrics.window(web, Optional.empty(), since);
            } catch (Unreachable e) {
                // not scraped yet
            }
            Thread.sleep(100);
        }
        assertThat(metrics.dialect(web).name()).isEqualTo(dialect);
        assertThat(seen.requests()).isEqualTo(100);
        assertThat(seen.errors()).isEqualTo(10);
        assertThat(seen.p95()).isEqualTo(Duration.ofMillis(250));
    }
}
