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
}
