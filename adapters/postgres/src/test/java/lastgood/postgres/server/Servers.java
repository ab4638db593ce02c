package lastgood.postgres.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.postgres.sql.Address;

/// Programs for tests, unpacked once for each build, and one server for all classes that leave it standing.
public final class Servers {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    /// Waits for the end of whoever holds the other end of its input; tries again because servers end at the same
    /// moment.
    private static final String SWEEP = """
            while read -r _; do :; done
            for _ in 1 2 3 4 5 6 7 8 9 10; do
              rm -rf -- "$1" && [ ! -e "$1" ] && exit 0
              sleep 0.5
            done
            """;

    /// Held here, as a pipe that nobody holds is closed.
    private static final List<Process> SWEEPERS = new CopyOnWriteArrayList<>();

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
                sweep(folder);
                return Server.create(ours(), folder.resolve("data"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Deletes the folder when this process has ended, however it ended. A suite leaves tens of thousands of files
    /// there:
    /// a process that stays to delete them itself may take longer than Surefire lets it.
    private static void sweep(Path folder) throws IOException {
        SWEEPERS.add(new ProcessBuilder("/bin/sh", "-c", SWEEP, "sweep", folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
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
                sweep(folder);
                var server = Servers.create(folder.resolve("data"));
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server)));
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

        /// Its children go with the server, and so does what it holds.
        private static void end(Server server) {
            server.running().ifPresent(_ -> kill(server));
        }
    }
}
