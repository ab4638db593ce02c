package lastgood.app;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import lastgood.cli.Agent;
import lastgood.cli.ClusterAdmin;
import lastgood.cli.Session;
import lastgood.config.Catalog;
import lastgood.config.ClusterConfig;
import lastgood.config.DatabaseConfig;
import lastgood.config.Effective;
import lastgood.config.Overrides;
import lastgood.config.Platform;
import lastgood.config.Resolved;
import lastgood.config.SecretRef;
import lastgood.config.Setting;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Policy;
import lastgood.core.plan.Step;
import lastgood.core.recover.Check;
import lastgood.core.recover.Limits;
import lastgood.engine.Owner;
import lastgood.engine.Ports;
import lastgood.engine.QueriedChecks;
import lastgood.engine.ToldChecks;
import lastgood.engine.journal.Journal;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Faults;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Notices;
import lastgood.engine.port.Preflight;
import lastgood.engine.port.Time;
import lastgood.kubernetes.KubeParts;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.KubeService.VersionFrom;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Connection;
import lastgood.kubernetes.checks.KubeChecks;
import lastgood.kubernetes.evidence.KubeEvidence;
import lastgood.kubernetes.install.DataAccess;
import lastgood.kubernetes.jobs.KubeCommands;
import lastgood.kubernetes.jobs.Programs;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.records.KubeDrivers;
import lastgood.kubernetes.records.KubeNotices;
import lastgood.kubernetes.secrets.KubeSecrets;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.local.FileNotices;
import lastgood.local.store.Secrets;
import lastgood.probes.CheckRules;
import lastgood.probes.HttpProbes;
import lastgood.probes.ProbedChecks;

/// One namespace of one cluster: every object that speaks to it. Nothing is reached before something is asked.
///
/// @param kube with all services that the configuration keeps in this namespace
record ClusterParts(
        Catalog catalog,
        String namespace,
        KubeParts kube,
        ClusterMetrics metrics,
        ServiceDatabases databases,
        CnpgDatabases cnpg,
        DataAccess dataAccess,
        Checks checks,
        Map<ServiceRef, CheckRules> rules,
        Map<ServiceRef, Effective> kept,
        Owner owner,
        Time time) {

    static ClusterParts of(
            Catalog catalog,
            Effective effective,
            Platform.Cluster cluster,
            Api api,
            Map<String, String> variables,
            Owner owner,
            Time time) {
        var services = new HashMap<ServiceRef, KubeService>();
        var kept = new HashMap<ServiceRef, Effective>();
        var limits = new HashMap<ServiceRef, Limits>();
        var rules = new HashMap<ServiceRef, CheckRules>();
        Consumer<Effective> add = e -> {
            kept.put(ref(e), e);
            services.put(ref(e), service(e, cluster.namespace()));
            limits.put(ref(e), FromConfig.limits(e));
            rules.put(ref(e), rules(catalog, e, variables));
        };
        for (var environment : catalog.environments().values()) {
            if (environment.platform() instanceof Platform.Cluster other
                    && other.namespace().equals(cluster.namespace())) {
                for (var name : catalog.services()) {
                    effective(catalog, environment.name(), name, variables).ifPresent(add);
                }
            }
        }
        // The one that was asked for counts as it was asked for, with its flags.
        add.accept(effective);
        var metrics =
                ClusterMetrics.of(catalog, variables, api, services, Queries.own(kept, cluster.namespace()), time);
        var kube = KubeParts.of(api, Cabinet.of(api), cluster.namespace(), services, time::now);
        var cnpg = CnpgDatabases.of(kept, cluster.namespace(), api, time);
        var databases = ServiceDatabases.of(
                kept,
                catalog.folder(),
                variables,
                ref -> secret(ref, api, cluster.namespace(), catalog, variables),
                new KubeCommands(
                        api,
                        services,
                        new Programs(api, kube.ledgers(), kube.templates()),
                        time,
                        KubeCommands.Patience.usual()),
                ref -> newest(kube, ref),
                cnpg::operator,
                time::now);
        var checks = new QueriedChecks(
                databases
                        .checks()
                        .apply(metrics.measured(
                                new KubeChecks(api, services, limits, kube.workloads(), time::now), limits)),
                metrics.metrics().measures(),
                Queries.checks(kept));
        return new ClusterParts(
                catalog,
                cluster.namespace(),
                kube,
                metrics,
                databases,
                cnpg,
                dataAccess(kept, cluster.namespace(), cnpg),
                new ToldChecks(new ProbedChecks(checks, rules), kube.ledgers(), Queries.whom(kept)),
                rules,
                Map.copyOf(kept),
                owner,
                time);
    }

    /// What `cluster install` has to ask for, so that the databases can be entered and their commands run.
    private static DataAccess dataAccess(Map<ServiceRef, Effective> kept, String namespace, CnpgDatabases cnpg) {
        var does = EnumSet.noneOf(DataAccess.Does.class);
        var secrets = new TreeSet<String>();
        kept.values().forEach(e -> {
            var database = e.service().database();
            if (database == null) {
                return;
            }
            if (!database.migrations().undo().isEmpty()
                    || !database.migrations().apply().isEmpty()
                    || !database.migrations().status().isEmpty()) {
                does.add(DataAccess.Does.COMMANDS);
            }
            if (database.where() instanceof DatabaseConfig.Where.At(var url, var admin)) {
                for (var ref : List.of(url, admin)) {
                    if (ref instanceof SecretRef.InCluster(var name, var _)) {
                        secrets.add(name);
                    }
                }
            }
        });
        if (!cnpg.databases().isEmpty()) {
            does.add(DataAccess.Does.CNPG_BACKUPS);
            does.add(DataAccess.Does.CNPG_RESTORES);
        }
        return new DataAccess(namespace, does, cnpg.rehearsals(), secrets);
    }

    private static String newest(KubeParts kube, ServiceRef service) {
        var releases = kube.ledgers().read(service).releases();
        return releases.isEmpty() ? "" : releases.getLast().revision().digest().text();
    }

    private static String secret(
            SecretRef ref, Api api, String namespace, Catalog catalog, Map<String, String> variables) {
        return ref instanceof SecretRef.InCluster(var name, var key)
                ? new KubeSecrets(api).read(namespace, name, key)
                : ServiceDatabases.Secrets.here(variables, catalog.folder()).read(ref);
    }

    private static CheckRules rules(Catalog catalog, Effective effective, Map<String, String> variables) {
        var base = effective.baseUrl();
        return FromConfig.rules(
                effective, base == null ? "" : base.toString(), catalog.folder(), new Secrets(variables));
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

    // ---- what is counted

    /// For the doctor: under which names requests are counted, and whether the server takes the team's own queries. A
    /// query that is understood and finds nothing may find something later; one that is not understood never will.
    List<ClusterAdmin.Finding> measured() {
        var findings = new ArrayList<ClusterAdmin.Finding>();
        if (!metrics.connected()) {
            return findings;
        }
        kept.keySet().stream()
                .sorted(Comparator.comparing(ServiceRef::toString))
                .forEach(ref -> {
                    var names = metrics.metrics().names(ref);
                    findings.add(
                            names.chosen().isEmpty()
                                    ? new ClusterAdmin.Finding(
                                            ClusterAdmin.Level.WARN,
                                            "Prometheus: requests of %s".formatted(ref),
                                            "%s; tried %s".formatted(names.why(), String.join(", ", names.tried())),
                                            "services.%s.signals.errorRate names another counter"
                                                    .formatted(ref.service()))
                                    : new ClusterAdmin.Finding(
                                            ClusterAdmin.Level.OK,
                                            "Prometheus: requests of %s".formatted(ref),
                                            names.chosen(),
                                            ""));
                    Queries.all(Objects.requireNonNull(kept.get(ref)))
                            .forEach((key, question) -> findings.add(asked(ref, key, question)));
                });
        return findings;
    }

    private ClusterAdmin.Finding asked(ServiceRef ref, String key, Measures.Question question) {
        var what = "Prometheus: %s of %s".formatted(key, ref);
        return switch (metrics.metrics().measures().ask(ref, Optional.empty(), question)) {
            case Measures.Measured.One(var value, var _) ->
                new ClusterAdmin.Finding(ClusterAdmin.Level.OK, what, QueriedChecks.shown(value), "");
            case Measures.Measured.Unknown(var why, var _) ->
                new ClusterAdmin.Finding(
                        ClusterAdmin.Level.WARN, what, why, "until then it is UNKNOWN, never well: " + question.text());
        };
    }

    // ---- a session

    Session session(Effective effective, Executor executor) {
        var service = ref(effective);
        InstantSource clock = time::now;
        var ports = new Ports(
                        kube.journals(),
                        kube.locks(),
                        new KubeDrivers(kube.api(), namespace, owner.process(), clock),
                        kube.workloads(),
                        kube.configs(),
                        kube.traffic(),
                        kube.ledgers(),
                        new KubeEvidence(effective.data(), kube.api(), kube.services(), clock),
                        checks,
                        databases.databases(),
                        time)
                .counting(metrics.telemetry(), new HttpProbes(rules, time));
        return new Session(
                effective,
                service,
                FromConfig.strategy(effective),
                proved(service, effective, measured(service, FromConfig.policy(catalog, effective))),
                1,
                ports,
                kube.revisions(),
                metrics.metrics(),
                Watches.of(
                        catalog,
                        effective,
                        new Watches.Surroundings(
                                ports,
                                metrics.metrics().measures(),
                                rules.get(service),
                                namespace,
                                executor,
                                kube.services().keySet(),
                                metrics.once())),
                new NoFaults(),
                notices(effective),
                this::beforeStepOne,
                databases.questions().apply(service),
                executor,
                Agent.none(),
                () -> kube.cabinet().words(),
                owner);
    }

    /// What the cluster says, and what nobody there can say.
    private List<Preflight.Problem> beforeStepOne(Plan plan) {
        var problems = new ArrayList<>(kube.preflight().check(plan));
        problems.addAll(cnpg.beforeStepOne(plan));
        plan.steps().stream()
                .map(PlannedStep::step)
                .filter(s ->
                        s instanceof Step.WatchRecovery watch && !watch.rules().asksUsers())
                .findFirst()
                .ifPresent(_ -> problems.add(Preflight.Problem.remark(
                        KubeChecks.NOT_MEASURED.replace("was not", "will not be"),
                        "verify.checks.endpoints or smoke of your own would ask for users")));
        return problems;
    }

    /// Where somebody counts what users get, a rollback is not over before that proves that they are well.
    private Policy proved(ServiceRef service, Effective effective, Policy policy) {
        var asked = rules.get(service);
        return metrics.counts() && asked != null ? FromConfig.proving(policy, catalog, effective, asked) : policy;
    }

    /// Without metrics, and without a probe of the team's own for it, nobody can say how many requests fail. To ask all
    /// the same would end each rollback without a proof of what can be proved; the plan says what is not measured.
    private Policy measured(ServiceRef service, Policy policy) {
        var required = EnumSet.copyOf(policy.watch().required());
        // That pods are endpoints is no request that was answered.
        required.removeIf(check ->
                ((!metrics.connected() && KubeChecks.needingMetrics().contains(check)) || check == Check.ENDPOINTS)
                        && !Optional.ofNullable(rules.get(service))
                                .map(r -> r.asks(check))
                                .orElse(false));
        var watch = policy.watch();
        return policy.withWatch(watch.requiring(required));
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
