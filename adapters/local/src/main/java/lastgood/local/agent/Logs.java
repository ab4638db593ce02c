package lastgood.local.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import lastgood.core.ServiceRef;
import lastgood.local.files.DataFolder;

/// Keeps logs from filling the disk. A process goes on writing to the file it was given, so a log that has grown too
/// large is copied aside and cut to nothing; what it writes in the instant between is lost.
final class Logs {

    static final long BYTES_MAX = 10L << 20;

    /// Of instances that are gone: enough to read what the last rollouts left.
    private static final int OLD_MAX = 30;

    private Logs() {}

    static void cut(Path log, long bytesMax) throws IOException {
        try {
            if (Files.size(log) <= bytesMax) {
                return;
            }
        } catch (NoSuchFileException _) {
            return;
        }
        Files.copy(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        try (var channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    static void prune(DataFolder data, ServiceRef service, Set<Path> inUse) throws IOException {
        if (!Files.isDirectory(data.logs(service))) {
            return;
        }
        try (var files = Files.list(data.logs(service))) {
            var used = new TreeSet<>(inUse);
            List<Path> old = files.filter(f -> !used.contains(f))
                    .sorted(Comparator.comparingLong(Logs::modified).reversed())
                    .toList();
            for (var file : old.subList(Math.min(OLD_MAX, old.size()), old.size())) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException _) {
            return 0;
        }
    }
}
