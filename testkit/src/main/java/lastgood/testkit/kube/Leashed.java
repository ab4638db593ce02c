package lastgood.testkit.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A child process that cannot outlive this JVM, however the JVM ends: a shell holds the read end of a pipe whose
/// write end is ours alone, and the kernel closes ours even after `kill -9`. A shutdown hook does not run then, and an
/// etcd left behind by a CI job that was killed is found weeks later.
///
/// Ending a child and losing it are the same thing on purpose: the path that matters in an accident runs in each test.
final class Leashed implements AutoCloseable {

    /// The watcher is a subshell of builtins only, so ending it leaves no grandchild behind.
    private static final String RUN = """
            exec 3<&0 </dev/null
            "$@" 3<&- &
            child=$!
            ( while read -r _ <&3; do :; done; kill -9 $child ) 2>/dev/null &
            watcher=$!
            exec 3<&-
            wait $child
            code=$?
            kill $watcher
            exit $code
            """;

    /// Tries again because whoever writes into the folder is being ended at the same moment.
    private static final String SWEEP = """
            while read -r _; do :; done
            for _ in 1 2 3 4 5 6 7 8 9 10; do
              sleep 0.1
              rm -rf -- "$1" && sleep 0.1 && [ ! -e "$1" ] && exit 0
            done
            exit 1
            """;

    private final String name;
    private final Path log;
    private final Process shell;

    private Leashed(String name, Path log, Process shell) {
        this.name = name;
        this.log = log;
        this.shell = shell;
    }

    /// Runs a program with its output in `log`.
    static Leashed run(String name, Path log, List<String> command) {
        return start(name, log, RUN, command);
    }

    /// Deletes the folder when it is closed or this JVM has ended.
    static Leashed sweep(Path folder) {
        return start("sweep", Path.of("/dev/null"), SWEEP, List.of(folder.toString()));
    }

    private static Leashed start(String name, Path log, String script, List<String> arguments) {
        var command = new ArrayList<>(List.of("/bin/sh", "-c", script, name));
        command.addAll(arguments);
        try {
            var shell = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new Leashed(name, log, shell);
        } catch (IOException e) {
            throw new UncheckedIOException("could not start " + name, e);
        }
    }

    /// Throws, with the end of its log, if the process is no longer there.
    void mustRun() {
        if (!shell.isAlive()) {
            throw new IllegalStateException(
                    "%s ended with %d; its last words:\n%s".formatted(name, shell.exitValue(), lastWords()));
        }
    }

    String lastWords() {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /// The program itself and the shell that holds the leash.
    List<ProcessHandle> processes() {
        var all = new ArrayList<>(shell.descendants().toList());
        all.add(shell.toHandle());
        return all;
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
