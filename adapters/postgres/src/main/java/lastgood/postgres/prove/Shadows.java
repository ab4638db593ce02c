package lastgood.postgres.prove;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Sessions;

/// Makes databases to try things on, which are thrown away: on a server of our own, made by copying a cluster that was
/// initialised once, or as a scratch database on a server that somebody named.
///
/// A scratch that a crash left behind is removed by the next one, by its name and age.
public final class Shadows {

    private static final String PREFIX = "lg_shadow_";
    private static final Duration MAKING = Duration.ofSeconds(60);

    /// No proof takes that long: an older scratch is nobody's any more.
    private static final Duration STALE = Duration.ofHours(1);

    private final Path cache;
    private final Optional<Sessions> given;
    private final InstantSource clock;

    /// @param cache folder for what is kept between proofs
    /// @param given a server on which scratch databases may be made, as somebody who may; empty: our own server
    public Shadows(Path cache, Optional<Sessions> given, InstantSource clock) {
        this.cache = cache;
        this.given = given;
        this.clock = clock;
    }

    /// Whether the whole server is thrown away with the database.
    boolean areOurs() {
        return given.isEmpty();
    }

    /// An empty database.
    ///
    /// @param sessions as its superuser, or as whoever was given
    /// @param what it is, for people
    public record Shadow(Sessions sessions, String what, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    /// @param major the version that is wanted; a server of our own of another version is named as such
    public Shadow open(int major) {
        return given.isPresent() ? scratch(given.get()) : own(major);
    }

    private Shadow scratch(Sessions server) {
        removeStale(server);
        var name = PREFIX + clock.instant().getEpochSecond() + "_"
                + UUID.randomUUID().toString().substring(0, 8);
        server.in(
                "make a scratch database",
                MAKING,
                s -> s.createStatement().execute("CREATE DATABASE " + Quoted.name(name) + " TEMPLATE template0"));
        return new Shadow(
                server.on(name),
                "scratch database %s on %s".formatted(name, server.address()),
                () -> drop(server, name));
    }

    private static void drop(Sessions server, String name) {
        server.in(
                "drop a scratch database",
                MAKING,
                s -> s.createStatement().execute("DROP DATABASE IF EXISTS " + Quoted.name(name) + " WITH (FORCE)"));
    }

    private void removeStale(Sessions server) {
        var stale = server.look("find old scratch databases", s -> {
            var names = new ArrayList<String>();
            try (var row = s.createStatement()
                    .executeQuery("SELECT datname FROM pg_database WHERE datname ~ '^lg_shadow_[0-9]+_'")) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            return names;
        });
        stale.stream().filter(this::isStale).forEach(n -> drop(server, n));
    }

    private boolean isStale(String name) {
        var seconds = Long.parseLong(name.substring(PREFIX.length(), name.indexOf('_', PREFIX.length())));
        return Instant.ofEpochSecond(seconds).plus(STALE).isBefore(clock.instant());
    }

    private Shadow own(int major) {
        var installed = Binaries.installed(major);
        var binaries = installed.orElseGet(() -> Binaries.ours(cache));
        var what = installed.isPresent() ? "installed PostgreSQL %d".formatted(major) : "embedded PostgreSQL 18";
        try {
            var folder = Files.createTempDirectory(Files.createDirectories(cache), "shadow-");
            var server = new Server(binaries, folder.resolve("data"));
            try {
                copy(initialised(binaries, installed.isPresent() ? major : 18), server.data());
                var sessions = new Sessions(
                        server.start(Server.Durability.FAST, Map.of("max_connections", "10", "shared_buffers", "16MB")),
                        "lastgood/shadow");
                return new Shadow(sessions, what, () -> {
                    server.running().ifPresent(_ -> server.crash());
                    delete(folder);
                });
            } catch (IOException | RuntimeException e) {
                delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new Forbidden("could not make a shadow database in %s: %s".formatted(cache, e.getMessage()));
        }
    }

    /// Copying takes a fraction of what initdb takes.
    private Path initialised(Binaries binaries, int major) throws IOException {
        var template = cache.resolve("initialised-" + major);
        if (Files.exists(template.resolve("PG_VERSION"))) {
            return template;
        }
        var fresh = Files.createTempDirectory(cache, "initialising-");
        Server.create(binaries, fresh.resolve("data"));
        try {
            Files.move(fresh.resolve("data"), template, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException _) {
            // Somebody else was first.
        }
        delete(fresh);
        return template;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (var path : (Iterable<Path>) paths::iterator) {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int major(Sessions sessions) {
        return sessions.look("ask for the version", s -> {
            try (var row =
                    s.createStatement().executeQuery("SELECT current_setting('server_version_num')::int / 10000")) {
                row.next();
                return row.getInt(1);
            }
        });
    }
}
