package lastgood.kubernetes.install;

import java.util.regex.Pattern;
import lastgood.kubernetes.api.Api;

/// What an API server says of itself.
///
/// @param version such as `v1.31.2`
/// @param go what it was built with, such as `go1.19.8`
record Server(String version, int minor, String go) {

    private static final Pattern GO = Pattern.compile("go1\\.(\\d+).*");

    static Server of(Api api) {
        var said = api.get("/version").orElseGet(Api.JSON::createObjectNode);
        var minor = said.path("minor").asText("").replaceAll("[^0-9]", "");
        return new Server(
                said.path("gitVersion").asText("of an unknown version"),
                minor.isEmpty() || minor.length() > 4 ? 0 : Integer.parseInt(minor),
                said.path("goVersion").asText(""));
    }

    /// An API server before 1.24 that was built with Go 1.18 or newer (Debian's 1.20.2 is one) dies of the first
    /// custom resource that is written: its modern-go/reflect2 before 1.0.2 reads maps as an older Go laid them
    /// out.
    /// There our records go into ConfigMaps, and our kinds must not be installed: a rollback that takes the control
    /// plane down is worse than none.
    boolean diesOfCustomResources() {
        var match = GO.matcher(go);
        return match.matches()
                && match.group(1).length() < 5
                && Integer.parseInt(match.group(1)) >= 18
                && minor > 0
                && minor < 24;
    }
}
