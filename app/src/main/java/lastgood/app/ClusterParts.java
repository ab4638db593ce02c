package lastgood.app;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import lastgood.cli.Agent;
import lastgood.cli.Session;
import lastgood.config.Catalog;
import lastgood.config.ClusterConfig;
import lastgood.config.Effective;
import lastgood.config.Overrides;
import lastgood.config.Platform;
import lastgood.config.Resolved;
import lastgood.config.Setting;
import lastgood.core.Digest;
import lastgood.core.Evidence;
import lastgood.core.Release;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Sample;
import lastgood.engine.Owner;
import lastgood.engine.Ports;
import lastgood.engine.journal.Journal;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.Faults;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Notices;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeParts;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.KubeService.VersionFrom;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Connection;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.records.KubeDrivers;
import lastgood.kubernetes.records.KubeNotices;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.local.FileNotices;

/// One namespace of one cluster: every object that speaks to it. Nothing is reached before something is asked.
///
/// @param kube with all services that the configuration keeps in this namespace
record ClusterParts(Catalog catalog, String namespace, KubeParts kube, Owner owner, Time time) {

    static ClusterParts of(
            Catalog catalog,
            Effective effective,
            Platform.Cluster cluster,
            Api api,
            Map<String, String> variables,
            Owner owner,
            Time time) {
        var services = new HashMap<ServiceRef, KubeService>();
        for (var environment : catalog.environments().values()) {
            if (environment.platform() instanceof Platform.Cluster other
                    && other.namespace().equals(cluster.namespace())) {
                for (var name : catalog.services()) {
                    effective(catalog, environment.name(), name, variables)
                            .ifPresent(e -> services.put(ref(e), service(e, cluster.namespace())));
                }
            }
        }
        // The one that was asked for counts as it was asked for, with its flags.
        services.put(ref(effective), service(effective, cluster.namespace()));
        return new ClusterParts(
                catalog,
                cluster.namespace(),
                KubeParts.of(api, Cabinet.of(api), cluster.namespace(), services, time::now),
                owner,
                time);
    }

    private static Optional<Effective> effective(
            Catalog catalog, String environment, String service, Map<String, String> variables) {
        return catalog.effective(environment, service, Overrides.of(Map.<Setting, String>of(), variables))
                        instanceof Resolved.Ok(var effective)
                ? Optional.of(effective)
                : Optional.empty();
    }

    private static ServiceRef ref(Effective effective) {
        return new ServiceRef(
                effective.environment().name(), effective.service().name());
    }

    static Connection connection(Platform.Cluster cluster, String version) {
        return new Connection(
                Optional.ofNullable(cluster.kubeconfig()),
                Optional.ofNullable(cluster.context()),
                cluster.inCluster(),
                Optional.ofNullable(cluster.as()),
                "lastgood/" + version);
    }

    // ---- the configuration in the adapter's words

    static KubeService service(Effective effective, String namespace) {
        var config = effective.service().cluster();
        if (config == null) {
            throw new IllegalStateException("%s is on no cluster".formatted(ref(effective)));
        }
        var workloads = new TreeMap<String, WorkloadKind>();
        config.all().forEach(w -> workloads.put(w.name(), kind(w.kind())));
        return new KubeService(
                ref(effective),
                namespace,
                FromConfig.strategy(effective),
                workloads,
                Optional.ofNullable(config.workload().container()),
                versionFrom(config.versionFrom()),
                traffic(config.traffic()),
                config.configMaps(),
                Optional.ofNullable(config.maintenanceEnv()));
    }

    private static WorkloadKind kind(ClusterConfig.Kind kind) {
        return switch (kind) {
            case DEPLOYMENT -> WorkloadKind.DEPLOYMENT;
            case STATEFUL_SET -> WorkloadKind.STATEFUL_SET;
            case DAEMON_SET -> WorkloadKind.DAEMON_SET;
            case CRON_JOB -> WorkloadKind.CRON_JOB;
        };
    }

    private static VersionFrom versionFrom(ClusterConfig.VersionFrom from) {
        return switch (from) {
            case ClusterConfig.VersionFrom.ImageTag() -> new VersionFrom.ImageTag();
            case ClusterConfig.VersionFrom.Label(var key) -> new VersionFrom.Label(key);
            case ClusterConfig.VersionFrom.Annotation(var key) -> new VersionFrom.Annotation(key);
        };
    }

    private static TrafficBy traffic(ClusterConfig.Traffic traffic) {
        return switch (traffic) {
            case ClusterConfig.Traffic.Fixed() -> new TrafficBy.Fixed();
            case ClusterConfig.Traffic.Selector(var service, var key) -> new TrafficBy.Selector(service, key);
            case ClusterConfig.Traffic.Replicas() -> new TrafficBy.Replicas();
            case ClusterConfig.Traffic.Route(var kind, var name, var stable, var canary) ->
                switch (kind) {
                    case HTTP_ROUTE -> new TrafficBy.HttpRoute(name, stable, canary);
                    case VIRTUAL_SERVICE -> new TrafficBy.VirtualService(name, stable, canary);
                };
        };
    }

    // ---- a session

    Session session(Effective effective, Executor executor) {
        var service = ref(effective);
        InstantSource clock = time::now;
        return new Session(
                effective,
                service,
                FromConfig.strategy(effective),
                FromConfig.policy(catalog, effective),
                1,
                new Ports(
                        kube.journals(),
                        kube.locks(),
                        new KubeDrivers(kube.api(), namespace, owner.process(), clock),
                        kube.workloads(),
                        kube.configs(),
                        kube.traffic(),
                        kube.ledgers(),
                        new Later(),
                        this::ask,
                        time),
                kube.revisions(),
                new NoMetrics(),
                new NoFaults(),
                notices(effective),
                executor,
                Agent.none(),
                () -> kube.cabinet().words(),
                owner);
    }

    /// Into the data folder of whoever carries the run out, and to the workload in the cluster.
    private Notices notices(Effective effective) {
        InstantSource clock = time::now;
        var file = new FileNotices(effective.data(), clock);
        var events = new KubeNotices(kube.api(), kube.services(), this::serviceOf, clock);
        return (run, id, text) -> {
            file.send(run, id, text);
            events.send(run, id, text);
        };
    }

    private ServiceRef serviceOf(RunId run) {
        return Journal.open(kube.journals(), run).state().opened().service();
    }

    private Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var state = kube.workloads().find(new Workload(service, service.service()));
        return new Sample(
                List.of(state.filter(s -> s.complete() && s.requested().sameAs(release.revision()))
                        .map(s -> CheckResult.pass(Check.PODS, s.progress(), "", ""))
                        .orElseGet(() -> CheckResult.fail(Check.PODS, "not complete", "", ""))),
                full);
    }

    private static final class Later implements EvidenceStore {
        private final Map<String, Evidence> kept = new HashMap<>();

        @Override
        public Optional<Evidence> find(String key) {
            return Optional.ofNullable(kept.get(key));
        }

        @Override
        public Evidence capture(ServiceRef service, Duration budget, String key) {
            return kept.computeIfAbsent(key, k -> Evidence.seen("nothing", k, Instant.EPOCH));
        }
    }

    /// The numbers of a cluster's users are in its Prometheus, and this version does not ask it.
    private static final class NoMetrics implements Metrics {
        @Override
        public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
            throw new Unreachable("no metrics are connected");
        }
    }

    private static final class NoFaults implements Faults {
        @Override
        public void inject(ServiceRef service, double errorPercent, Duration latency, int kill, Duration expires) {
            throw refused(service);
        }

        @Override
        public void clear(ServiceRef service) {
            throw refused(service);
        }

        private static Forbidden refused(ServiceRef service) {
            return new Forbidden(
                    "%s is on a cluster, where this version breaks nothing on purpose\nnothing was changed\nhint: drills run in an environment on this machine"
                            .formatted(service));
        }
    }
}
