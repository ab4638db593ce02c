package lastgood.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// A place where services run.
///
/// @param isProtected every change needs a confirmation and the approvals of the policy
/// @param baseUrl where users reach it; null: not given
public record EnvironmentConfig(
        String name,
        Platform platform,
        boolean isProtected,
        @Nullable URI baseUrl) {

    /// The same, reached in another way.
    EnvironmentConfig on(Platform other) {
        return new EnvironmentConfig(name, other, isProtected, baseUrl);
    }

    public boolean isLocal() {
        return platform instanceof Platform.Local;
    }

    /// Whether it is on this machine, and a Prometheus is asked about its users.
    public boolean isScraped() {
        return platform instanceof Platform.Local(var counting) && counting == Platform.Counting.PROMETHEUS;
    }
}
