package lastgood.config;

import org.jspecify.annotations.Nullable;

/// One service as it is meant in one environment, everything merged.
///
/// @param local how it runs on this machine; null exactly if the environment is on a cluster
/// @param cluster how it runs on a cluster; null exactly if the environment is on this machine
/// @param database null: none, or none that goes back with it
public record ServiceConfig(
        String name,
        StrategyConfig strategy,
        @Nullable LocalConfig local,
        @Nullable ClusterConfig cluster,
        @Nullable DatabaseConfig database,
        VerifyConfig verify,
        TriggersConfig triggers,
        SignalsConfig signals) {}
