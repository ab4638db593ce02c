package lastgood.postgres.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;

/// A lock that ends with its process, however that ends: so whoever finds it free knows that nobody is at work. (A
/// process id in a file would be given to somebody else one day.)
public record Exclusively(Path file) {

    /// @throws WorldMoved if somebody else is at it
    public <T> T run(String what, Supplier<T> work) {
        try (var channel = open();
                var lock = lock(channel, false)) {
            if (lock == null) {
                throw new WorldMoved(
                        "%s: another process or thread is doing that already; nothing was begun".formatted(what));
            }
            return work.get();
        } catch (IOException e) {
            throw new Forbidden("could not lock %s: %s".formatted(file, e.getMessage()));
        }
    }

    public boolean taken() {
        if (!Files.exists(file)) {
            return false;
        }
        try (var channel = open();
                var lock = lock(channel, true)) {
            return lock == null;
        } catch (IOException e) {
            throw new Forbidden("could not look at the lock %s: %s".formatted(file, e.getMessage()));
        }
    }

    private FileChannel open() throws IOException {
        Files.createDirectories(file.getParent());
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static @org.jspecify.annotations.Nullable FileLock lock(FileChannel channel, boolean shared)
            throws IOException {
        // Whoever only looks holds a shared lock for an instant: that is no reason to give up.
        for (var attempt = 0; ; attempt++) {
            var lock = tried(channel, shared);
            if (lock.isPresent() || shared || attempt == 20) {
                return lock.orElse(null);
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
    }

    private static Optional<FileLock> tried(FileChannel channel, boolean shared) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock(0, Long.MAX_VALUE, shared));
        } catch (OverlappingFileLockException _) {
            return Optional.empty();
        }
    }
}
