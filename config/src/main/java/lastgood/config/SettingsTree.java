package lastgood.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Lays the settings of one service in one environment over each other: built-in, inferred, defaults, service, its
/// settings for that environment, variables, flags; each stronger than the ones before.
final class SettingsTree {

    private static final Tree BUILT_IN = builtIn();
    private static final Origin NOWHERE = new Origin.BuiltIn();

    /// What a service says of itself, everywhere or for one environment.
    private static final String[] OF_A_SERVICE = {
        "strategy",
        "local",
        "workload",
        "companions",
        "versionFrom",
        "config",
        "database",
        "maintenance",
        "signals",
        "verify",
        "triggers"
    };

    private SettingsTree() {}

    static Tree builtInPolicy() {
        return BUILT_IN.at("policy").orElseThrow();
    }

    /// The written policy over the built-in one.
    static Tree policy(Tree written) {
        return Merge.of(List.of(BUILT_IN, under("policy", written)))
                .at("policy")
                .orElseThrow();
    }

    static Tree of(Tree document, String environment, String service, Overrides overrides, Problems problems) {
        var declared = document.at("services").flatMap(all -> all.at(service));
        var here = document.at("environments").flatMap(all -> all.at(environment));
        var layers = new ArrayList<Tree>();
        layers.add(BUILT_IN);
        layers.add(inferred(overrides));
        document.at("defaults").ifPresent(tree -> layers.add(only(tree, "timeout", "timezone")));
        document.at("policy").ifPresent(tree -> layers.add(under("policy", tree)));
        here.ifPresent(tree -> layers.add(only(tree, "protected", "baseUrl", "namespace", "cluster")));
        here.flatMap(tree -> tree.at("local")).ifPresent(tree -> layers.add(only(tree, "data")));
        declared.ifPresent(tree -> layers.add(only(tree, OF_A_SERVICE)));
        declared.flatMap(tree -> tree.at("environments"))
                .flatMap(all -> all.at(environment))
                .ifPresent(tree -> layers.add(only(tree, OF_A_SERVICE)));
        layers.add(variables(overrides, problems));
        layers.add(flags(overrides, problems));
        return Merge.of(layers);
    }

    /// The same tree with `value` at a path such as `strategy.type`.
    static Tree with(Tree settings, String path, Tree value) {
        return Merge.of(List.of(settings, under(path, value)));
    }

    private static Tree flags(Overrides overrides, Problems problems) {
        return layer(
                Setting.values(),
                setting -> Optional.ofNullable(overrides.flags().get(setting))
                        .flatMap(text ->
                                value(new Origin.Flag(setting.flag()), setting, setting.fromFlag(text), problems)));
    }

    private static Tree variables(Overrides overrides, Problems problems) {
        return layer(
                Setting.values(),
                setting -> Optional.ofNullable(overrides.variables().get(setting.variable()))
                        .filter(text -> !text.isBlank())
                        .flatMap(text -> value(
                                new Origin.Variable(setting.variable()),
                                setting,
                                setting.fromVariable(text),
                                problems)));
    }

    private static Tree inferred(Overrides overrides) {
        return layer(
                Setting.values(),
                setting -> Optional.ofNullable(overrides.inferred().get(setting))
                        .map(found -> Tree.text(new Origin.Inferred(found.from()), found.value())));
    }

    private static Optional<Tree> value(Origin origin, Setting setting, Parsed<String> parsed, Problems problems) {
        return switch (parsed) {
            case Parsed.Good<String>(var text) -> Optional.of(Tree.text(origin, text));
            case Parsed.Bad<String>(var fact, var hint) -> {
                problems.add(origin, setting.key(), fact, hint);
                yield Optional.empty();
            }
        };
    }

    private static Tree layer(Setting[] settings, Function<Setting, Optional<Tree>> value) {
        Tree layer = new Tree.Mapping(NOWHERE, Map.of());
        for (var setting : settings) {
            // which environment and which service are decided before there are settings
            if (setting != Setting.ENVIRONMENT && setting != Setting.SERVICE) {
                var found = value.apply(setting);
                layer = found.isPresent() ? with(layer, setting.key(), found.get()) : layer;
            }
        }
        return layer;
    }

    private static Tree under(String path, Tree value) {
        var tree = value;
        var steps = path.split("\\.", -1);
        for (int i = steps.length - 1; i >= 0; i--) {
            tree = new Tree.Mapping(value.origin(), Map.of(steps[i], new Tree.Entry(value.origin(), tree)));
        }
        return tree;
    }

    private static Tree only(Tree tree, String... keys) {
        var kept = new LinkedHashMap<String, Tree.Entry>();
        for (var key : keys) {
            tree.entry(key).ifPresent(entry -> kept.put(key, entry));
        }
        return new Tree.Mapping(tree.origin(), kept);
    }

    private static Tree builtIn() {
        var name = "built-in.yaml";
        var read = YamlText.read(name, CatalogSchema.resource(name));
        if (!read.problems().isEmpty()) {
            throw new IllegalStateException("our own defaults cannot be read: " + read.problems());
        }
        return read.tree().orElseThrow().withOrigins(origin -> new Origin.BuiltIn());
    }
}
