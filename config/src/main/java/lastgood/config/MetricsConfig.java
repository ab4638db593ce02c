package lastgood.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Where the numbers about users are kept.
///
/// @param url of a Prometheus, or of what speaks its HTTP API
/// @param bearer token that it wants; null: none
/// @param tenant whose numbers, for Mimir and Thanos (`X-Scope-OrgID`); null: there is only one
public record MetricsConfig(
        URI url, @Nullable SecretRef bearer, @Nullable String tenant) {}
