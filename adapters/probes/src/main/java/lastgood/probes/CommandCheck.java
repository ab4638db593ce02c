package lastgood.probes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lastgood.core.Places;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;

/// The team's own test, as a command: its end with 0 is the pass. It is a list of arguments, never a shell line.
final class CommandCheck {

    /// Enough for the last lines of any test runner.
    private static final long END_BYTES = 8192;

    private static final int REASON_MAX = 200;

    private CommandCheck() {}

    /// @param words the program and its arguments, not empty
    /// @param limit longer than this, and it has hung
    /// @param folder where it runs: the configuration's folder
    static CheckResult ask(Check check, List<String> words, Duration limit, Path folder, Map<String, String> places) {
        var command = words.stream().map(w -> Places.fill(w, places)).toList();
        try {
            return run(check, command, limit, folder);
        } catch (IOException e) {
            return CheckResult.unknown(check, "could not start %s: %s".formatted(command.getFirst(), e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return CheckResult.unknown(check, "interrupted");
        }
    }

    private static CheckResult run(Check check, List<String> command, Duration limit, Path folder)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("lastgood-check", ".log");
        try {
            return run(check, command, limit, folder, output);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static CheckResult run(Check check, List<String> command, Duration limit, Path folder, Path output)
            throws IOException, InterruptedException {
        var since = System.nanoTime();
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            var source = String.join(" ", command);
            var within = Words.duration(limit);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return CheckResult.fail(check, "still running after " + within, "ends within " + within, source);
            }
            var took = Words.duration(Duration.ofNanos(System.nanoTime() - since));
            return process.exitValue() == 0
                    ? CheckResult.pass(check, "ended with 0 after " + took, "ends with 0", source)
                    : CheckResult.fail(
                            check,
                            "ended with %d: %s".formatted(process.exitValue(), reason(output)),
                            "ends with 0",
                            source);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /// The line that most likely says why: the last one that is not part of a stack trace.
    private static String reason(Path output) throws IOException {
        var lines = end(output).lines().filter(l -> !l.isBlank()).toList().reversed();
        var line = lines.stream()
                .filter(l -> !Character.isWhitespace(l.charAt(0)))
                .findFirst()
                .orElse(lines.isEmpty() ? "" : lines.getFirst());
        var shown = line.strip().replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= REASON_MAX ? shown : shown.substring(0, REASON_MAX) + "...";
    }

    private static String end(Path output) throws IOException {
        try (var file = new RandomAccessFile(output.toFile(), "r")) {
            var bytes = new byte[(int) Math.min(END_BYTES, file.length())];
            file.seek(file.length() - bytes.length);
            file.readFully(bytes);
            return new String(bytes, UTF_8);
        }
    }
}
