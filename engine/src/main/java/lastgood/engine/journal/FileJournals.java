package lastgood.engine.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import lastgood.core.RunId;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Unreachable;

/// Journals as files, one a run: `RUNS/<run>/journal.jsonl`.
///
/// A line is eight hexadecimal digits (the length of what follows, in bytes), a space, the record, a line feed. It
/// counts once all of it is there; a shorter one at the very end is what a crash left behind, and the next
/// append takes its place. Anything wrong before the end is damage. An append holds a lock on the file, checks
/// that the journal has as many lines as the caller saw, writes, and forces to the disk before it answers: that is
/// the compare-and-swap, between threads and between processes.
public final class FileJournals implements JournalStore {

    private static final int PREFIX = 9;

    /// Another writer holds the lock for one forced write: milliseconds. This long means that it is stuck.
    private static final int LOCK_TRIES = 2_000;

    private static final long LOCK_TRY_EVERY_NANOS = 1_000_000;

    private final Path folder;
    private final ConcurrentHashMap<RunId, Known> known = new ConcurrentHashMap<>();
    private final ReentrantLock writing = new ReentrantLock();

    /// What this process has read of a file: so many lines in so many bytes. Lines are never changed, so it can
    /// only grow.
    private record Known(List<String> lines, long bytes) {}

    /// @param folder where runs are kept; made when the first journal is
    public FileJournals(Path folder) {
        this.folder = folder;
    }

    @Override
    public List<RunId> runs() {
        try (var entries = Files.list(folder)) {
            return entries.filter(p -> Files.exists(p.resolve("journal.jsonl")))
                    .map(p -> new RunId(p.getFileName().toString()))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new Unreachable("could not list the runs in %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    @Override
    public List<String> read(RunId run) {
        try (var channel = FileChannel.open(file(run), StandardOpenOption.READ)) {
            return catchUp(run, channel).lines();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new Unreachable("could not read %s: %s".formatted(file(run), e.getMessage()), e);
        }
    }

    @Override
    public boolean append(RunId run, int seen, String line) {
        writing.lock();
        try {
            var fresh = !Files.exists(file(run));
            if (fresh) {
                Files.createDirectories(file(run).getParent());
            }
            try (var channel = open(run);
                    var _ = lock(channel)) {
                var before = catchUp(run, channel);
                if (before.lines().size() != seen) {
                    return false;
                }
                write(run, channel, before, line);
                if (fresh) {
                    forceFolders(run);
                }
                return true;
            }
        } catch (IOException e) {
            throw new Forbidden(
                    "could not write the journal %s: %s\nwithout a record nothing is changed: production was not touched by this step\nhint: is the disk full, or the folder read-only? `lastgood resume %s` goes on from here afterwards"
                            .formatted(file(run), e.getMessage(), run));
        } finally {
            writing.unlock();
        }
    }

    private Path file(RunId run) {
        return folder.resolve(run.text()).resolve("journal.jsonl");
    }

    private FileChannel open(RunId run) throws IOException {
        return FileChannel.open(
                file(run), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        for (var i = 0; i < LOCK_TRIES; i++) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                // Another store object of this process has it: the lock is the process's, not the object's.
                LockSupport.parkNanos(LOCK_TRY_EVERY_NANOS);
            }
        }
        throw new IOException("the file stays locked by this process");
    }

    /// Reads on from where this process last stopped, up to the last whole line.
    private Known catchUp(RunId run, FileChannel channel) throws IOException {
        var before = known.getOrDefault(run, new Known(List.of(), 0));
        var size = channel.size();
        if (size < before.bytes()) {
            throw Damaged.journal(
                    run,
                    before.lines().size(),
                    "%s became shorter: %d bytes were there, %d are".formatted(file(run), before.bytes(), size));
        }
        if (size == before.bytes()) {
            return before;
        }
        var rest = ByteBuffer.allocate(Math.toIntExact(size - before.bytes()));
        while (rest.hasRemaining() && channel.read(rest, before.bytes() + rest.position()) >= 0) {}
        var lines = new ArrayList<>(before.lines());
        var used = parse(run, rest.array(), rest.position(), lines);
        var now = new Known(List.copyOf(lines), before.bytes() + used);
        known.put(run, now);
        return now;
    }

    /// Adds the whole lines; says how many bytes they take.
    private int parse(RunId run, byte[] bytes, int length, List<String> lines) {
        var at = 0;
        while (at < length) {
            var end = lineEnd(bytes, at, length);
            if (end < 0) {
                if (followedByALine(bytes, at, length)) {
                    throw Damaged.journal(
                            run, lines.size(), "what stands there in %s is no record".formatted(file(run)));
                }
                return at;
            }
            lines.add(new String(bytes, at + PREFIX, end - at - PREFIX, UTF_8));
            at = end + 1;
        }
        return at;
    }

    /// Where the line that starts there ends, or -1 if it is not all there.
    private static int lineEnd(byte[] bytes, int at, int length) {
        if (length - at <= PREFIX || bytes[at + PREFIX - 1] != ' ') {
            return -1;
        }
        try {
            var end = at + PREFIX + Integer.parseUnsignedInt(new String(bytes, at, PREFIX - 1, UTF_8), 16);
            return end > at && end < length && bytes[end] == '\n' ? end : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// A torn write is the last thing in the file. A whole line anywhere behind it means that the file was damaged
    /// later; even if the damage is to the line feed between the two.
    private static boolean followedByALine(byte[] bytes, int from, int length) {
        for (var i = from + 1; i < length - PREFIX; i++) {
            if (bytes[i + PREFIX] == '{' && lineEnd(bytes, i, length) > 0) {
                return true;
            }
        }
        return false;
    }

    private void write(RunId run, FileChannel channel, Known before, String line) throws IOException {
        var body = line.getBytes(UTF_8);
        var bytes = ByteBuffer.allocate(PREFIX + body.length + 1);
        bytes.put("%08x ".formatted(body.length).getBytes(UTF_8))
                .put(body)
                .put((byte) '\n')
                .flip();
        // A torn line from an earlier crash is longer than nothing: cut it, or its end would stay behind ours.
        if (channel.size() > before.bytes()) {
            channel.truncate(before.bytes());
        }
        var position = before.bytes();
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        channel.force(true);
        var lines = new ArrayList<>(before.lines());
        lines.add(line);
        known.put(run, new Known(List.copyOf(lines), position));
    }

    /// A new file survives power loss only when the folders that name it do.
    private void forceFolders(RunId run) {
        for (var path : List.of(folder.resolve(run.text()), folder)) {
            try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                throw new UncheckedIOException("could not force " + path, e);
            }
        }
    }

    /// The folder of a run, for whatever else is kept with it.
    public Path folder(RunId run) {
        var path = folder.resolve(run.text());
        try {
            Files.createDirectories(path);
        } catch (FileAlreadyExistsException e) {
            throw new Forbidden("%s is not a folder".formatted(path));
        } catch (IOException e) {
            throw new Forbidden("could not make %s: %s".formatted(path, e.getMessage()));
        }
        return path;
    }
}
