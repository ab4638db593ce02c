package lastgood.postgres.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.postgres.backup.FolderArchive;
import lastgood.postgres.restore.FolderSwap;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;

/// The server that lastgood keeps beside the services of one data folder, with a database and a role for each of them.
///
/// It listens on loopback, wants passwords, keeps what was committed, and archives its write-ahead log from its first
/// day, so that it can go back to any point since its first backup. It outlives whoever started it.
///
/// | in the folder | what |
/// |---|---|
/// | `main` | the cluster |
/// | `archive` | the write-ahead log, for going back in time |
/// | `port` | where it listens, chosen once: the services' URLs hold it |
/// | `password` | of the superuser |
/// | `ENVIRONMENT.SERVICE.url` | how a service enters |
public final class EmbeddedServer {

    private static final Duration SET_UP = Duration.ofSeconds(30);

    /// `pg_ctl` gives up after a minute; making a cluster takes seconds.
    private static final Duration LOCKED_MAX = Duration.ofMinutes(3);

    private static final Duration LOCK_PAUSE = Duration.ofMillis(50);
    private static final String ADMIN = "postgres";

    private final Path folder;
    private final Binaries binaries;
    private final SecureRandom random = new SecureRandom();

    /// @param folder for its owner's eyes only; made if it is not there
    public EmbeddedServer(Path folder, Binaries binaries) {
        this.folder = folder.toAbsolutePath().normalize();
        this.binaries = binaries;
    }

    public Server server() {
        return new Server(binaries, folder.resolve("main"));
    }

    public Path archive() {
        return folder.resolve("archive");
    }

    /// How a service enters; there once [#database] was called for it.
    public Path url(ServiceRef service) {
        return url(folder, service);
    }

    /// Likewise, before there is a server.
    public static Path url(Path folder, ServiceRef service) {
        return folder.resolve("%s.%s.url".formatted(service.environment(), service.service()));
    }

    /// Starts it if it does not run, making it first if it is not there. One at a time, whoever asks.
    public void ensure() {
        locked(() -> {
            refuseWhileExchanged();
            if (!Files.exists(server().data().resolve("PG_VERSION"))) {
                create();
            }
            if (server().running().isEmpty()) {
                refuseWhileExchanged();
                start(server());
            }
            return true;
        });
    }

    /// Starts it again if it died; and if somebody stopped it who is not a run of ours, once it is needed. A run
    /// holds it stopped only in the middle of a swap, of which there is a note before the server goes.
    ///
    /// @param needed asked only of a server that `pg_ctl stop` ended, whose process file is gone: whoever did that
    ///     with nothing wanted of it may be about to move its files
    /// @return what had become of it, if it was started
    public Optional<String> revive(BooleanSupplier needed) {
        return whatBecameOfIt(needed).isEmpty()
                ? Optional.empty()
                : locked(() -> {
                    // Once more: somebody may have been at it while we waited.
                    var what = whatBecameOfIt(needed);
                    if (what.isPresent()) {
                        start(server());
                    }
                    return what;
                });
    }

    /// In this order: a swap begins on a server that runs, and writes its note before it stops it. So if there is no
    /// note after it was seen stopped, no swap can begin before it is started.
    private Optional<String> whatBecameOfIt(BooleanSupplier needed) {
        var server = server();
        if (server.running().isPresent()
                || FolderSwap.underway(server.data())
                || !Files.exists(server.data().resolve("PG_VERSION"))) {
            return Optional.empty();
        }
        if (Files.exists(server.data().resolve("postmaster.pid"))) {
            return Optional.of("had died");
        }
        return needed.getAsBoolean() ? Optional.of("had been stopped by somebody") : Optional.empty();
    }

    /// In the middle of a swap there may be no data folder, or one that is about to be renamed: whoever started a
    /// server on it, or made a new one, would come between the old data and the restored.
    private void refuseWhileExchanged() {
        if (FolderSwap.underway(server().data())) {
            throw new Forbidden("""
                    the embedded server in %s is being exchanged for a restored one, and that has not ended
                    it was not started
                    hint: carry on the rollback that does it (`lastgood resume`)""".formatted(folder));
        }
    }

    /// Stops it in good order, if it runs.
    public void stop() {
        if (Files.isDirectory(folder)) {
            locked(() -> {
                if (server().running().isPresent()) {
                    server().stop();
                }
                return true;
            });
        }
    }

    /// Where it is, if it runs, as its superuser.
    public Optional<Address> running() {
        return server().running().map(a -> a.as(ADMIN, new Address.Password(read("password"))));
    }

    /// The service's database, entered with all rights; made with a role for the service if it is not there.
    public Address database(ServiceRef service) {
        ensure();
        return locked(() -> {
            var name = name(service);
            var admin = running()
                    .orElseThrow(() -> new Forbidden("the embedded server in %s stopped at once".formatted(folder)));
            if (!Files.exists(url(service))) {
                var password = secret();
                setUp(new Sessions(admin, "lastgood"), name, password);
                write(url(service), "postgres://%s:%s@127.0.0.1:%d/%s\n".formatted(name, password, port(), name));
            }
            return admin.withDatabase(name);
        });
    }

    /// The role that owns nothing reads and writes what migrations make, and cannot change it: as it should be.
    private static void setUp(Sessions admin, String name, String password) {
        admin.in("make a database for " + name, SET_UP, session -> {
            try (var sql = session.createStatement()) {
                var role = sql.executeQuery("SELECT 1 FROM pg_roles WHERE rolname = '%s'".formatted(name));
                var verb = role.next() ? "ALTER" : "CREATE";
                sql.execute("%s ROLE \"%s\" LOGIN PASSWORD '%s'".formatted(verb, name, password));
                var database = sql.executeQuery("SELECT 1 FROM pg_database WHERE datname = '%s'".formatted(name));
                if (!database.next()) {
                    sql.execute("CREATE DATABASE \"%s\"".formatted(name));
                }
            }
            return true;
        });
        admin.on(name).change("give rights to " + name, SET_UP, session -> {
            try (var sql = session.createStatement()) {
                sql.execute("""
                        CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public;
                        CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA public;
                        ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO "%1$s";
                        ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO "%1$s";
                        ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO "%1$s";
                        REVOKE ALL ON DATABASE "%1$s" FROM PUBLIC;
                        GRANT CONNECT, TEMPORARY ON DATABASE "%1$s" TO "%1$s\"""".formatted(name));
            }
            return true;
        });
    }

    /// Names of services are labels: letters, digits and dashes, so nothing in it needs quoting.
    public static String name(ServiceRef service) {
        return "%s_%s".formatted(service.service(), service.environment()).replace('-', '_');
    }

    private void create() throws IOException {
        Files.createDirectories(archive());
        write(folder.resolve("password"), secret());
        write(folder.resolve("port"), Integer.toString(Server.freePort()));
        var data = server().data();
        if (Files.isDirectory(data)) {
            // Somebody died in the middle of making it; there was never a server on it.
            Files.move(data, data.resolveSibling("unfinished-" + secret().substring(0, 8)));
        }
        Server.createWithPassword(binaries, data, folder.resolve("password"));
    }

    /// What it is started with, beside its files.
    public Map<String, String> settings() {
        var settings = new HashMap<>(new FolderArchive(archive()).settings());
        settings.put("shared_preload_libraries", "pg_stat_statements");
        settings.put("pg_stat_statements.track", "all");
        settings.put("log_min_messages", "warning");
        return settings;
    }

    /// Starts what is there, on its port; for whoever has exchanged its files.
    /// If somebody else was faster, it is there.
    public Address start() {
        return locked(() -> running().orElseGet(() -> start(server())));
    }

    private Address start(Server server) {
        var address = server.start(port(), Server.Durability.SAFE, settings());
        return address.as(ADMIN, new Address.Password(read("password")));
    }

    /// As whom we enter.
    public Address admin() {
        return new Address("127.0.0.1", port(), ADMIN, ADMIN, new Address.Password(read("password")), Map.of());
    }

    private int port() {
        return Integer.parseInt(read("port"));
    }

    private String secret() {
        var bytes = new byte[24];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name), UTF_8).strip();
        } catch (IOException e) {
            throw new Forbidden("could not read %s of the embedded server: %s".formatted(name, e.getMessage()));
        }
    }

    private static void write(Path file, String text) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text, UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @FunctionalInterface
    private interface Locked<T> {
        T run() throws IOException;
    }

    private synchronized <T> T locked(Locked<T> work) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            try (var file = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = lock(file)) {
                return work.run();
            }
        } catch (NoSuchFileException e) {
            throw new Forbidden("the embedded server in %s lacks %s".formatted(folder, e.getMessage()));
        } catch (IOException e) {
            throw new Forbidden("could not keep an embedded server in %s: %s".formatted(folder, e.getMessage()));
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOCK_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while waiting for the embedded server", e);
        }
    }

    /// Another thread of this process may have it (the agent's runs and its rounds): for that, [FileChannel#lock]
    /// throws
    /// where it waits for another process.
    private FileLock lock(FileChannel file) throws IOException {
        for (var waited = Duration.ZERO; waited.compareTo(LOCKED_MAX) < 0; waited = waited.plus(LOCK_PAUSE)) {
            try {
                var lock = file.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException _) {
                // the same as null
            }
            pause();
        }
        throw new Unreachable(
                "somebody has been starting or stopping the embedded server in %s for %s; nothing was begun"
                        .formatted(folder, Words.duration(LOCKED_MAX)));
    }
}
