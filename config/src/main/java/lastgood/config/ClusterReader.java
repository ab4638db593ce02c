package lastgood.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import lastgood.config.ClusterConfig.Kind;
import lastgood.config.ClusterConfig.RouteKind;
import lastgood.config.ClusterConfig.Secrets;
import lastgood.config.ClusterConfig.Traffic;
import lastgood.config.ClusterConfig.VersionFrom;
import lastgood.config.ClusterConfig.Workload;
import org.jspecify.annotations.Nullable;

/// Reads how a service runs on a cluster. What nobody wrote is inferred from the service's name, the way most
/// manifests are written, so that `web: {}` is a service.
final class ClusterReader {

    /// A label key as Kubernetes has it: a name, with or without a domain in front.
    private static final Pattern KEY =
            Pattern.compile("([a-z0-9][-a-z0-9.]{0,252}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final List<String> VERSION_FROM = List.of("image-tag", "label:KEY", "annotation:KEY");

    private final String service;
    private final Cursor at;
    private final StrategyConfig strategy;

    private ClusterReader(String service, Cursor at, StrategyConfig strategy) {
        this.service = service;
        this.at = at;
        this.strategy = strategy;
    }

    /// @param at the merged settings of the service
    static ClusterConfig read(String service, Cursor at, StrategyConfig strategy) {
        return new ClusterReader(service, at, strategy).read();
    }

    /// The way to a cluster.
    ///
    /// @param at an environment, or merged settings
    /// @param folder what the path of a kubeconfig counts from
    static Platform.Cluster platform(Cursor at, Path folder) {
        var cluster = at.at("cluster");
        var inCluster = cluster.at("inCluster").truth(false);
        for (var key : List.of("context", "kubeconfig")) {
            if (inCluster && cluster.at(key).present()) {
                cluster.at(key)
                        .problem(
                                "`inCluster` goes by the pod's own service account, and uses no %s".formatted(key),
                                "remove one of the two");
            }
        }
        return new Platform.Cluster(
                at.at("namespace").text(""),
                cluster.at("context").textOrNull(),
                inCluster,
                kubeconfig(cluster.at("kubeconfig"), folder),
                cluster.at("as").textOrNull());
    }

    private static @Nullable Path kubeconfig(Cursor at, Path folder) {
        var text = at.textOrNull();
        if (text == null) {
            return null;
        }
        if (text.startsWith("~")) {
            at.problem("`~` is known to shells only", "write the whole path, or one that counts from this file");
            return null;
        }
        try {
            return folder.resolve(text).normalize();
        } catch (InvalidPathException notAPath) {
            at.problem("this is not a path", "");
            return null;
        }
    }

    private ClusterConfig read() {
        var workload = workload(at.at("workload"));
        var moved = strategyWorkloads(workload);
        return new ClusterConfig(
                workload,
                moved,
                traffic(),
                companions(moved),
                versionFrom(at.at("versionFrom")),
                at.at("config").at("configMaps").texts(),
                secrets(at.at("config").at("secrets")),
                at.at("maintenance").at("env").textOrNull());
    }

    private Workload workload(Cursor block) {
        var kind = Kind.of(block.at("kind").text("")).orElse(Kind.DEPLOYMENT);
        if (kind == Kind.DAEMON_SET && !(strategy instanceof StrategyConfig.Rolling)) {
            block.at("kind")
                    .problem(
                            "a DaemonSet runs on every node, so it can only go back rolling",
                            "write strategy: { type: rolling }");
        }
        return new Workload(
                kind,
                block.at("name").text(service),
                block.at("container").textOrNull(),
                block.at("selector").textOrNull());
    }

    // ---- the strategy

    private List<String> strategyWorkloads(Workload workload) {
        var main = workload.name();
        return switch (strategy) {
            case StrategyConfig.Rolling(), StrategyConfig.ByCluster _ -> List.of(main);
            case StrategyConfig.BlueGreen(var colors, var _) -> colored(main, colors);
            case StrategyConfig.Canary(var _) -> {
                var deployment = at.at("strategy").at("canary").at("deployment");
                var canary = deployment.text(main + "-canary");
                if (canary.equals(main)) {
                    deployment.problem(
                            "the canary is a workload of its own, and this is the main one", "write its name");
                    canary = main + "-canary";
                }
                yield List.of(main, canary);
            }
        };
    }

    private List<String> colored(String main, List<String> colors) {
        var usual = colors.stream().map(color -> main + "-" + color).toList();
        var written = at.at("strategy").at("blueGreen").at("workloads");
        if (!written.present()) {
            return usual;
        }
        var names = written.texts();
        if (names.size() != 2 || names.getFirst().equals(names.getLast())) {
            written.problem(
                    "blue-green needs two different workloads, in the order of the colors",
                    "write %s".formatted(usual));
            return usual;
        }
        return names;
    }

    private Traffic traffic() {
        return switch (strategy) {
            case StrategyConfig.Rolling(), StrategyConfig.ByCluster _ -> new Traffic.Fixed();
            case StrategyConfig.BlueGreen _ -> {
                var block = at.at("strategy").at("blueGreen");
                yield new Traffic.Selector(block.at("service").text(service), key(block.at("selectorKey"), "color"));
            }
            case StrategyConfig.Canary _ -> route(at.at("strategy").at("canary").at("route"));
        };
    }

    private Traffic route(Cursor block) {
        if (!block.present()) {
            return new Traffic.Replicas();
        }
        var kind = block.at("kind").text("HTTPRoute").equals("HTTPRoute")
                ? RouteKind.HTTP_ROUTE
                : RouteKind.VIRTUAL_SERVICE;
        var stable = block.at("stable").text(service);
        var canary = block.at("canary").text(service + "-canary");
        if (stable.equals(canary)) {
            block.at("canary").problem("the stable Service and the canary's are the same", "name two Services");
        }
        return new Traffic.Route(kind, block.at("name").text(service), stable, canary);
    }

    // ---- the rest

    private List<WorkloadRef> companions(List<String> moved) {
        var all = new ArrayList<WorkloadRef>();
        var own = Set.copyOf(moved);
        var seen = new HashSet<String>();
        at.at("companions").items().forEach(item -> {
            var name = item.at("name").text("");
            if (own.contains(name)) {
                item.at("name")
                        .problem("`%s` is the service's own workload".formatted(Shown.text(name)), "remove it here");
            } else if (!seen.add(name)) {
                item.at("name")
                        .problem(
                                "`%s` is listed twice".formatted(Shown.text(name)),
                                "workloads of one service have different names");
            } else {
                all.add(new WorkloadRef(Kind.of(item.at("kind").text("")).orElse(Kind.DEPLOYMENT), name));
            }
        });
        return all;
    }

    private static VersionFrom versionFrom(Cursor at) {
        return at.read(ClusterReader::versionFrom, new VersionFrom.ImageTag());
    }

    private static Parsed<VersionFrom> versionFrom(String text) {
        var colon = text.indexOf(':');
        var word = colon < 0 ? text : text.substring(0, colon);
        var key = colon < 0 ? "" : text.substring(colon + 1).strip();
        return switch (word) {
            case "image-tag" -> new Parsed.Good<>(new VersionFrom.ImageTag());
            case "label", "annotation" -> KEY.matcher(key).matches() ? named(word, key) : keyMissing(text, word);
            default ->
                new Parsed.Bad<>(
                        "`%s` is not one of %s".formatted(Shown.text(text), String.join(", ", VERSION_FROM)),
                        Nearest.hint(word, List.of("image-tag", "label", "annotation"), ""));
        };
    }

    private static Parsed<VersionFrom> named(String word, String key) {
        return new Parsed.Good<>(word.equals("label") ? new VersionFrom.Label(key) : new VersionFrom.Annotation(key));
    }

    private static Parsed<VersionFrom> keyMissing(String text, String word) {
        return new Parsed.Bad<>(
                "`%s` names no %s".formatted(Shown.text(text), word),
                "write one as in %s:app.kubernetes.io/version".formatted(word));
    }

    private static Secrets secrets(Cursor at) {
        return new Secrets(
                at.at("names").texts(),
                at.at("mode").text("verify").equals("ignore") ? Secrets.Mode.IGNORE : Secrets.Mode.VERIFY);
    }

    private static String key(Cursor at, String fallback) {
        return at.read(
                text -> KEY.matcher(text).matches()
                        ? new Parsed.Good<>(text)
                        : new Parsed.Bad<>(
                                "`%s` is not the key of a label".formatted(Shown.text(text)),
                                "write one as in color or example.com/color"),
                fallback);
    }
}
