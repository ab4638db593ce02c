package lastgood.local.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.local.agent.LogTail;
import lastgood.local.files.Failures;
import lastgood.local.store.Places;

/// The team's own test, as a command: its end with 0 is the pass. It is a list of arguments, never a shell line.
public final class CommandCheck {

    private CommandCheck() {}

    /// @param words the program and its arguments, not empty
    /// @param limit longer than this, and it has hung
    /// @param folder where it runs: the configuration's folder
    public static CheckResult ask(
            Check check, List<String> words, Duration limit, Path folder, Map<String, String> places) {
        var command = words.stream().map(w -> Places.fill(w, places)).toList();
        try {
            return run(check, command, limit, folder);
        } catch (IOException e) {
            return CheckResult.unknown(
                    check, "could not start %s: %s".formatted(command.getFirst(), Failures.reason(e)));
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
                            "ended with %d: %s".formatted(process.exitValue(), LogTail.reason(output)),
                            "ends with 0",
                            source);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
