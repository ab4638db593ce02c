package lastgood.local.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A file of lines that is only ever appended to. A last line without its end was torn by a crash: nobody was told
/// that it is there, so it is not, and the next append takes its place.
public final class LineFile {

    private final Path file;

    public LineFile(Path file) {
        this.file = file;
    }

    public List<String> read() throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            return List.of();
        }
        var end = wholeLines(content);
        return end == 0 ? List.of() : List.of(new String(content, 0, end - 1, UTF_8).split("\n", -1));
    }

    /// Writes one line and returns when it survives power loss. The caller holds the lock.
    public void append(String line) throws IOException {
        if (line.indexOf('\n') >= 0) {
            throw new IllegalStateException("a line has no line ends in it");
        }
        Files.createDirectories(Durable.parent(file));
        var fresh = !Files.exists(file);
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var end = endOfLastLine(channel);
            channel.truncate(end);
            channel.position(end);
            var bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        if (fresh) {
            Durable.syncFolder(Durable.parent(file));
        }
    }

    private static long endOfLastLine(FileChannel channel) throws IOException {
        var one = ByteBuffer.allocate(1);
        for (var at = channel.size(); at > 0; at--) {
            one.clear();
            channel.read(one, at - 1);
            if (one.get(0) == '\n') {
                return at;
            }
        }
        return 0;
    }

    private static int wholeLines(byte[] content) {
        for (var at = content.length; at > 0; at--) {
            if (content[at - 1] == '\n') {
                return at;
            }
        }
        return 0;
    }
}
