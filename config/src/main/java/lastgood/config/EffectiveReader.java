package lastgood.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes typed settings of the merged tree, after filling in what follows from other settings.
final class EffectiveReader {

    private final Tree document;
    private final Path folder;
    private final String catalogName;
    private final boolean isFile;

    EffectiveReader(CatalogSource source, String catalogName) {
        this.document = source.document();
        this.folder = source.folder();
        this.catalogName = catalogName;
        this.isFile = source.isFile();
    }

    /// Empty if the service does not say how to run there; every problem is in `findings`.
    Optional<Effective> read(
            EnvironmentConfig environment,
            String service,
            PolicyConfig policy,
            Overrides overrides,
            Cursor.Findings findings) {
        var merged = SettingsTree.of(document, environment.name(), service, overrides, findings.wrong());
        var settings = environment.isLocal() ? local(merged) : remote(merged, service);
        if (settings.at("data").isEmpty()) {
            settings = SettingsTree.with(settings, "data", data(overrides.variables()));
        }
        var at = new Cursor(settings, keyOf(service), "services." + service, findings);
        var local = environment.isLocal() ? LocalReader.read(at.at("local")) : Optional.<LocalConfig>empty();
        if (environment.isLocal() && local.isEmpty()) {
            return Optional.empty();
        }
        var strategy = StrategyReader.read(at.at("strategy"), environment);
        var cluster = environment.isLocal() ? null : ClusterReader.read(service, at, strategy);
        var asking = SignalReader.Asking.of(document, environment.isLocal());
        var signals = SignalReader.read(at.at("signals"), asking);
        var config = new ServiceConfig(
                service,
                strategy,
                local.orElse(null),
                cluster,
                DatabaseReader.read(at.at("database"), folder, environment.isLocal()),
                CheckReader.read(at.at("verify"), signals, asking),
                TriggerReader.read(at.at("triggers"), asking),
                signals);
        var defaults = Cursor.at(settings, "defaults", findings);
        var here = Cursor.at(settings, "environments." + environment.name(), findings);
        return Optional.of(new Effective(
                environment.isLocal() ? environment : environment.on(ClusterReader.platform(here, folder)),
                config,
                policy,
                defaults.at("timeout").positive(Duration.ofMinutes(5)),
                ZoneId.of(defaults.at("timezone").read(Setting::zone, "UTC")),
                data(here.at("data")),
                here.at("baseUrl").uriOrNull(),
                address(environment, service, cluster, overrides),
                Rows.of(named(environment, service, settings))));
    }

    // ---- what follows from other settings

    private static Tree local(Tree merged) {
        var settings = without(
                merged, "cluster", "namespace", "workload", "companions", "versionFrom", "config", "maintenance");
        if (text(settings, "strategy", "type").equals("auto")) {
            var origin = new Origin.Inferred("an environment on this machine");
            settings = SettingsTree.with(settings, "strategy.type", Tree.text(origin, "rolling"));
        }
        if (at(settings, "verify", "checks", "endpoints")
                .filter(EffectiveReader::saysHow)
                .isEmpty()) {
            var origin = new Origin.Inferred("local.health");
            var health = new Tree.Sequence(origin, List.of(Tree.text(origin, text(settings, "local", "health"))));
            settings = SettingsTree.with(settings, "verify.checks.endpoints.http", health);
        }
        if (settings.at("baseUrl").isEmpty()) {
            var url = Tree.text(new Origin.Inferred("local.listen"), proxyUrl(settings));
            settings = SettingsTree.with(settings, "baseUrl", url);
        }
        return settings;
    }

    private static Tree remote(Tree merged, String service) {
        var settings = without(merged, "local");
        if (text(settings, "strategy", "type").equals("auto")) {
            settings = automatic(settings);
        }
        var named = new Origin.Inferred("the service's name");
        for (var inferred : Map.of("workload.kind", ClusterConfig.Kind.DEPLOYMENT.word(), "workload.name", service)
                .entrySet()) {
            if (at(settings, inferred.getKey().split("\\.")).isEmpty()) {
                settings = SettingsTree.with(settings, inferred.getKey(), Tree.text(named, inferred.getValue()));
            }
        }
        return settings;
    }

    /// Rolling, unless a block says how one of the others is done. Where both do, only a person can tell which holds.
    private static Tree automatic(Tree settings) {
        var blueGreen = isWritten(settings, "blueGreen");
        var canary = isWritten(settings, "canary");
        if (blueGreen && canary) {
            return settings;
        }
        var type = blueGreen ? "blue-green" : canary ? "canary" : "rolling";
        var from = blueGreen ? "strategy.blueGreen" : canary ? "strategy.canary" : "an environment on a cluster";
        return SettingsTree.with(settings, "strategy.type", Tree.text(new Origin.Inferred(from), type));
    }

    private static boolean isWritten(Tree settings, String block) {
        return at(settings, "strategy", block)
                .filter(found -> !(found.origin() instanceof Origin.BuiltIn))
                .isPresent();
    }

    private static Tree without(Tree merged, String... keys) {
        var kept = new LinkedHashMap<>(merged.entriesOrNone());
        kept.keySet().removeAll(List.of(keys));
        return new Tree.Mapping(merged.origin(), kept);
    }

    private static boolean saysHow(Tree check) {
        return check.at("http").isPresent()
                || check.at("run").isPresent()
                || check.at("query").isPresent();
    }

    /// Under the state folder of the user, apart from other catalogues: two projects that both have a service `web`
    /// must not share a ledger.
    private Tree data(Map<String, String> variables) {
        var state = variables.getOrDefault("XDG_STATE_HOME", "");
        if (!state.isBlank()) {
            return Tree.text(new Origin.Inferred("XDG_STATE_HOME"), state + "/lastgood/" + catalogName);
        }
        var home = variables.getOrDefault("HOME", "");
        return home.isBlank()
                ? Tree.text(new Origin.BuiltIn(), folder.resolve(".lastgood").toString())
                : Tree.text(new Origin.Inferred("HOME"), home + "/.local/state/lastgood/" + catalogName);
    }

    // ---- values

    private Path data(Cursor at) {
        try {
            var path = Path.of(at.text(".lastgood"));
            return at.tree().origin() instanceof Origin.InFile
                    ? folder.resolve(path).normalize()
                    : path;
        } catch (InvalidPathException notAPath) {
            at.problem("this is not a path", "");
            return folder;
        }
    }

    private Address address(
            EnvironmentConfig environment, String service, @Nullable ClusterConfig cluster, Overrides overrides) {
        return isFile || cluster == null
                ? Address.inFile(environment.name(), service, overrides)
                : Address.withoutFile(
                        environment.name(), new WorkloadRef(cluster.workload().kind(), service), overrides);
    }

    private static String proxyUrl(Tree settings) {
        var listen = Listen.parse(text(settings, "local", "listen")).orElse(bad -> LocalReader.LISTEN);
        var everywhere = listen.host().equals("0.0.0.0") || listen.host().equals("[::]");
        return "http://%s:%d".formatted(everywhere ? Listen.LOOPBACK : listen.host(), listen.port());
    }

    private Origin keyOf(String service) {
        return document.at("services")
                .flatMap(all -> all.entry(service))
                .map(Tree.Entry::key)
                .orElse(document.origin());
    }

    private Tree named(EnvironmentConfig environment, String service, Tree settings) {
        var origin = document.at("environments")
                .flatMap(all -> all.entry(environment.name()))
                .map(Tree.Entry::key)
                .orElse(document.origin());
        var rows = new LinkedHashMap<String, Tree.Entry>();
        rows.put("environment", new Tree.Entry(origin, Tree.text(origin, environment.name())));
        rows.put("service", new Tree.Entry(keyOf(service), Tree.text(keyOf(service), service)));
        rows.putAll(settings.entriesOrNone());
        return new Tree.Mapping(settings.origin(), rows);
    }

    private static String text(Tree tree, String... path) {
        return at(tree, path).flatMap(Tree::scalar).orElse("");
    }

    private static Optional<Tree> at(Tree tree, String... path) {
        var at = Optional.of(tree);
        for (var step : path) {
            at = at.flatMap(found -> found.at(step));
        }
        return at;
    }
}
