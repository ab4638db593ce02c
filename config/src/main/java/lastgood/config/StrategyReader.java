package lastgood.config;

import java.time.Duration;
import java.util.List;

/// Reads the `strategy` block of a service.
final class StrategyReader {

    private StrategyReader() {}

    static StrategyConfig read(Cursor at, EnvironmentConfig environment) {
        var type = at.at("type").text("auto");
        return switch (type) {
            case "rolling" -> new StrategyConfig.Rolling();
            case "blue-green" -> blueGreen(at.at("blueGreen"));
            case "canary" -> canary(at.at("canary").at("steps"));
            default -> byCluster(at.at("type"), type, environment);
        };
    }

    private static StrategyConfig blueGreen(Cursor at) {
        var colors = at.at("colors").texts();
        if (colors.size() != 2 || colors.getFirst().equals(colors.getLast())) {
            at.at("colors").problem("blue-green needs two different colors", "write [blue, green]");
            colors = List.of("blue", "green");
        }
        return new StrategyConfig.BlueGreen(colors, at.at("keepOldFor").duration(Duration.ofMinutes(15)));
    }

    private static StrategyConfig canary(Cursor at) {
        var first = Percent.of(10);
        var steps = at.items().map(item -> item.percent(first)).toList();
        if (!StrategyConfig.Canary.rise(steps)) {
            at.problem("canary steps rise, above 0% and below 100%", "write [10%, 50%]; 100% follows by itself");
            steps = List.of(first);
        }
        return new StrategyConfig.Canary(steps);
    }

    private static StrategyConfig byCluster(Cursor at, String type, EnvironmentConfig environment) {
        if (environment.isLocal()) {
            at.problem(
                    "`%s` needs a cluster, and environment `%s` is on this machine".formatted(type, environment.name()),
                    "write rolling, blue-green or canary under services.*.environments." + environment.name());
        }
        return new StrategyConfig.ByCluster(type);
    }
}
