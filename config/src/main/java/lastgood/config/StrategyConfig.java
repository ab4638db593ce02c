package lastgood.config;

import java.time.Duration;
import java.util.List;

/// How a new release takes over from the old one.
public sealed interface StrategyConfig {

    /// One instance after the other.
    record Rolling() implements StrategyConfig {}

    /// Two sets of instances; traffic is switched at once.
    ///
    /// @param colors their two names
    /// @param keepOldFor how long the old set is kept running after the switch, so that going back takes a second
    record BlueGreen(List<String> colors, Duration keepOldFor) implements StrategyConfig {
        public BlueGreen {
            colors = List.copyOf(colors);
            if (colors.size() != 2 || colors.getFirst().equals(colors.getLast())) {
                throw new IllegalArgumentException("blue-green needs two different colors: " + colors);
            }
        }
    }

    /// A growing share of traffic.
    ///
    /// @param steps the shares on the way to 100%, rising, each above 0% and below 100%
    record Canary(List<Percent> steps) implements StrategyConfig {
        public Canary {
            steps = List.copyOf(steps);
            if (!rise(steps)) {
                throw new IllegalArgumentException("canary steps rise between 0%% and 100%%: %s".formatted(steps));
            }
        }

        static boolean rise(List<Percent> steps) {
            var last = Percent.of(0);
            for (var step : steps) {
                if (step.compareTo(last) <= 0) {
                    return false;
                }
                last = step;
            }
            return !steps.isEmpty() && last.compareTo(Percent.of(100)) < 0;
        }
    }

    /// Left to the cluster: found out there (`auto`), or done by a controller (`argo-rollout`, `flagger`).
    record ByCluster(String type) implements StrategyConfig {}
}
