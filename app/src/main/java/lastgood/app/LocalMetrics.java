package lastgood.app;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import lastgood.config.Catalog;
import lastgood.config.Effective;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Limits;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.engine.port.History;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Telemetry;
import lastgood.local.ScrapedNames;
import lastgood.prometheus.Instances;
import lastgood.prometheus.MeasuredChecks;
import lastgood.prometheus.Own;
import lastgood.prometheus.PrometheusMetrics;
import lastgood.prometheus.PrometheusTelemetry;
import lastgood.prometheus.Watched;

/// Who says what users of services on this machine got: the agent, or, in environments with `local.metrics:
/// prometheus`,
/// a Prometheus. One data folder may have services of both kinds.
record LocalMetrics(Telemetry telemetry, Metrics metrics, Function<Checks, Checks> measured) {

    /// @param telemetry of the agent
    /// @param metrics of the agent
    static LocalMetrics of(
            Catalog catalog,
            Map<ServiceRef, Effective> kept,
            Map<ServiceRef, Limits> limits,
            Map<String, String> variables,
            Ledgers ledgers,
            Telemetry telemetry,
            Metrics metrics,
            InstantSource clock) {
        var scraped = new HashSet<ServiceRef>();
        kept.forEach((ref, effective) -> {
            if (effective.environment().isScraped()) {
                scraped.add(ref);
            }
        });
        var config = catalog.metrics();
        if (scraped.isEmpty() || config == null) {
            return new LocalMetrics(telemetry, metrics, checks -> checks);
        }
        var prometheus = ClusterMetrics.prometheus(config, catalog, variables);
        var watched = scraped.stream()
                .collect(Collectors.toMap(
                        ref -> ref,
                        ref -> watched(
                                ref,
                                Objects.requireNonNull(Queries.own(
                                                Map.of(ref, Objects.requireNonNull(kept.get(ref))), ref.environment())
                                        .get(ref)))));
        var instances = instances(ledgers);
        var byPrometheus = new PrometheusMetrics(prometheus, watched, instances, clock);
        return new LocalMetrics(
                new EitherTelemetry(scraped, new PrometheusTelemetry(prometheus, watched, instances), telemetry),
                new EitherMetrics(scraped, byPrometheus, metrics),
                checks -> new EitherChecks(scraped, new MeasuredChecks(checks, byPrometheus, limits, clock), checks));
    }

    /// The labels that the agent writes beside each instance.
    private static Watched watched(ServiceRef ref, Own own) {
        return new Watched(
                ref.service(), new TreeMap<>(Map.of("namespace", ref.environment(), "service", ref.service())), own);
    }

    private static Instances instances(Ledgers ledgers) {
        return new Instances() {
            @Override
            public List<String> patterns(ServiceRef service, Optional<Digest> revision) {
                return ScrapedNames.patterns(revision);
            }

            @Override
            public Map<Digest, List<String>> byRevision(ServiceRef service) {
                var all = new TreeMap<Digest, List<String>>();
                for (var release : ledgers.read(service).releases()) {
                    var digest = release.revision().digest();
                    all.put(digest, ScrapedNames.patterns(Optional.of(digest)));
                }
                return all;
            }
        };
    }

    private record EitherTelemetry(Set<ServiceRef> scraped, Telemetry prometheus, Telemetry agent)
            implements Telemetry {
        private Telemetry of(ServiceRef service) {
            return scraped.contains(service) ? prometheus : agent;
        }

        @Override
        public Feed open(Question question) {
            return of(question.service()).open(question);
        }

        @Override
        public List<Served> served(ServiceRef service, Instant from, Duration late) {
            return of(service).served(service, from, late);
        }

        @Override
        public History history() {
            return new EitherHistory(scraped, prometheus.history(), agent.history());
        }
    }

    private record EitherHistory(Set<ServiceRef> scraped, History prometheus, History agent) implements History {
        private History of(ServiceRef service) {
            return scraped.contains(service) ? prometheus : agent;
        }

        @Override
        public Survey survey(ServiceRef service, Instant from, Instant to) {
            return of(service).survey(service, from, to);
        }

        @Override
        public Pieces open(ServiceRef service, Instant from) {
            return of(service).open(service, from);
        }
    }

    private record EitherMetrics(Set<ServiceRef> scraped, Metrics prometheus, Metrics agent) implements Metrics {
        private Metrics of(ServiceRef service) {
            return scraped.contains(service) ? prometheus : agent;
        }

        @Override
        public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
            return of(service).window(service, revision, since);
        }

        @Override
        public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
            return of(service).course(service, from, to, step);
        }

        @Override
        public Names names(ServiceRef service) {
            return of(service).names(service);
        }
    }

    private record EitherChecks(Set<ServiceRef> scraped, Checks prometheus, Checks agent) implements Checks {
        @Override
        public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
            return (scraped.contains(service) ? prometheus : agent).ask(service, release, since, full);
        }
    }
}
