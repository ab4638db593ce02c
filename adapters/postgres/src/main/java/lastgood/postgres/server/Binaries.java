package lastgood.postgres.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import lastgood.engine.port.Forbidden;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// PostgreSQL's programs in one folder: those that came with us, or those that somebody installed.
///
/// Ours are a server without tools: `initdb`, `pg_ctl`, `postgres` and the extensions, but no `pg_dump` and no
/// `pg_basebackup`.
///
/// @param bin the folder with `postgres` in it
public record Binaries(Path bin) {

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    /// Part of the folder's name, so that another version unpacks anew.
    private static final String VERSION = "18.1.0";

    /// Where distributions put them, newest version first.
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    /// Those that came with us, unpacked once into a folder that is kept.
    ///
    /// @param cache may be shared by any number of processes
    /// @throws Forbidden on a machine that they are not made for
    public static Binaries ours(Path cache) {
        var home = cache.resolve("postgresql-" + VERSION);
        try {
            if (!Files.isExecutable(home.resolve("bin/postgres"))) {
                unpack(home);
            }
            return new Binaries(home.resolve("bin"));
        } catch (IOException e) {
            throw new Forbidden("could not unpack the embedded PostgreSQL into %s: %s".formatted(home, e.getMessage()));
        }
    }

    /// Those of that major version that are installed here.
    public static Optional<Binaries> installed(int major) {
        return Optional.of(DEBIAN.resolve(Integer.toString(major)).resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                .map(Binaries::new);
    }

    /// The newest that is installed here.
    public static Optional<Binaries> installed() {
        try (var versions = Files.list(DEBIAN)) {
            return versions.map(v -> v.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.comparing(bin -> major(bin)))
                    .map(Binaries::new);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static int major(Path bin) {
        var name = bin.getName(bin.getNameCount() - 2).toString();
        return name.chars().allMatch(Character::isDigit) ? Integer.parseInt(name) : 0;
    }

    public Path program(String name) {
        var program = bin.resolve(name);
        if (!Files.isExecutable(program)) {
            throw new Forbidden(
                    "there is no %s in %s\nhint: install PostgreSQL's client and server programs".formatted(name, bin));
        }
        return program;
    }

    public boolean has(String name) {
        return Files.isExecutable(bin.resolve(name));
    }

    private static void unpack(Path home) throws IOException {
        try (var archive = Binaries.class.getResourceAsStream(ARCHIVE)) {
            if (archive == null) {
                throw new IOException("this build holds none for %s on %s; only Linux on x86_64 has one"
                        .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
            }
            Files.createDirectories(home.getParent());
            var fresh = Files.createTempDirectory(home.getParent(), "unpacking-");
            try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    var path = fresh.resolve(entry.getName()).normalize();
                    if (!path.startsWith(fresh)) {
                        throw new IOException("an entry leads out of the folder: " + entry.getName());
                    }
                    if (entry.isDirectory()) {
                        Files.createDirectories(path);
                    } else if (entry.isSymbolicLink()) {
                        Files.createDirectories(path.getParent());
                        Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                    } else {
                        Files.createDirectories(path.getParent());
                        Files.copy(tar, path);
                        Files.setPosixFilePermissions(
                                path,
                                PosixFilePermissions.fromString(
                                        (entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
                    }
                }
            }
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            publish(fresh, home);
        }
    }

    /// Two processes may unpack at the same time: the first one to be done wins.
    private static void publish(Path fresh, Path home) throws IOException {
        try {
            Files.move(fresh, home);
        } catch (FileAlreadyExistsException
                | AtomicMoveNotSupportedException
                | java.nio.file.DirectoryNotEmptyException _) {
            delete(fresh);
        }
    }

    static void delete(Path folder) throws IOException {
        List<Path> all;
        try (var paths = Files.walk(folder)) {
            all = paths.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (var path : all) {
            Files.deleteIfExists(path);
        }
    }
}
