package lastgood.app;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import lastgood.config.DatabaseConfig;
import lastgood.config.Effective;
import lastgood.core.ServiceRef;
import lastgood.local.Setting;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.server.Binaries;

/// The database server of a data folder, for the services that ask for one.
///
/// Whoever starts the agent starts it first, because services want their database from the beginning; the agent looks
/// after it, and stops it after the services.
final class EmbeddedDatabases {

    /// By which services find their database, as most frameworks read it.
    private static final String VARIABLE = "DATABASE_URL";

    private final Path data;
    private final Map<String, String> variables;

    EmbeddedDatabases(Path data, Map<String, String> variables) {
        this.data = data;
        this.variables = variables;
    }

    static boolean isWanted(Effective effective) {
        var database = effective.service().database();
        return database != null && database.where() instanceof DatabaseConfig.Where.Embedded;
    }

    /// Unpacks PostgreSQL on its first use.
    EmbeddedServer server() {
        return new EmbeddedServer(folder(), Binaries.ours(cache()));
    }

    /// Makes and starts what is wanted; what runs already goes on.
    void ensure(Collection<Effective> kept) {
        kept.stream().filter(EmbeddedDatabases::isWanted).forEach(e -> server().database(ref(e)));
    }

    void stop() {
        if (folder().resolve("main").toFile().isDirectory()) {
            server().stop();
        }
    }

    /// What is added to the service's environment.
    static Map<String, Setting> environment(Effective effective) {
        return isWanted(effective)
                ? Map.of(VARIABLE, new Setting.SecretFile(EmbeddedServer.url(folder(effective.data()), ref(effective))))
                : Map.of();
    }

    private static ServiceRef ref(Effective effective) {
        return new ServiceRef(
                effective.environment().name(), effective.service().name());
    }

    private Path folder() {
        return folder(data);
    }

    static Path folder(Path data) {
        return data.resolve("postgres");
    }

    private Path cache() {
        return cache(variables, folder());
    }

    /// Programs are kept apart from data: another folder needs them too.
    ///
    /// @param otherwise where there is no home
    static Path cache(Map<String, String> variables, Path otherwise) {
        var xdg = variables.getOrDefault("XDG_CACHE_HOME", "");
        if (!xdg.isBlank()) {
            return Path.of(xdg, "lastgood");
        }
        var home = variables.getOrDefault("HOME", "");
        return home.isBlank() ? otherwise : Path.of(home, ".cache", "lastgood");
    }
}
