package lastgood.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import lastgood.core.RunId;
import lastgood.engine.journal.Journal;
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
            case Discovery.Found.Nowhere(var problem) -> throw usage(List.of(problem));
        };
    }

    public Loaded load(Discovery.Found.At at) {
        return new ConfigLoader().load(at.file(), at.name());
    }

    public Catalog catalog(Common common) {
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
        put(flags, Setting.DATA, where.common().data());
        return Overrides.of(flags, host.variables());
    }

    private void put(Map<Setting, String> flags, Setting setting, @Nullable String value) {
        if (value != null) {
            flags.put(
                    setting,
                    setting == Setting.DATA
                            ? host.workingFolder().resolve(value).toString()
                            : value);
        }
    }

    public Effective effective(Catalog catalog, Where where) {
        return switch (catalog.effective(overrides(where))) {
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
        var catalog = catalog(where.common());
        return host.open(catalog, effective(catalog, where));
    }

    /// Every service in every environment that can be opened from here.
    public List<Session> sessions(Common common) {
        return sessions(catalog(common), common);
    }

    private List<Session> sessions(Catalog catalog, Common common) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        put(flags, Setting.DATA, common.data());
        var overrides = Overrides.of(flags, host.variables());
        var all = new ArrayList<Session>();
        for (var environment : catalog.environments().values()) {
            for (var service : environment.isLocal() ? catalog.services() : List.<String>of()) {
                if (catalog.effective(environment.name(), service, overrides) instanceof Resolved.Ok(var effective)) {
                    all.add(host.open(catalog, effective));
                }
            }
        }
        return all;
    }

    /// One session for each data folder: enough to read all its journals.
    public List<Session> folders(Common common) {
        var folders = new LinkedHashMap<Path, Session>();
        sessions(common).forEach(s -> folders.putIfAbsent(s.effective().data(), s));
        return List.copyOf(folders.values());
    }

    // ---- runs

    /// A run that was named on the command line.
    public record FoundRun(Session session, Journal journal) {
        public RunId run() {
            return journal.run();
        }
    }

    /// Finds a run in any data folder of the configuration.
    ///
    /// @throws Failure if there is none, with the latest ones to choose from
    public FoundRun run(String text, Common common) {
        var run = new RunId(text);
        var sessions = sessions(common);
        for (var session : distinctData(sessions)) {
            var journal = Journal.open(session.ports().journals(), run);
            if (!journal.isEmpty() && journal.state().isPlanned()) {
                return new FoundRun(owner(sessions, session, journal), journal);
            }
        }
        var known = distinctData(sessions).stream()
                .flatMap(s -> s.runs().all().stream())
                .limit(5)
                .map(r -> r.run().text())
                .toList();
        throw Failure.usage(
                "there is no run %s".formatted(run),
                known.isEmpty() ? "no run is recorded here" : "the latest ones: " + String.join(", ", known));
    }

    private static List<Session> distinctData(List<Session> sessions) {
        var folders = new LinkedHashMap<Path, Session>();
        sessions.forEach(s -> folders.putIfAbsent(s.effective().data(), s));
        return List.copyOf(folders.values());
    }

    private static Session owner(List<Session> sessions, Session found, Journal journal) {
        var service = journal.state().opened().service();
        return sessions.stream()
                .filter(s -> s.service().equals(service)
                        && s.effective().data().equals(found.effective().data()))
                .findFirst()
                .orElseThrow(() -> Failure.usage(
                        "%s is of %s, which the configuration does not know".formatted(journal.run(), service),
                        "name the configuration it was begun with: --config FILE"));
    }

    // ---- agent

    /// Every change needs the agent: it is what makes wishes come true.
    public void ensureAgent(Session session, Screen screen) {
        if (session.agent().alive().isEmpty()) {
            screen.say("the agent does not run yet; starting it");
            session.agent().start();
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
