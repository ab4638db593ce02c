package lastgood.app;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import lastgood.cli.Agent;
import lastgood.cli.Session;
import lastgood.config.Catalog;
import lastgood.config.Effective;
import lastgood.config.Overrides;
import lastgood.config.Resolved;
import lastgood.config.Setting;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.plan.Policy;
import lastgood.engine.Owner;
import lastgood.engine.Ports;
import lastgood.engine.QueriedChecks;
import lastgood.engine.ToldChecks;
import lastgood.engine.journal.FileJournals;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Preflight;
import lastgood.engine.port.Time;
import lastgood.local.FileDrivers;
import lastgood.local.FileEvidence;
import lastgood.local.FileLedgers;
import lastgood.local.FileLocks;
import lastgood.local.FileNotices;
import lastgood.local.LocalChecks;
import lastgood.local.LocalClient;
import lastgood.local.LocalRevisions;
import lastgood.local.LocalService;
import lastgood.local.history.LocalTelemetry;
import lastgood.local.proxy.JdkSettings;
import lastgood.local.store.Secrets;
import lastgood.probes.CheckRules;
import lastgood.probes.HttpProbes;
import lastgood.probes.ProbedChecks;
import lastgood.probes.commands.LocalCommands;
import lastgood.probes.commands.Surroundings;
import org.jspecify.annotations.Nullable;

/// The local platform of one data folder: every object that speaks to it.
///
/// @param services by their full name: all that the configuration keeps in this folder
/// @param metrics what users got, by whoever counts it for each service
record LocalParts(
        Catalog catalog,
        Map<ServiceRef, LocalService> services,
        Map<ServiceRef, CheckRules> rules,
        LocalClient client,
        LocalRevisions revisions,
        FileNotices notices,
        ServiceDatabases databases,
        Metrics metrics,
        Measures measures,
        Ports ports) {

    /// Knows the services of the whole catalogue that are kept in the same folder: one platform, one list.
    static LocalParts of(Catalog catalog, Effective effective, Map<String, String> variables, Time time) {
        var kept = kept(catalog, effective.data(), variables);
        // The one that was asked for counts as it was asked for, with its flags.
        kept.put(
                new ServiceRef(
                        effective.environment().name(), effective.service().name()),
                effective);
        return of(catalog, kept, effective.data(), variables, time);
    }

    static LocalParts of(Catalog catalog, Path data, Map<String, String> variables, Time time) {
        return of(catalog, kept(catalog, data, variables), data, variables, time);
    }

    private static LocalParts of(
            Catalog catalog, Map<ServiceRef, Effective> kept, Path data, Map<String, String> variables, Time time) {
        // The agent makes these parts too, and its proxy needs the settings that hold for the process's first HTTP
        // client.
        JdkSettings.apply();
        var services = new HashMap<ServiceRef, LocalService>();
        var rules = new HashMap<ServiceRef, CheckRules>();
        var secrets = new Secrets(variables);
        kept.forEach((ref, effective) -> {
            var service = FromConfig.service(effective, catalog.folder());
            services.put(ref, service);
            rules.put(ref, FromConfig.rules(effective, service.baseUrl(), catalog.folder(), secrets));
        });
        InstantSource clock = time::now;
        var measures = ClusterMetrics.measures(catalog, variables);
        var client = new LocalClient(data, services);
        var ledgers = new FileLedgers(data);
        var limits = new HashMap<ServiceRef, lastgood.core.recover.Limits>();
        services.forEach((ref, service) -> limits.put(ref, service.limits()));
        var metrics = LocalMetrics.of(
                catalog, kept, limits, variables, ledgers, new LocalTelemetry(data, clock), client, clock);
        var databases = ServiceDatabases.of(
                kept,
                catalog.folder(),
                variables,
                ServiceDatabases.Secrets.here(variables, catalog.folder()),
                new LocalCommands(
                        data.resolve("commands"),
                        ref -> surroundings(kept.get(ref), catalog, secrets, services.get(ref))),
                _ -> "",
                _ -> Optional.empty(),
                clock);
        return new LocalParts(
                catalog,
                Map.copyOf(services),
                Map.copyOf(rules),
                client,
                new LocalRevisions(data, services, variables),
                new FileNotices(data, clock),
                databases,
                new Measuring(metrics.metrics(), measures),
                measures,
                new Ports(
                                new FileJournals(data.resolve("runs")),
                                new FileLocks(data),
                                new FileDrivers(data, clock),
                                client,
                                Configs.none(),
                                client,
                                ledgers,
                                new FileEvidence(data, services, variables, clock),
                                new ToldChecks(
                                        new ProbedChecks(
                                                new QueriedChecks(
                                                        databases
                                                                .checks()
                                                                .apply(metrics.measured()
                                                                        .apply(new LocalChecks(
                                                                                client, services, clock))),
                                                        measures,
                                                        Queries.checks(kept)),
                                                rules),
                                        ledgers,
                                        Queries.whom(kept)),
                                databases.databases(),
                                time)
                        .counting(metrics.telemetry(), new HttpProbes(rules, time)));
    }

    /// What a command of the team's finds around it: as the service itself does.
    private static Surroundings surroundings(
            @Nullable Effective effective, Catalog catalog, Secrets secrets, @Nullable LocalService service) {
        var values = new HashMap<String, String>();
        var hidden = new ArrayList<String>();
        if (effective != null && service != null) {
            service.env().forEach((name, setting) -> {
                if (secrets.fetch(setting) instanceof Secrets.Fetched.Value(var text)) {
                    values.put(name, text);
                    if (!(setting instanceof lastgood.local.Setting.Plain)) {
                        hidden.add(text);
                    }
                }
            });
        }
        return new Surroundings(catalog.folder(), values, hidden);
    }

    /// As the file says. One that cannot run on this machine is nobody's.
    static Map<ServiceRef, Effective> kept(Catalog catalog, Path data, Map<String, String> variables) {
        var kept = new HashMap<ServiceRef, Effective>();
        for (var environment : catalog.environments().values()) {
            for (var service : catalog.services()) {
                if (environment.isLocal()) {
                    effective(catalog, environment.name(), service, data, variables)
                            .ifPresent(e -> kept.put(new ServiceRef(environment.name(), service), e));
                }
            }
        }
        return kept;
    }

    /// The settings of a service that is kept in that folder: because the file says so, or because we were told to
    /// use that folder.
    static java.util.Optional<Effective> effective(
            Catalog catalog, String environment, String service, Path data, Map<String, String> variables) {
        var overrides = Overrides.of(Map.of(), variables);
        return switch (catalog.effective(environment, service, overrides)) {
            case Resolved.Refused _ -> java.util.Optional.empty();
            case Resolved.Ok(var effective) ->
                effective.data().equals(data)
                        ? java.util.Optional.of(effective)
                        : at(catalog, environment, service, data, variables);
        };
    }

    private static java.util.Optional<Effective> at(
            Catalog catalog, String environment, String service, Path data, Map<String, String> variables) {
        var overrides = Overrides.of(Map.of(Setting.DATA, data.toString()), variables);
        return catalog.effective(environment, service, overrides) instanceof Resolved.Ok(var effective)
                ? java.util.Optional.of(effective)
                : java.util.Optional.empty();
    }

    /// The proxy counts what users get, so a rollback is not over before that proves that they are well.
    private Policy policy(Effective effective, @Nullable CheckRules asked) {
        var policy = FromConfig.policy(catalog, effective);
        return asked == null ? policy : FromConfig.proving(policy, catalog, effective, asked);
    }

    Session session(Effective effective, Executor executor, Agent agent, Owner owner) {
        var service = new ServiceRef(
                effective.environment().name(), effective.service().name());
        var definition = services.get(service);
        return new Session(
                effective,
                service,
                FromConfig.strategy(effective),
                policy(effective, rules.get(service)),
                definition == null ? 1 : definition.instances(),
                ports,
                revisions,
                metrics,
                Watches.of(
                        catalog,
                        effective,
                        new Watches.Surroundings(
                                ports,
                                measures,
                                rules.get(service),
                                "",
                                executor,
                                services.keySet(),
                                ports.telemetry())),
                client,
                notices,
                Preflight.none(),
                databases.questions().apply(service),
                executor,
                agent,
                () -> "",
                owner);
    }

    /// The agent counts, or a Prometheus; the team's own queries somebody else answers.
    private record Measuring(Metrics counted, Measures measures) implements Metrics {
        @Override
        public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
            return counted.window(service, revision, since);
        }

        @Override
        public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
            return counted.course(service, from, to, step);
        }

        @Override
        public Names names(ServiceRef service) {
            return counted.names(service);
        }
    }
}
