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
        return since(log, 0, bytesMax);
    }

    /// What was written after the log was that long, or the end of it if that is too much.
    public static String since(Path log, long bytes, int bytesMax) throws IOException {
        try (var channel = FileChannel.open(log, StandardOpenOption.READ)) {
            var size = channel.size();
            var start = bytes > size ? 0 : bytes; // it was cut since
            var from = Math.max(start, size - bytesMax);
            var content = ByteBuffer.allocate((int) (size - from));
            while (content.hasRemaining() && channel.read(content, from + content.position()) >= 0) {
                // until it is full
            }
            var text = new String(content.array(), 0, content.position(), UTF_8);
            return from == start ? text : text.substring(text.indexOf('\n') + 1);
        }
    }

    /// The last that was written before the log was that long; nothing if it was cut since.
    public static String until(Path log, long bytes, int bytesMax) throws IOException {
        try (var channel = FileChannel.open(log, StandardOpenOption.READ)) {
            if (bytes > channel.size()) {
                return "";
            }
            var from = Math.max(0, bytes - bytesMax);
            var content = ByteBuffer.allocate((int) (bytes - from));
            while (content.hasRemaining() && channel.read(content, from + content.position()) >= 0) {
                // until it is full
            }
            return new String(content.array(), 0, content.position(), UTF_8);
        }
    }

    /// The line that most likely says why a process ended: the last one that is not part of a stack trace.
    public static String reason(Path log) {
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
