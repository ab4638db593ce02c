package lastgood.config;

import java.util.OptionalInt;

/// Where pods show what they count, for those that do not say so themselves.
///
/// @param scheme `http` or `https`
/// @param port empty: the one that the pod declares
public record PodMetricsConfig(String scheme, OptionalInt port, String path) {}
