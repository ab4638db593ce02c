package lastgood.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import lastgood.cli.out.Streams;

/// The whole program in this process, as somebody at a laptop of that name starts it: arguments in, two streams and an
/// exit code out. Nobody sits at a terminal, so nothing is asked.
public final class CommandLine {

    /// Nothing in a test takes this long; a run that waits for ever has to fail the test and not the build.
    private static final long PATIENCE_SECONDS = 180;

    private final Map<String, String> variables;
    private final List<String> last;

    /// @param last words that end every line, such as `--config FILE`
    public CommandLine(String laptop, Map<String, String> variables, List<String> last) {
        this.variables = new TreeMap<>(variables);
        this.variables.put("HOSTNAME", laptop);
        this.last = List.copyOf(last);
    }

    /// What came of it.
    public record Said(List<String> words, int exit, String out, String err) {
        @Override
        public String toString() {
            return "lastgood %s -> %d%n%s%n%s".formatted(String.join(" ", words), exit, out, err);
        }
    }

    /// One that has not ended yet.
    public static final class Running {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final CompletableFuture<Said> end = new CompletableFuture<>();

        public String saidSoFar() {
            return out.toString(UTF_8) + err.toString(UTF_8);
        }

        public boolean isOver() {
            return end.isDone();
        }

        public Said end() {
            try {
                return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("it has not ended; so far it said:\n" + saidSoFar(), e);
            }
        }
    }

    public Said run(String... words) {
        return start(words).end();
    }

    public Running start(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(last);
        var running = new Running();
        var streams = new Streams(
                new BufferedReader(new StringReader("")),
                new PrintStream(running.out, true, UTF_8),
                new PrintStream(running.err, true, UTF_8),
                false,
                false,
                false,
                true,
                () -> 120);
        var _ = Thread.ofPlatform().name("lastgood " + words[0]).daemon().start(() -> {
            try {
                var exit = Main.run(new ThisMachine(variables, streams), all.toArray(String[]::new));
                running.end.complete(new Said(all, exit, running.out.toString(UTF_8), running.err.toString(UTF_8)));
            } catch (RuntimeException | Error e) {
                running.end.completeExceptionally(e);
            }
        });
        return running;
    }

    /// The words that start the program as a process of its own that dies, as if killed, right before or after the n-th
    /// change it makes.
    public static List<String> mortal(int change, String beforeOrAfter) {
        return List.of(
                java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java")
                        .toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HaltingMain.class.getName(),
                Integer.toString(change),
                beforeOrAfter);
    }
}
