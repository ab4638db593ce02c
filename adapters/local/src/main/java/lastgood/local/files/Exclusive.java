package lastgood.local.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import lastgood.engine.port.Unreachable;

/// A file that one holder in one process holds at a time; the kernel gives it up when the process dies.
///
/// POSIX drops *all* locks a process has on a file as soon as it closes *any* descriptor of that file (fcntl(2)). So
/// a second thread must not even open a file that a first one holds: the gates below see to that. They are the only
/// static state in this module, because the rule they answer to is one of the whole process.
public final class Exclusive implements AutoCloseable {

    private static final ConcurrentHashMap<Path, Semaphore> GATES = new ConcurrentHashMap<>();

    /// Between two tries. Holders write a few kilobytes, so the next try mostly succeeds.
    private static final Duration TRY_AGAIN = Duration.ofMillis(5);

    private final FileChannel channel;
    private final Semaphore gate;

    private Exclusive(FileChannel channel, Semaphore gate) {
        this.channel = channel;
        this.gate = gate;
    }

    /// Waits for the file that long, and then says who is in the way.
    public static Exclusive take(Path file, Duration within) {
        var deadline = System.nanoTime() + within.toNanos();
        try {
            while (true) {
                var taken = tryTake(file);
                if (taken.isPresent()) {
                    return taken.get();
                }
                if (System.nanoTime() > deadline) {
                    throw new Unreachable("another process has held %s for %s; nothing was changed"
                            .formatted(file, lastgood.core.Words.duration(within)));
                }
                Thread.sleep(TRY_AGAIN);
            }
        } catch (IOException e) {
            throw Failures.forbidden("could not lock " + file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while waiting for " + file, e);
        }
    }

    /// Takes the file if nobody holds it.
    public static Optional<Exclusive> tryTake(Path file) throws IOException {
        Files.createDirectories(Durable.parent(file));
        var gate = GATES.computeIfAbsent(real(file), _ -> new Semaphore(1));
        if (!gate.tryAcquire()) {
            return Optional.empty();
        }
        var held = Optional.<Exclusive>empty();
        try {
            held = lock(file, gate);
            return held;
        } finally {
            if (held.isEmpty()) {
                gate.release();
            }
        }
    }

    private static Optional<Exclusive> lock(Path file, Semaphore gate) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new Exclusive(channel, gate));
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    private static Path real(Path file) throws IOException {
        return Durable.parent(file.toAbsolutePath()).toRealPath().resolve(file.getFileName());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // the lock goes with the descriptor, and the descriptor is gone either way
        } finally {
            gate.release();
        }
    }
}
