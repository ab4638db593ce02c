package lastgood.local.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.concurrent.ThreadLocalRandom;

/// Writes that are there as a whole or not at all, also after power loss: a temporary file, fsync, rename, fsync of
/// the folder. The order is the usual one; see "Files are hard" (danluu.com/file-consistency).
public final class Durable {

    private Durable() {}

    public static void write(Path file, byte[] content) throws IOException {
        write(file, content, "rw-------");
    }

    public static void write(Path file, byte[] content, String permissions) throws IOException {
        Files.createDirectories(parent(file));
        var draft = draft(file);
        try {
            try (var out = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                permit(draft, permissions);
                var bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            publish(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /// Gives a finished, synced draft its name.
    public static void publish(Path draft, Path file) throws IOException {
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(parent(file));
    }

    /// A name beside the file that nobody else uses.
    public static Path draft(Path file) {
        return file.resolveSibling(".%s.%016x"
                .formatted(file.getFileName(), ThreadLocalRandom.current().nextLong()));
    }

    public static void permit(Path file, String permissions) throws IOException {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        } catch (UnsupportedOperationException _) {
            // a file system without permissions has none to set
        }
    }

    public static void sync(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /// Makes a rename survive power loss. Some systems cannot open a folder; there the rename is all there is.
    public static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (System.getProperty("os.name", "").startsWith("Windows")) {
                return;
            }
            throw e;
        }
    }

    public static Path parent(Path file) {
        var parent = file.getParent();
        if (parent == null) {
            throw new IllegalStateException("no folder above " + file);
        }
        return parent;
    }

    /// Removes a folder with all that is in it; what is gone already is fine.
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
