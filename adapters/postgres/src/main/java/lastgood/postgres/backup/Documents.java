package lastgood.postgres.backup;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import lastgood.engine.port.Forbidden;

/// Small JSON files that are there in full or not at all, also after a power failure.
public final class Documents {

    /// Fields of a later version are none of ours.
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Documents() {}

    public static void write(Path file, Object content) {
        var fresh = file.resolveSibling(file.getFileName() + ".new-"
                + ProcessHandle.current().pid() + "-" + Thread.currentThread().threadId());
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            try (var channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                var bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(content));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder(file.toAbsolutePath().resolveSibling(""));
        } catch (IOException e) {
            throw new Forbidden("could not write %s: %s".formatted(file, e.getMessage()));
        }
    }

    /// Whether it can be read and is no document of this kind, as one with a flipped byte may be.
    public static boolean isGarbled(Path file, Class<?> type) {
        try {
            JSON.readValue(Files.readAllBytes(file), type);
            return false;
        } catch (com.fasterxml.jackson.core.JsonProcessingException _) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// @throws Forbidden if it is there and cannot be read: that is not the same as not there
    public static <T> Optional<T> read(Path file, Class<T> type) {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), type));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Forbidden("could not read %s: %s".formatted(file, e.getMessage()));
        }
    }

    public static com.fasterxml.jackson.databind.JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new Forbidden("an answer is not JSON: " + e.getMessage());
        }
    }

    /// A new name lasts only when its folder is on disk.
    public static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
