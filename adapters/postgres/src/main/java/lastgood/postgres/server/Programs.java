package lastgood.postgres.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lastgood.core.Words;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// Runs a program to its end: a list of arguments, never a shell line; output into a file, so that nothing that it
/// leaves behind can hold us up by keeping a pipe open.
public final class Programs {

    private Programs() {}

    /// @param code 0 = done
    /// @param output both streams
    public record Ended(int code, String output) {

        /// The last line that says something.
        public String lastLine() {
            return output.lines().filter(l -> !l.isBlank()).reduce("", (_, l) -> l.strip());
        }

        /// @throws Forbidden if it did not end with 0
        public Ended orRefuse(String doing) {
            if (code != 0) {
                throw new Forbidden("could not %s: %s".formatted(doing, lastLine()));
            }
            return this;
        }
    }

    public static Ended run(List<String> words, Map<String, String> variables, Duration limit) {
        try {
            var output = Files.createTempFile("lastgood-program", ".log");
            try {
                return run(words, variables, limit, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new Forbidden("could not start %s: %s".formatted(words.getFirst(), e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while %s ran".formatted(words.getFirst()), e);
        }
    }

    private static Ended run(List<String> words, Map<String, String> variables, Duration limit, Path output)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(variables);
        var process = builder.start();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Unreachable("%s still ran after %s and was ended"
                        .formatted(Path.of(words.getFirst()).getFileName(), Words.duration(limit)));
            }
            return new Ended(process.exitValue(), Files.readString(output, UTF_8));
        } finally {
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    /// PostgreSQL refuses to run as root. As root, it gets a user namespace of its own, in which it is somebody else
    /// and the files are still root's.
    public static List<String> unprivileged(List<String> words) {
        if (!isRoot()) {
            return words;
        }
        var all = new ArrayList<>(List.of("unshare", "--user", "--map-user=1000"));
        all.addAll(words);
        return all;
    }

    /// By the process itself: `user.name` is a word that anybody may set.
    public static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException _) {
            return "root".equals(System.getProperty("user.name"));
        }
    }
}
