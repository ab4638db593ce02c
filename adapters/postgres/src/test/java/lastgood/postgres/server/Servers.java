package lastgood.postgres.server;

import java.nio.file.Path;

/// Programs for tests, unpacked once for each build.
public final class Servers {

    private Servers() {}

    public static Binaries ours() {
        return Binaries.ours(Path.of("target", "postgresql").toAbsolutePath());
    }
}
