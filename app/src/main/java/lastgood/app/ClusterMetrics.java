package lastgood.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import lastgood.config.Catalog;
import lastgood.config.MetricsConfig;
import lastgood.config.PodMetricsConfig;
import lastgood.config.SecretReader;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Scrape;
import lastgood.core.recover.Limits;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.scrape.Exposed;
import lastgood.kubernetes.scrape.PodPages;
import lastgood.kubernetes.workloads.PodNames;
import lastgood.prometheus.Instances;
import lastgood.prometheus.MeasuredChecks;
import lastgood.prometheus.Own;
import lastgood.prometheus.PodTelemetry;
import lastgood.prometheus.Prometheus;
import lastgood.prometheus.PrometheusMeasures;
import lastgood.prometheus.PrometheusMetrics;
import lastgood.prometheus.PrometheusTelemetry;
import lastgood.prometheus.ScrapeLimits;
import lastgood.prometheus.StandIn;
import lastgood.prometheus.Watched;

/// What users of services on a cluster got, if somebody counts it.
interface ClusterMetrics {

    /// One question of a checklist; a slow Prometheus must not hold a rollback up.
    Duration WITHIN = Duration.ofSeconds(5);

    String NOT_CONNECTED = "no metrics are connected (metrics.prometheus, metrics.pods)";

    Metrics metrics();

    Telemetry telemetry();

    /// The same for a single look, which has to wait for something to happen.
    Telemetry once();

    /// The platform's checks, with what is measured about users in them.
    Checks measured(Checks platform, Map<ServiceRef, Limits> limits);

    /// Whether anybody can say how many requests there were lately.
    boolean connected();

    /// Whether requests are counted, so that they can prove something.
    boolean counts();

    static ClusterMetrics of(
            Catalog catalog,
            Map<String, String> variables,
            Api api,
            Map<ServiceRef, KubeService> services,
            Map<ServiceRef, Own> own,
            Time time) {
        var pods = Optional.ofNullable(catalog.podMetrics())
                .map(config -> new PodTelemetry(
                        new PodExporters(new PodPages(api, services, defaults(config))), time, ScrapeLimits.usual()));
        var config = catalog.metrics();
        if (config == null) {
            return pods.<ClusterMetrics>map(Counted::new).orElseGet(None::new);
        }
        var prometheus = prometheus(config, catalog, variables);
        var watched = services.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> watched(e.getKey(), e.getValue(), own.getOrDefault(e.getKey(), Own.NONE))));
        var instances = instances(new PodNames(api, services));
        var metrics = new PrometheusMetrics(prometheus, watched, instances, time::now);
        var telemetry = new PrometheusTelemetry(prometheus, watched, instances);
        return pods.map(p -> new StandIn(telemetry, p, time))
                .map(both -> new Connected(metrics, both, both.asOnce(), time))
                .orElseGet(() -> new Connected(metrics, telemetry, telemetry, time));
    }

    private static Exposed.Defaults defaults(PodMetricsConfig config) {
        return new Exposed.Defaults(config.scheme(), config.port(), config.path());
    }

    /// Who answers the team's own queries about services that are not on a cluster.
    static Measures measures(Catalog catalog, Map<String, String> variables) {
        var config = catalog.metrics();
        return config == null
                ? Measures.NONE
                : new PrometheusMeasures(
                        prometheus(config, catalog, variables), Map.of(), (service, revision) -> List.of());
    }

    static Prometheus prometheus(MetricsConfig config, Catalog catalog, Map<String, String> variables) {
        return new Prometheus(config.url(), headers(config, catalog, variables), WITHIN);
    }

    private static Instances instances(PodNames names) {
        return new Instances() {
            @Override
            public List<String> patterns(ServiceRef service, Optional<Digest> revision) {
                return names.patterns(service, revision);
            }

            @Override
            public Map<Digest, List<String>> byRevision(ServiceRef service) {
                return names.byRevision(service);
            }
        };
    }

    private static Watched watched(ServiceRef ref, KubeService service, Own own) {
        return new Watched(ref.service(), new TreeMap<>(Map.of("namespace", service.namespace())), own);
    }

    private static Supplier<Map<String, String>> headers(
            MetricsConfig config, Catalog catalog, Map<String, String> variables) {
        return () -> {
            var headers = new TreeMap<String, String>();
            var bearer = config.bearer();
            if (bearer != null) {
                var token = new SecretReader(variables, catalog.folder())
                        .read(bearer)
                        .orElse(bad -> {
                            throw new Unreachable("no token for Prometheus: %s".formatted(bad.fact()));
                        });
                headers.put("Authorization", "Bearer " + token.reveal());
            }
            var tenant = config.tenant();
            if (tenant != null) {
                headers.put("X-Scope-OrgID", tenant);
            }
            return headers;
        };
    }

    record Connected(PrometheusMetrics prometheus, Telemetry telemetry, Telemetry once, Time time)
            implements ClusterMetrics {
        @Override
        public Metrics metrics() {
            return prometheus;
        }

        @Override
        public Checks measured(Checks platform, Map<ServiceRef, Limits> limits) {
            return new MeasuredChecks(platform, prometheus, limits, time::now);
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public boolean counts() {
            return true;
        }
    }

    /// By the pods alone: nobody keeps what they show, so there are no windows of the past.
    record Counted(PodTelemetry pods) implements ClusterMetrics {
        @Override
        public Metrics metrics() {
            return new NoMetrics();
        }

        @Override
        public Telemetry telemetry() {
            return pods;
        }

        @Override
        public Telemetry once() {
            return pods.asOnce();
        }

        @Override
        public Checks measured(Checks platform, Map<ServiceRef, Limits> limits) {
            return platform;
        }

        @Override
        public boolean connected() {
            return false;
        }

        @Override
        public boolean counts() {
            return true;
        }
    }

    record None() implements ClusterMetrics {
        @Override
        public Metrics metrics() {
            return new NoMetrics();
        }

        @Override
        public Telemetry telemetry() {
            return new NoTelemetry();
        }

        @Override
        public Telemetry once() {
            return telemetry();
        }

        @Override
        public Checks measured(Checks platform, Map<ServiceRef, Limits> limits) {
            return platform;
        }

        @Override
        public boolean connected() {
            return false;
        }

        @Override
        public boolean counts() {
            return false;
        }
    }

    final class NoMetrics implements Metrics {
        @Override
        public Names names(ServiceRef service) {
            return new Names("", List.of(), "no metrics are connected (metrics.prometheus)");
        }

        @Override
        public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
            throw new Unreachable(NOT_CONNECTED);
        }

        @Override
        public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
            throw new Unreachable(NOT_CONNECTED);
        }
    }

    final class NoTelemetry implements Telemetry {
        @Override
        public Feed open(Question question) {
            return new Feed() {
                @Override
                public Optional<Basis> basis() {
                    return Optional.empty();
                }

                @Override
                public List<Scrape> next() {
                    return List.of(Scrape.blind(Duration.ZERO, NOT_CONNECTED));
                }
            };
        }

        @Override
        public List<Served> served(ServiceRef service, Instant from, Duration late) {
            throw new Unreachable(NOT_CONNECTED);
        }
    }
}
