package lastgood.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.config.Approval;
import lastgood.config.Catalog;
import lastgood.config.Contact;
import lastgood.config.DatabaseConfig;
import lastgood.config.Due;
import lastgood.config.Effective;
import lastgood.config.EnvValue;
import lastgood.config.HttpProbe;
import lastgood.config.LocalConfig;
import lastgood.config.PolicyConfig;
import lastgood.config.SecretRef;
import lastgood.config.SeverityLevel;
import lastgood.config.StrategyConfig;
import lastgood.config.Template;
import lastgood.core.ServiceRef;
import lastgood.core.Severity;
import lastgood.core.Strategy;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.SeverityMatrix;
import lastgood.core.decide.SeverityRule;
import lastgood.core.plan.Policy;
import lastgood.core.recover.Check;
import lastgood.core.recover.Limits;
import lastgood.core.recover.ProofRules;
import lastgood.core.recover.WatchRules;
import lastgood.local.LocalService;
import lastgood.local.Setting;
import lastgood.local.store.Secrets;
import lastgood.probes.CheckRules;
import lastgood.probes.HttpCheck;
import lastgood.probes.HttpProbes;
import org.jspecify.annotations.Nullable;

/// What the configuration says, in the words of core and of the local platform.
final class FromConfig {

    /// What the runbook owes an approval within that nobody set a deadline for.
    private static final Duration APPROVAL_OWED_WITHIN = Duration.ofDays(1);

    private FromConfig() {}

    // ---- core

    static Strategy strategy(Effective effective) {
        var names = workloads(effective);
        return switch (effective.service().strategy()) {
            case StrategyConfig.Rolling() -> new Strategy.Rolling(names.getFirst());
            case StrategyConfig.BlueGreen(var colours, var _) -> new Strategy.BlueGreen(colours, names);
            case StrategyConfig.Canary(var steps) ->
                new Strategy.Canary(
                        names.getFirst(),
                        names.getLast(),
                        Math.clamp(Math.round(steps.getFirst().fraction() * 100), 1, 50));
            case StrategyConfig.ByCluster(var type) -> throw byCluster(effective, type);
        };
    }

    /// The workloads that traffic moves between; on this machine they are named after the service.
    private static List<String> workloads(Effective effective) {
        var name = effective.service().name();
        var cluster = effective.service().cluster();
        if (cluster != null) {
            return cluster.strategyWorkloads();
        }
        return switch (effective.service().strategy()) {
            case StrategyConfig.BlueGreen(var colours, var _) ->
                colours.stream().map(c -> name + "-" + c).toList();
            case StrategyConfig.Canary _ -> List.of(name, name + "-canary");
            case StrategyConfig.Rolling _, StrategyConfig.ByCluster _ -> List.of(name);
        };
    }

    private static Failure byCluster(Effective effective, String type) {
        return type.equals("auto")
                ? new Failure(
                        Exit.USAGE,
                        "%s has a blueGreen and a canary block, and which of them is meant nobody can tell"
                                .formatted(effective.service().name()),
                        "write strategy.type: blue-green or canary")
                : new Failure(
                        Exit.UNREACHABLE,
                        "`%s` is done by a controller of its own, which this version does not drive".formatted(type),
                        "write rolling, blue-green or canary");
    }

    static Policy policy(Catalog catalog, Effective effective) {
        return new Policy(
                matrix(effective.policy(), catalog.contacts()),
                effective.timeout(),
                WatchRules.window(effective.service().verify().window(), required(effective)),
                Policy.EVIDENCE,
                effective.policy().quarantine(),
                effective.policy().presumeGoodAfter(),
                backupFirst(effective.service().database()));
    }

    private static Policy.BackupFirst backupFirst(@Nullable DatabaseConfig database) {
        return database == null
                ? Policy.BackupFirst.CHANGING_DATA
                : switch (database.backup().beforeRollback()) {
                    case ALWAYS -> Policy.BackupFirst.ALWAYS;
                    case TYPE_3 -> Policy.BackupFirst.CHANGING_DATA;
                    case NEVER -> Policy.BackupFirst.NEVER;
                };
    }

    /// The same where users' requests are counted: then they have to prove it.
    static Policy proving(Policy policy, Catalog catalog, Effective effective, CheckRules rules) {
        var environment = effective.environment().name();
        var callers = catalog.callersOf(environment, effective.service().name()).stream()
                .map(name -> new ServiceRef(environment, name))
                .toList();
        var watch = policy.watch();
        return policy.withWatch(watch.proving(ProofRules.of(
                limits(effective),
                effective.service().verify().window(),
                watch.every(),
                HttpProbes.any(rules),
                callers)));
    }

    private static Set<Check> required(Effective effective) {
        var required = EnumSet.noneOf(Check.class);
        for (var check : effective.service().verify().checks()) {
            if (check.required()) {
                required.add(check(check.name()));
            }
        }
        return required;
    }

    static Check check(String name) {
        return switch (name) {
            case "pods" -> Check.PODS;
            case "errorRate" -> Check.ERROR_RATE;
            case "latencyP95" -> Check.LATENCY_P95;
            case "auth" -> Check.AUTH;
            case "database" -> Check.DATABASE;
            case "endpoints" -> Check.ENDPOINTS;
            case "logs" -> Check.LOGS;
            case "integrations" -> Check.INTEGRATIONS;
            case "smoke" -> Check.SMOKE;
            case "users" -> Check.USERS;
            default -> throw new IllegalStateException("the schema knows no check " + name);
        };
    }

    static SeverityMatrix matrix(PolicyConfig policy, Map<String, Contact> contacts) {
        var rules = new EnumMap<Severity, SeverityRule>(Severity.class);
        policy.severity()
                .forEach((level, rule) -> rules.put(
                        severity(level),
                        new SeverityRule(
                                rule.when().toString(),
                                rule.when().anyOf().stream()
                                        .map(Decisions::symptom)
                                        .toList(),
                                SeverityRule.Action.valueOf(rule.action().name()),
                                within(rule.within(), Duration.ZERO),
                                approval(level, rule.approval(), contacts),
                                within(rule.postmortem(), Duration.ZERO))));
        return new SeverityMatrix(rules);
    }

    private static Severity severity(SeverityLevel level) {
        return switch (level) {
            case SEV_1 -> Severity.SEV1;
            case SEV_2 -> Severity.SEV2;
            case SEV_3 -> Severity.SEV3;
            case SEV_4 -> Severity.SEV4;
        };
    }

    private static ApprovalRule approval(SeverityLevel level, Approval approval, Map<String, Contact> contacts) {
        return switch (approval) {
            case Approval.None() -> new ApprovalRule.None();
            case Approval.Needed(var by, var when, var due, var _) -> {
                var role = String.join(" or ", by);
                var users = users(by, contacts);
                yield switch (when) {
                    // The runbook asks the on-call engineer for a decision, not for a second person.
                    case BEFORE -> new ApprovalRule.Before(role, users, level.compareTo(SeverityLevel.SEV_3) >= 0);
                    case AFTER -> new ApprovalRule.After(role, users, within(due, APPROVAL_OWED_WITHIN));
                };
            }
        };
    }

    /// Nobody, if one of the roles does not say who has it: then anyone may, and the record says who did.
    private static List<String> users(List<String> roles, Map<String, Contact> contacts) {
        var users = new ArrayList<String>();
        for (var role : roles) {
            var contact = contacts.get(role);
            if (contact == null || contact.users().isEmpty()) {
                return List.of();
            }
            users.addAll(contact.users());
        }
        return users.stream().distinct().sorted().toList();
    }

    private static Duration within(Due due, Duration otherwise) {
        return switch (due) {
            case Due.Never() -> otherwise;
            case Due.Within(var time) -> time;
        };
    }

    // ---- the local platform

    static LocalService service(Effective effective, Path folder) {
        var local = effective.service().local();
        if (local == null) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "%s is on a cluster, and this version knows this machine only"
                            .formatted(effective.environment().name()),
                    "an environment on this machine is written: local: { local: {} }");
        }
        return service(effective, local, folder);
    }

    private static LocalService service(Effective effective, LocalConfig local, Path folder) {
        return new LocalService(
                texts(local.command()),
                local.artifact() == null ? "" : local.artifact().text(),
                folder,
                env(effective, local.env(), folder),
                local.config(),
                local.health(),
                local.startWithin(),
                new LocalService.Listen(
                        local.listen().host().replaceAll("[\\[\\]]", ""),
                        local.listen().port()),
                local.instances(),
                local.stopWithin(),
                local.drain(),
                limits(effective));
    }

    private static List<String> texts(List<Template> templates) {
        return templates.stream().map(Template::text).toList();
    }

    private static SortedMap<String, Setting> env(Effective effective, Map<String, EnvValue> env, Path folder) {
        var settings = new TreeMap<>(EmbeddedDatabases.environment(effective));
        env.forEach((name, value) -> settings.put(
                name,
                switch (value) {
                    case EnvValue.Plain(var text) -> new Setting.Plain(text);
                    case EnvValue.FromSecret(var ref) -> secret(ref, folder);
                }));
        return settings;
    }

    private static Setting secret(SecretRef ref, Path folder) {
        return switch (ref) {
            case SecretRef.Env(var name) -> new Setting.SecretEnv(name);
            case SecretRef.InFile(var path) -> new Setting.SecretFile(folder.resolve(path));
            case SecretRef.InCluster _, SecretRef.Exec _ ->
                throw Failure.usage(
                        "the secret %s cannot be read on this machine".formatted(ref),
                        "use {env: NAME} or {file: PATH}");
        };
    }

    // ---- the checklist

    static Limits limits(Effective effective) {
        var usual = Limits.usual();
        var errorPercent = usual.errorPercentBelow();
        var p95 = usual.p95Below();
        var logErrors = usual.logErrorsMax();
        var logIgnore = usual.logIgnore();
        var logWindow = usual.logWindow();
        var errorWindow = usual.errorWindow();
        var latencyWindow = usual.latencyWindow();
        for (var check : effective.service().verify().checks()) {
            switch (check) {
                case lastgood.config.Check.ErrorRate(var _, var _, var below, var window) -> {
                    errorPercent = below.fraction() * 100;
                    errorWindow = window;
                }
                case lastgood.config.Check.Latency(var _, var _, var below, var window) -> {
                    p95 = below;
                    latencyWindow = window;
                }
                // The limit holds for the proof as well, which counts, whoever answers the check. A number without a
                // unit is in the query's own.
                case lastgood.config.Check.Asked(var name, var _, var _, var bound, var _) -> {
                    if (name.equals("errorRate") && bound.words().endsWith("%")) {
                        errorPercent = bound.value() * 100;
                    } else if (name.equals("latencyP95") && bound.words().matches(".*[a-z]")) {
                        p95 = Duration.ofMillis(Math.round(bound.value() * 1000));
                    }
                }
                case lastgood.config.Check.Logs logs -> {
                    logErrors = logs.errorsMax();
                    logIgnore = logs.ignore();
                    logWindow = logs.window();
                }
                case lastgood.config.Check.Http _,
                        lastgood.config.Check.Run _,
                        lastgood.config.Check.Instances _,
                        lastgood.config.Check.Database _,
                        lastgood.config.Check.Users _,
                        lastgood.config.Check.Unconfigured _ -> {}
            }
        }
        return new Limits(errorPercent, p95, logErrors, logIgnore, logWindow, errorWindow, latencyWindow);
    }

    /// The team's own ways to ask.
    ///
    /// @param baseUrl where users' requests go in
    static CheckRules rules(Effective effective, String baseUrl, Path folder, Secrets secrets) {
        var commands = new EnumMap<Check, List<String>>(Check.class);
        var http = new EnumMap<Check, List<HttpCheck>>(Check.class);
        for (var check : effective.service().verify().checks()) {
            switch (check) {
                case lastgood.config.Check.Http(var name, var _, var probes) ->
                    http.put(
                            check(name),
                            probes.stream().map(p -> probe(p, folder, secrets)).toList());
                case lastgood.config.Check.Run(var name, var _, var command) ->
                    commands.put(check(name), texts(command));
                case lastgood.config.Check.ErrorRate _,
                        lastgood.config.Check.Latency _,
                        lastgood.config.Check.Asked _,
                        lastgood.config.Check.Logs _,
                        lastgood.config.Check.Instances _,
                        lastgood.config.Check.Database _,
                        lastgood.config.Check.Users _,
                        lastgood.config.Check.Unconfigured _ -> {}
            }
        }
        return new CheckRules(baseUrl, folder, http, commands, CheckRules.COMMAND_WITHIN);
    }

    private static HttpCheck probe(HttpProbe probe, Path folder, Secrets secrets) {
        return new HttpCheck(
                probe.method().name(),
                probe.target(),
                new TreeMap<>(probe.headers()),
                body(probe.body(), folder, secrets),
                switch (probe.status()) {
                    case HttpProbe.Status.AnySuccess() -> 0;
                    case HttpProbe.Status.Exactly(var code) -> code;
                },
                probe.jsonPath(),
                probe.contains(),
                probe.timeout());
    }

    private static HttpCheck.@Nullable Body body(HttpProbe.Body body, Path folder, Secrets secrets) {
        return switch (body) {
            case HttpProbe.Body.None() -> null;
            case HttpProbe.Body.Text(var text) -> () -> new HttpCheck.Fetched.Text(text);
            case HttpProbe.Body.FromSecret(var ref) -> {
                var setting = secret(ref, folder);
                yield () -> switch (secrets.fetch(setting)) {
                    case Secrets.Fetched.Value(var text) -> new HttpCheck.Fetched.Text(text);
                    case Secrets.Fetched.Missing(var why) -> new HttpCheck.Fetched.Missing(why);
                };
            }
        };
    }
}
