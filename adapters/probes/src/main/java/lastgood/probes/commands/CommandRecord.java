package lastgood.probes.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What is written down about one command, in a folder of its own: what it wrote, and how it ended. The folder's
/// making is the permission to start: of two who try, one finds it there.
///
/// @param folder named after the key
record CommandRecord(Path folder) {

    /// Enough for the last lines of any tool.
    private static final int TAIL_BYTES = 16 * 1024;

    /// The process that waits for the command and writes down its end, if it still runs. It is known by the
    /// name of the file for the end, which stands in its arguments: that is there from its first moment,
    /// whoever died meanwhile, and no other process has it. One that has ended and that nobody has asked for
    /// its end has no arguments any more.
    Optional<ProcessHandle> runner() {
        var name = code().toString();
        return ProcessHandle.allProcesses()
                .filter(p ->
                        p.info().arguments().map(a -> List.of(a).contains(name)).orElse(false))
                .findFirst();
    }

    Path output() {
        return folder.resolve("output");
    }

    Path code() {
        return folder.resolve("code");
    }

    /// @return false if it is there already
    boolean begin(String words) throws IOException {
        Files.createDirectories(above(folder));
        try {
            Files.createDirectory(folder);
        } catch (java.nio.file.FileAlreadyExistsException _) {
            return false;
        }
        write(folder.resolve("words"), words);
        sync(above(folder));
        return true;
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

    /// A record is never at the root of a disk.
    private static Path above(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }

    /// Whole or not at all, also after power loss.
    private static void write(Path file, String text) throws IOException {
        var draft = file.resolveSibling(file.getFileName() + ".draft");
        try (var out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(above(file));
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
