package lastgood.local.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// The end of a log, however long it is.
public final class LogTail {

    private static final int REASON_MAX = 200;

    private LogTail() {}

    public static String text(Path log, int bytesMax) throws IOException {
        try (var channel = FileChannel.open(log, StandardOpenOption.READ)) {
            var size = channel.size();
            var from = Math.max(0, size - bytesMax);
            var bytes = ByteBuffer.allocate((int) (size - from));
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
                // until it is full
            }
            var text = new String(bytes.array(), 0, bytes.position(), UTF_8);
            var firstWhole = from == 0 ? 0 : text.indexOf('\n') + 1;
            return text.substring(firstWhole);
        }
    }

    /// The line that most likely says why a process ended: the last one that is not part of a stack trace.
    static String reason(Path log) {
        try {
            var lines = text(log, 8192).lines().filter(l -> !l.isBlank()).toList();
            return shorten(lines.reversed().stream()
                    .filter(l -> !Character.isWhitespace(l.charAt(0)))
                    .findFirst()
                    .orElse(last(lines)));
        } catch (IOException _) {
            return "";
        }
    }

    private static String last(List<String> lines) {
        return lines.isEmpty() ? "" : lines.getLast();
    }

    private static String shorten(String line) {
        var shown = line.strip().replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= REASON_MAX ? shown : shown.substring(0, REASON_MAX) + "...";
    }
}
