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
import lastgood.config.SecretReader;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Scrape;
import lastgood.core.recover.Limits;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.workloads.PodNames;
import lastgood.prometheus.Instances;
import lastgood.prometheus.MeasuredChecks;
import lastgood.prometheus.Prometheus;
import lastgood.prometheus.PrometheusMetrics;
import lastgood.prometheus.PrometheusTelemetry;
import lastgood.prometheus.Watched;

/// What users of services on a cluster got, if somebody counts it.
interface ClusterMetrics {

    /// One question of a checklist; a slow Prometheus must not hold a rollback up.
    Duration WITHIN = Duration.ofSeconds(5);

    Metrics metrics();

    Telemetry telemetry();

    /// The platform's checks, with what is measured about users in them.
    Checks measured(Checks platform, Map<ServiceRef, Limits> limits);

    /// Whether anybody counts.
    boolean connected();

    static ClusterMetrics of(
            Catalog catalog, Map<String, String> variables, Api api, Map<ServiceRef, KubeService> services, Time time) {
        var config = catalog.metrics();
        if (config == null) {
            return new None();
        }
        var prometheus = prometheus(config, catalog, variables);
        var watched = services.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> watched(e.getKey(), e.getValue())));
        var instances = instances(new PodNames(api, services));
        return new Connected(
                new PrometheusMetrics(prometheus, watched, instances, time::now),
                new PrometheusTelemetry(prometheus, watched, instances));
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

    private static Watched watched(ServiceRef ref, KubeService service) {
        return new Watched(ref.service(), new TreeMap<>(Map.of("namespace", service.namespace())));
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

    record Connected(PrometheusMetrics prometheus, Telemetry telemetry) implements ClusterMetrics {
        @Override
        public Metrics metrics() {
            return prometheus;
        }

        @Override
        public Checks measured(Checks platform, Map<ServiceRef, Limits> limits) {
            return new MeasuredChecks(platform, prometheus, limits);
        }

        @Override
        public boolean connected() {
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
        public Checks measured(Checks platform, Map<ServiceRef, Limits> limits) {
            return platform;
        }

        @Override
        public boolean connected() {
            return false;
        }
    }

    final class NoMetrics implements Metrics {
        @Override
        public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
            throw new Unreachable("no metrics are connected (metrics.prometheus)");
        }

        @Override
        public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
            throw new Unreachable("no metrics are connected (metrics.prometheus)");
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
                    return List.of(Scrape.blind(Duration.ZERO, "no metrics are connected (metrics.prometheus)"));
                }
            };
        }

        @Override
        public List<Served> served(ServiceRef service, Instant from, Duration late) {
            throw new Unreachable("no metrics are connected (metrics.prometheus)");
        }
    }
}
