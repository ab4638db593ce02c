package lastgood.local.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.local.CheckRules;
import lastgood.local.agent.LogTail;
import lastgood.local.files.Failures;
import lastgood.local.store.Places;

/// The team's own test, as a command: its end with 0 is the pass. It is a list of arguments, never a shell line.
public final class Smoke {

    private Smoke() {}

    /// @param folder where it runs: the configuration's folder
    public static CheckResult ask(CheckRules rules, Path folder, Map<String, String> places) {
        if (rules.smoke().isEmpty()) {
            return CheckResult.unknown(Check.SMOKE, "not configured");
        }
        List<String> command =
                rules.smoke().stream().map(w -> Places.fill(w, places)).toList();
        try {
            return run(rules, folder, command);
        } catch (IOException e) {
            return CheckResult.unknown(
                    Check.SMOKE, "could not start %s: %s".formatted(command.getFirst(), Failures.reason(e)));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return CheckResult.unknown(Check.SMOKE, "interrupted");
        }
    }

    private static CheckResult run(CheckRules rules, Path folder, List<String> command)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("lastgood-smoke", ".log");
        var since = System.nanoTime();
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            var source = String.join(" ", command);
            var within = Words.duration(rules.smokeWithin());
            if (!process.waitFor(rules.smokeWithin().toMillis(), TimeUnit.MILLISECONDS)) {
                return CheckResult.fail(Check.SMOKE, "still running after " + within, "ends within " + within, source);
            }
            var took = Words.duration(java.time.Duration.ofNanos(System.nanoTime() - since));
            return process.exitValue() == 0
                    ? CheckResult.pass(Check.SMOKE, "ended with 0 after " + took, "ends with 0", source)
                    : CheckResult.fail(
                            Check.SMOKE,
                            "ended with %d: %s".formatted(process.exitValue(), LogTail.reason(output)),
                            "ends with 0",
                            source);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.deleteIfExists(output);
        }
    }
}
