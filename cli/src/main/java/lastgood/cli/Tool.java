package lastgood.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.cli.out.Screen;
import lastgood.config.Catalog;
import lastgood.config.ConfigLoader;
import lastgood.config.Discovery;
import lastgood.config.Effective;
import lastgood.config.EnvironmentConfig;
import lastgood.config.Loaded;
import lastgood.config.Overrides;
import lastgood.config.Problem;
import lastgood.config.Resolved;
import lastgood.config.Setting;
import lastgood.config.WorkloadRef;
import lastgood.core.RunId;
import lastgood.engine.journal.Journal;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import org.jspecify.annotations.Nullable;

/// What every verb works with: the process, the screen, and the way from a name on the command line to the thing.
public final class Tool {

    private final Host host;

    public Tool(Host host) {
        this.host = host;
    }

    public Host host() {
        return host;
    }

    public Screen screen(Common common) {
        return new Screen(host.streams(), host.variables(), common.noColor(), common.quiet());
    }

    // ---- configuration

    /// Where the configuration is.
    ///
    /// @throws Failure if there is none
    public Discovery.Found.At file(Common common) {
        return switch (Discovery.find(common.config(), host.variables(), host.workingFolder())) {
            case Discovery.Found.At at -> at;
            case Discovery.Found.Nowhere(var problem) ->
                throw usage(List.of(
                        problem,
                        new Problem(problem.where(), "", "on a cluster none is needed: -n NAMESPACE deploy/NAME")));
        };
    }

    public Loaded load(Discovery.Found.At at) {
        return new ConfigLoader().load(at.file(), at.name());
    }

    /// The configuration; with `-n`, one that consists of what the command line says.
    public Catalog catalog(Common common) {
        return common.namespace() == null ? fromFile(common) : withoutFile(common.namespace(), null);
    }

    private Catalog catalog(Where where) {
        var namespace = where.common().namespace();
        var workload = where.workload();
        if (namespace == null && workload != null) {
            throw Failure.usage(
                    "it was not said which namespace %s is in".formatted(Screen.plain(workload)),
                    "add -n NAMESPACE; a service of the configuration is named with -e ENV -s SVC");
        }
        if (namespace == null) {
            return fromFile(where.common());
        }
        if (where.environment() != null) {
            throw Failure.usage(
                    "-e names an environment of the configuration, and -n a namespace without one",
                    "leave out one of the two");
        }
        return withoutFile(namespace, workload == null ? null : reference(workload));
    }

    private static WorkloadRef reference(String text) {
        return WorkloadRef.parse(text).orElse(bad -> {
            throw Failure.usage(bad.fact(), bad.hint());
        });
    }

    private Catalog withoutFile(String namespace, @Nullable WorkloadRef workload) {
        return Catalog.withoutFile(host.workingFolder(), namespace, workload).orElse(bad -> {
            throw Failure.usage(bad.fact(), bad.hint());
        });
    }

    private Catalog fromFile(Common common) {
        return switch (load(file(common))) {
            case Loaded.Ok(var catalog) -> catalog;
            case Loaded.Invalid invalid -> {
                var lines = invalid.text().lines().toList();
                throw new Failure(
                        Exit.USAGE,
                        lines.getFirst(),
                        lines.subList(1, lines.size()),
                        "",
                        "`lastgood config validate` checks it again");
            }
        };
    }

    public Overrides overrides(Where where) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        put(flags, Setting.ENVIRONMENT, where.environment());
        put(flags, Setting.SERVICE, where.service());
        flags.putAll(overrides(where.common()).flags());
        return Overrides.of(flags, host.variables());
    }

    /// Without what says which service is meant.
    private Overrides overrides(Common common) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        put(flags, Setting.DATA, common.data());
        put(flags, Setting.CONTEXT, common.context());
        put(flags, Setting.KUBECONFIG, common.kubeconfig());
        put(flags, Setting.AS, common.as());
        return Overrides.of(flags, host.variables());
    }

    private void put(Map<Setting, String> flags, Setting setting, @Nullable String value) {
        if (value != null) {
            var isPath = setting == Setting.DATA || setting == Setting.KUBECONFIG;
            flags.put(setting, isPath ? host.workingFolder().resolve(value).toString() : value);
        }
    }

    public Effective effective(Where where) {
        return effective(catalog(where), where);
    }

    private Effective effective(Catalog catalog, Where where) {
        var effective = ok(
                catalog.isFile()
                        ? catalog.effective(overrides(where))
                        : catalog.effective(namespace(catalog), theWorkload(catalog), overrides(where.common())));
        var flags = overrides(where.common()).flags();
        var useless = Setting.OF_A_CLUSTER.stream().filter(flags::containsKey).toList();
        if (effective.environment().isLocal() && !useless.isEmpty()) {
            throw Failure.usage(
                    "%s is on this machine, and %s is for a cluster"
                            .formatted(
                                    effective.environment().name(),
                                    useless.getFirst().flag()),
                    "leave it out");
        }
        return effective;
    }

    private static String namespace(Catalog withoutFile) {
        return withoutFile.environments().keySet().iterator().next();
    }

    private static String theWorkload(Catalog withoutFile) {
        return withoutFile.services().stream()
                .findFirst()
                .orElseThrow(() -> Failure.usage(
                        "it was not said which workload of %s is meant".formatted(namespace(withoutFile)),
                        "name it: deploy/NAME, sts/NAME or ds/NAME"));
    }

    private static Effective ok(Resolved resolved) {
        return switch (resolved) {
            case Resolved.Ok(var effective) -> effective;
            case Resolved.Refused(var problems) -> throw usage(problems);
        };
    }

    private static Failure usage(List<Problem> problems) {
        var first = problems.getFirst();
        var more = problems.subList(1, problems.size()).stream()
                .flatMap(p -> p.toString().lines())
                .toList();
        return new Failure(
                Exit.USAGE,
                "%s: %s".formatted(first.where().position(), first.fact()),
                more,
                Failure.NOTHING_CHANGED,
                first.hint());
    }

    // ---- services

    public Session session(Where where) {
        var catalog = catalog(where);
        return host.open(catalog, effective(catalog, where));
    }

    /// Several services of one environment, in the order they are named.
    public List<Session> sessions(Where where, List<String> services) {
        var catalog = catalog(where);
        return services.stream()
                .map(service -> host.open(catalog, effective(catalog, where.withService(service))))
                .toList();
    }

    /// The environment that is meant, for what is about it and none of its services.
    public Place place(Where where) {
        var catalog = catalog(where);
        if (!catalog.isFile()) {
            return new Place(
                    catalog, ok(catalog.effective(namespace(catalog), anyService(catalog), overrides(where.common()))));
        }
        return new Place(catalog, effective(catalog, where.or(where.environment(), anyService(catalog))));
    }

    /// @param effective of one of its services; which one does not matter
    public record Place(Catalog catalog, Effective effective) {}

    /// In a catalogue without services, every name may be one.
    private static String anyService(Catalog catalog) {
        return catalog.services().stream().findFirst().orElse("any");
    }

    /// One session for each place where records are kept, a data folder or a namespace of a cluster: enough to read
    /// all its journals. Nothing is reached by making it; what does not answer says so when it is asked.
    public List<Session> homes(Common common) {
        return homes(catalog(common), common, null);
    }

    private List<Session> homes(Catalog catalog, Common common, @Nullable String environment) {
        var homes = new LinkedHashMap<Object, Session>();
        for (var one : catalog.environments().values()) {
            if (environment == null || environment.equals(one.name())) {
                home(catalog, one, overrides(common)).ifPresent(s -> homes.putIfAbsent(placeOf(s), s));
            }
        }
        return List.copyOf(homes.values());
    }

    private static Object placeOf(Session session) {
        var effective = session.effective();
        return effective.environment().isLocal()
                ? effective.data()
                : effective.environment().platform();
    }

    /// The first service there that can be opened: all of one environment keep their records in the same place.
    private Optional<Session> home(Catalog catalog, EnvironmentConfig environment, Overrides overrides) {
        var services = catalog.services().isEmpty() ? Set.of(anyService(catalog)) : catalog.services();
        return services.stream()
                .flatMap(service -> opened(catalog, catalog.effective(environment.name(), service, overrides)).stream())
                .findFirst();
    }

    /// Empty for a service that is not meant for that environment, or that this version does not know how to handle.
    private Optional<Session> opened(Catalog catalog, Resolved resolved) {
        try {
            return resolved instanceof Resolved.Ok(var effective)
                    ? Optional.of(host.open(catalog, effective))
                    : Optional.empty();
        } catch (Failure notThisOne) {
            return Optional.empty();
        }
    }

    /// One session for each data folder on this machine.
    public List<Session> folders(Common common) {
        return homes(common).stream().filter(Session::hasAgent).toList();
    }

    // ---- runs

    /// A run that was named on the command line.
    public record FoundRun(Session session, Journal journal) {
        public RunId run() {
            return journal.run();
        }
    }

    /// Finds a run wherever the configuration keeps any, or only in the environment that was named.
    ///
    /// @throws Failure if there is none, with the latest ones to choose from
    public FoundRun run(String text, Where where) {
        var run = new RunId(text);
        var catalog = catalog(where);
        var environment = environment(catalog, where);
        var homes = homes(catalog, where.common(), environment);
        var silent = new ArrayList<String>();
        for (var home : homes) {
            try {
                var journal = Journal.open(home.ports().journals(), run);
                if (!journal.isEmpty() && journal.state().isPlanned()) {
                    return new FoundRun(owner(catalog, home, journal, where), journal);
                }
            } catch (Unreachable | Forbidden e) {
                silent.add(silence(home, e));
            }
        }
        throw silent.isEmpty() ? noSuchRun(run, homes) : perhapsElsewhere(run, silent, environment);
    }

    private @Nullable String environment(Catalog catalog, Where where) {
        var environment = where.environment();
        if (environment != null && !catalog.environments().containsKey(environment)) {
            throw Failure.usage(
                    "there is no environment `%s`".formatted(Screen.plain(environment)),
                    "known: " + environments(catalog));
        }
        return environment;
    }

    /// One line about an environment that did not answer.
    public static String silence(Session home, RuntimeException why) {
        return "%s could not be asked: %s"
                .formatted(
                        home.service().environment(),
                        String.valueOf(why.getMessage()).lines().findFirst().orElse(""));
    }

    private static Failure noSuchRun(RunId run, List<Session> homes) {
        var known = homes.stream()
                .flatMap(s -> s.runs().all().stream())
                .limit(5)
                .map(r -> r.run().text())
                .toList();
        return Failure.usage(
                "there is no run %s".formatted(run),
                known.isEmpty() ? "no run is recorded here" : "the latest ones: " + String.join(", ", known));
    }

    private static Failure perhapsElsewhere(RunId run, List<String> silent, @Nullable String environment) {
        return new Failure(
                Exit.UNREACHABLE,
                "%s was not found where it could be looked for".formatted(run),
                silent,
                Failure.NOTHING_CHANGED,
                environment == null
                        ? "-e ENV looks in one environment only"
                        : "does its API server answer? lastgood cluster doctor -e " + environment);
    }

    private Session owner(Catalog catalog, Session home, Journal journal, Where where) {
        var service = journal.state().opened().service();
        var known = catalog.environments().containsKey(service.environment())
                && (!catalog.isFile() || catalog.services().contains(service.service()));
        if (known
                && catalog.effective(service.environment(), service.service(), overrides(where.common()))
                        instanceof Resolved.Ok(var effective)) {
            var session = host.open(catalog, effective);
            if (placeOf(session).equals(placeOf(home))) {
                return session;
            }
        }
        throw Failure.usage(
                "%s is of %s, which the configuration does not know".formatted(journal.run(), service),
                "name the configuration it was begun with: --config FILE");
    }

    // ---- agent

    /// Every change on this machine needs the agent: it is what makes wishes come true. On a cluster, Kubernetes does.
    public void ensureAgent(Session session, Screen screen) {
        if (session.hasAgent() && session.agent().alive().isEmpty()) {
            screen.say("the agent does not run yet; starting it");
            session.agent().start();
        }
        if (!session.hasAgent()) {
            // What others put out until now has its number before a plan counts on it.
            var _ = session.record();
        }
    }

    /// The environments of the configuration, for messages.
    public static String environments(Catalog catalog) {
        return String.join(
                ", ",
                catalog.environments().values().stream()
                        .map(EnvironmentConfig::name)
                        .toList());
    }
}
