package lastgood.probes.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/// What is written down about one command, in a folder of its own: who runs it, what it wrote, how it ended. The
/// folder's making is the permission to start: of two who try, one finds it there.
///
/// @param folder named after the key
record CommandRecord(Path folder) {

    /// Enough for the last lines of any tool.
    private static final int TAIL_BYTES = 16 * 1024;

    /// @param pid of the process that waits for the command and writes down its end
    /// @param started by that process's own clock, so that another one with the same number is not taken for it
    record Runner(long pid, Instant started, String words) {

        /// One that has ended and that nobody has asked for its end has no program any more.
        Optional<ProcessHandle> alive() {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(p -> p.info().command().isPresent())
                    .filter(p -> p.info().startInstant().map(started::equals).orElse(false));
        }
    }

    Path output() {
        return folder.resolve("output");
    }

    Path code() {
        return folder.resolve("code");
    }

    private Path started() {
        return folder.resolve("started");
    }

    /// @return false if it is there already
    boolean begin(String words) throws IOException {
        Files.createDirectories(folder.getParent());
        try {
            Files.createDirectory(folder);
        } catch (java.nio.file.FileAlreadyExistsException _) {
            return false;
        }
        write(folder.resolve("words"), words);
        sync(folder.getParent());
        return true;
    }

    void runs(Runner runner) throws IOException {
        var properties = new Properties();
        properties.setProperty("pid", Long.toString(runner.pid()));
        properties.setProperty("started", runner.started().toString());
        properties.setProperty("words", runner.words());
        var text = new StringWriter();
        properties.store(text, null);
        write(started(), text.toString());
    }

    Optional<Runner> runner() throws IOException {
        if (!Files.exists(started())) {
            return Optional.empty();
        }
        var properties = new Properties();
        properties.load(new StringReader(Files.readString(started(), UTF_8)));
        return Optional.of(new Runner(
                Long.parseLong(properties.getProperty("pid")),
                Instant.parse(properties.getProperty("started")),
                properties.getProperty("words")));
    }

    /// How it ended, if it did.
    Optional<Integer> ended() throws IOException {
        return Files.exists(code())
                ? Optional.of(Integer.parseInt(Files.readString(code(), UTF_8).strip()))
                : Optional.empty();
    }

    /// For an end that nobody else writes down.
    void ends(int code) throws IOException {
        write(code(), Integer.toString(code));
    }

    void neverStarted() throws IOException {
        Files.deleteIfExists(folder.resolve("words"));
        Files.deleteIfExists(output());
        Files.deleteIfExists(folder);
    }

    String tail() throws IOException {
        if (!Files.exists(output())) {
            return "";
        }
        try (var file = new RandomAccessFile(output().toFile(), "r")) {
            var bytes = new byte[(int) Math.min(TAIL_BYTES, file.length())];
            file.seek(file.length() - bytes.length);
            file.readFully(bytes);
            return new String(bytes, UTF_8);
        }
    }

    /// Whole or not at all, also after power loss.
    private static void write(Path file, String text) throws IOException {
        var draft = file.resolveSibling(file.getFileName() + ".draft");
        try (var out = FileChannel.open(
                draft,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(file.getParent());
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
