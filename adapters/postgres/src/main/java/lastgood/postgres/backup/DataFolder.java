package lastgood.postgres.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.engine.port.Forbidden;

/// Copies a server's data folder, file by file, while files come and go; what to leave out is what PostgreSQL's own
/// base backup leaves out.
final class DataFolder {

    private static final int CHUNK = 1 << 20;

    /// Their folders must be there, what is in them must not.
    private static final Set<String> EMPTIED = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final Set<String> LEFT_OUT = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "backup_manifest",
            "backup_label",
            "tablespace_map",
            "recovery.signal",
            "standby.signal",
            "pg_internal.init",
            "current_logfiles");

    private static final String CONTROL = "global/pg_control";

    private DataFolder() {}

    /// @return what was copied; `pg_control` is the last, as PostgreSQL wants it
    static Manifest copy(Path from, Path to) {
        var manifest = Manifest.empty();
        try {
            Files.createDirectories(to);
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes about) throws IOException {
                    var name = from.relativize(folder).toString();
                    if (folder.getFileName().toString().startsWith("pgsql_tmp")) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    Files.createDirectories(to.resolve(name));
                    if (!EMPTIED.contains(name)) {
                        return FileVisitResult.CONTINUE;
                    }
                    if ("pg_wal".equals(name)) {
                        Files.createDirectories(to.resolve(name).resolve("archive_status"));
                    }
                    return FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes about) throws IOException {
                    var name = from.relativize(file).toString();
                    if (about.isRegularFile() && !CONTROL.equals(name) && !leftOut(file)) {
                        copyIfThere(file, name);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                private void copyIfThere(Path file, String name) throws IOException {
                    try {
                        manifest.add(name, copyFile(file, to.resolve(name)));
                    } catch (NoSuchFileException _) {
                        // Dropped meanwhile: the log between start and stop says so too.
                        Files.deleteIfExists(to.resolve(name));
                    }
                }
            });
            manifest.add(CONTROL, copyControl(from.resolve(CONTROL), to.resolve(CONTROL)));
            return manifest;
        } catch (IOException e) {
            throw new Forbidden("could not copy the server's files from %s: %s".formatted(from, e));
        }
    }

    private static boolean leftOut(Path file) {
        var name = file.getFileName().toString();
        return LEFT_OUT.contains(name) || name.startsWith("pgsql_tmp");
    }

    /// It may be written while we read it: two reads that agree are one state.
    private static Manifest.Entry copyControl(Path from, Path to) throws IOException {
        for (var attempt = 0; attempt < 10; attempt++) {
            var seen = Files.readAllBytes(from);
            if (Arrays.equals(seen, Files.readAllBytes(from))) {
                Files.write(to, seen);
                return new Manifest.Entry(seen.length, hex(Digest.of(seen)));
            }
        }
        throw new IOException("pg_control was never the same twice");
    }

    static Manifest.Entry write(Path file, String text) throws IOException {
        var bytes = text.getBytes(UTF_8);
        Files.write(file, bytes);
        return new Manifest.Entry(bytes.length, hex(Digest.of(bytes)));
    }

    /// Copies and checksums in one reading.
    static Manifest.Entry copyFile(Path from, Path to) throws IOException {
        try (var in = Files.newInputStream(from);
                var out = FileChannel.open(
                        to,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            return pass(in, out);
        }
    }

    static Manifest.Entry read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return pass(in, null);
        }
    }

    private static Manifest.Entry pass(InputStream in, @org.jspecify.annotations.Nullable FileChannel out)
            throws IOException {
        var sha256 = Digest.sha256();
        var chunk = new byte[CHUNK];
        var bytes = 0L;
        for (var read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            sha256.update(chunk, 0, read);
            bytes += read;
            if (out != null) {
                var buffer = ByteBuffer.wrap(chunk, 0, read);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
            }
        }
        return new Manifest.Entry(bytes, HexFormat.of().formatHex(sha256.digest()));
    }

    private static String hex(Digest digest) {
        return digest.text().substring("sha256:".length());
    }

    /// Makes a data folder of a copy: whole, and with the rights that the server insists on.
    static void restore(Path from, Path to) {
        try (var all = Files.walk(from)) {
            for (var each : (Iterable<Path>) all::iterator) {
                var target = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(each, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new Forbidden("could not copy the backup to %s: %s".formatted(to, e));
        }
    }
}
