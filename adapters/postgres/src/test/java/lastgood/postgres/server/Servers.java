package lastgood.postgres.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.postgres.sql.Address;

/// Programs for tests, unpacked once for each build, and one server for all classes that leave it standing.
public final class Servers {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private Servers() {}

    /// With `-Dpostgres-binaries.version=16.11.0` for the build those of another version are on the class path, and are
    /// unpacked beside: that is how the suite is run against other major versions.
    public static Binaries ours() {
        var other = System.getProperty("postgres-binaries.version", "");
        return Binaries.ours(Path.of("target", "postgresql" + (other.isEmpty() ? "" : "-" + other))
                .toAbsolutePath());
    }

    /// An empty cluster of our own binaries. `initdb` runs once for each process, and the rest is copied: it takes a
    /// second or two of a processor, and a suite has a dozen servers.
    public static Server create(Path data) {
        var template = Template.MADE;
        try {
            Files.createDirectories(data.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Programs.run(List.of("cp", "-a", template.data().toString(), data.toString()), Map.of(), Duration.ofMinutes(2))
                .orRefuse("copy a database cluster to " + data);
        return new Server(template.binaries(), data);
    }

    /// What of `SAFE` a test needs: only servers are killed here, never the machine, and the kernel keeps what it has.
    public static Map<String, String> withoutSync(Map<String, String> settings) {
        var all = new HashMap<>(settings);
        all.put("fsync", "off");
        return Map.copyOf(all);
    }

    private static final class Template {
        private static final Server MADE = make();

        private static Server make() {
            try {
                var folder = Files.createTempDirectory("lastgood-template");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
                return Server.create(ours(), folder.resolve("data"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException _) {
            // a temporary folder
        }
    }

    /// The server that all tests of this process share, as its superuser: roles and databases need names of their own.
    /// It ends with the process.
    public static Address shared() {
        return Shared.ADDRESS;
    }

    /// A name that no other database of the shared server has.
    public static String name(String kind) {
        return kind + "_" + DATABASES.incrementAndGet();
    }

    private static final class Shared {
        private static final Address ADDRESS = start();

        private static Address start() {
            try {
                var folder = Files.createTempDirectory("lastgood-postgres");
                var server = Servers.create(folder.resolve("data"));
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, folder)));
                return server.start(
                        Server.Durability.FAST,
                        Map.of(
                                "max_connections",
                                "130",
                                "max_prepared_transactions",
                                "5",
                                "shared_buffers",
                                "64MB",
                                "shared_preload_libraries",
                                "pg_stat_statements"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void kill(Server server) {
            try {
                var pid = Files.readAllLines(server.data().resolve("postmaster.pid"))
                        .getFirst();
                ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void end(Server server, Path folder) {
            // No program is started while the process ends: its children go with the server, and so does what it holds.
            server.running().ifPresent(_ -> kill(server));
            delete(folder);
        }
    }
}
