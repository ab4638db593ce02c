package lastgood.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.RunId;
import lastgood.engine.port.Drivers;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.process.ProcessId;
import org.jspecify.annotations.Nullable;

/// Who carries a run on: a file with a process and the time it was last heard of. A process that is gone counts for
/// nothing at once; one that lives but is silent (stopped, stuck) loses its turn after [#SILENT_MAX].
public final class FileDrivers implements Drivers {

    /// Long enough for a slow disk, short enough that a frozen owner does not hold a rollback up.
    static final Duration SILENT_MAX = Duration.ofSeconds(5);

    private final DataFolder data;
    private final InstantSource clock;
    private final ProcessId self;
    private final String host = host();
    private final Map<RunId, Waiting> waiting = new ConcurrentHashMap<>();

    /// The file's content.
    ///
    /// @param at in milliseconds since 1970
    /// @param waiting what it waited for last; absent = nothing yet
    record Beat(
            long pid,
            String start,
            String host,
            long at,
            @Nullable Waiting waiting) {}

    public FileDrivers(Path data, InstantSource clock) {
        this(data, clock, ProcessId.current());
    }

    FileDrivers(Path data, InstantSource clock, ProcessId self) {
        this.data = new DataFolder(data);
        this.clock = clock;
        this.self = self;
    }

    @Override
    public void beat(RunId run) {
        try {
            Durable.write(
                    data.driver(run),
                    Json.bytes(new Beat(self.pid(), self.start(), host, clock.millis(), waiting.get(run))));
        } catch (IOException e) {
            throw Failures.unreachable("could not say that this process drives " + run, e);
        }
    }

    @Override
    public void waits(RunId run, Waiting now) {
        waiting.put(run, now);
    }

    @Override
    public Optional<Waiting> waiting(RunId run) {
        try {
            return read(run).filter(this::isAlive).map(Beat::waiting);
        } catch (IOException e) {
            throw Failures.unreachable("could not read what %s waits for".formatted(run), e);
        }
    }

    @Override
    public void leave(RunId run) {
        waiting.remove(run);
        try {
            if (read(run).filter(this::isMine).isPresent()) {
                Files.deleteIfExists(data.driver(run));
            }
        } catch (IOException e) {
            throw Failures.unreachable("could not say that this process no longer drives " + run, e);
        }
    }

    private boolean isMine(Beat beat) {
        return beat.pid() == self.pid()
                && beat.start().equals(self.start())
                && beat.host().equals(host);
    }

    @Override
    public Optional<String> alive(RunId run) {
        try {
            return read(run).filter(this::isAlive).map(b -> "process %d on %s".formatted(b.pid(), b.host()));
        } catch (IOException e) {
            throw Failures.unreachable("could not read who drives " + run, e);
        }
    }

    private boolean isAlive(Beat beat) {
        var silent = Duration.between(Instant.ofEpochMilli(beat.at()), clock.instant());
        // of another machine we only know what it says
        var there = !beat.host().equals(host) || new ProcessId(beat.pid(), beat.start()).alive();
        return there && silent.abs().compareTo(SILENT_MAX) < 0;
    }

    private Optional<Beat> read(RunId run) throws IOException {
        try {
            return Optional.of(Json.read(Files.readAllBytes(data.driver(run)), Beat.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "localhost";
        }
    }
}
