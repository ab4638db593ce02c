package lastgood.signals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// A small file that is there as a whole or not at all: a draft, fsync, rename. Written by one process at a time, of
/// which the kernel lets go when it dies; anybody may read it meanwhile.
final class StateFile {

    /// The form of the file. A later lastgood may write another number, which this one refuses.
    private static final int FORM = 1;

    /// What is taken is bounded far below this; a larger file is not ours.
    private static final long BYTES_MAX = 32L << 20;

    private final Path file;

    StateFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /// Something that reads the state, and may write it.
    interface Work<T> {
        T with(Optional<JsonNode> state) throws IOException;
    }

    Optional<JsonNode> read() {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException("it is larger than %d bytes".formatted(BYTES_MAX));
            }
            var tree = Fields.JSON.readTree(Files.readAllBytes(file));
            if (tree.path("v").asInt() != FORM) {
                throw new IOException("it is of another form");
            }
            return Optional.of(tree);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Unreachable(
                    "%s cannot be read: %s\nhint: move it away, and what still holds is sent again"
                            .formatted(file, reason(e)),
                    e);
        }
    }

    /// Alone, until the work is done. Within this process the caller sees to it.
    <T> T alone(Work<T> work) {
        try {
            Files.createDirectories(folder());
            try (var lock = FileChannel.open(
                            file.resolveSibling(file.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var _ = lock.lock()) {
                return work.with(read());
            }
        } catch (IOException e) {
            throw new Forbidden("could not write %s: %s; nothing was changed".formatted(file, reason(e)));
        }
    }

    void write(Map<String, Object> state) throws IOException {
        var whole = new TreeMap<>(state);
        whole.put("v", FORM);
        var draft = file.resolveSibling(file.getFileName() + ".draft");
        try (var out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ownerOnly(draft);
            var bytes = ByteBuffer.wrap(Fields.JSON.writeValueAsBytes(whole));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var folder = FileChannel.open(folder(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private Path folder() {
        return file.resolveSibling(".").normalize();
    }

    private static void ownerOnly(Path file) throws IOException {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (UnsupportedOperationException _) {
            // a file system without permissions has none to narrow
        }
    }

    /// What is in the file may be anything, so it is not repeated.
    private static String reason(IOException e) {
        return e instanceof com.fasterxml.jackson.core.JsonProcessingException
                ? "it is no JSON"
                : e.getClass().getSimpleName() + " " + e.getMessage();
    }
}
