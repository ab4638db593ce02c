package lastgood.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Types commands: each is a process of its own, as if a person had typed it in the folder of the demo.
final class Commands implements AutoCloseable {

    /// Far longer than any of them takes, so that a demo that hangs ends.
    private static final Duration WITHIN = Duration.ofSeconds(90);

    private static final String OURS = "LASTGOOD_";

    private final List<String> program;
    private final Path folder;
    private final Map<String, String> variables;
    private final Reaper reaper;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    /// @param program the words that start lastgood, `java` first
    /// @param variables set for each of them, besides what this process has
    Commands(List<String> program, Path folder, Map<String, String> variables) throws IOException {
        this.program = List.copyOf(program);
        this.folder = folder;
        this.variables = Map.copyOf(variables);
        this.reaper = new Reaper();
    }

    /// A command that was started.
    ///
    /// @param out what it has said so far on stdout
    record Running(
            Process process, CopyOnWriteArrayList<String> out, CopyOnWriteArrayList<String> talk, List<Thread> ears) {

        Ended await() throws InterruptedException, StoryFailed {
            if (!process.waitFor(WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                var _ = process.destroyForcibly();
                throw new StoryFailed("a command did not end within %d s".formatted(WITHIN.toSeconds()));
            }
            for (var ear : ears) {
                ear.join();
            }
            return new Ended(process.exitValue(), List.copyOf(out), List.copyOf(talk));
        }
    }

    /// @param talk what it said on stderr
    record Ended(int exit, List<String> out, List<String> talk) {
        /// @throws StoryFailed with its last words, unless it ended as told
        Ended expect(int wanted, String what) throws StoryFailed {
            if (exit == wanted) {
                return this;
            }
            var words = new ArrayList<String>(out);
            words.addAll(talk);
            throw new StoryFailed("%s ended with %d instead of %d:\n%s"
                    .formatted(
                            what,
                            exit,
                            wanted,
                            String.join("\n", words.subList(Math.max(0, words.size() - 12), words.size()))));
        }
    }

    Ended run(String who, List<String> words) throws IOException, InterruptedException, StoryFailed {
        return start(who, words, _ -> {}).await();
    }

    /// @param who types it
    /// @param listener hears each line of its talk at once
    Running start(String who, List<String> words, Consumer<String> listener) throws IOException {
        var command = new ArrayList<String>();
        command.add(program.getFirst());
        command.addAll(List.of("-Duser.name=" + who, "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
        command.addAll(program.subList(1, program.size()));
        command.addAll(words);
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        // settings of the person who looks must not change what is shown
        builder.environment().keySet().removeIf(name -> name.startsWith(OURS));
        builder.environment().remove("CLICOLOR_FORCE");
        builder.environment().putAll(variables);
        var process = builder.start();
        running.add(process);
        reaper.watch(process);
        var _ = process.onExit().thenAccept(this::ended);
        var out = new CopyOnWriteArrayList<String>();
        var talk = new CopyOnWriteArrayList<String>();
        return new Running(
                process,
                out,
                talk,
                List.of(ear(process.getInputStream(), out::add), ear(process.getErrorStream(), line -> {
                    talk.add(line);
                    listener.accept(line);
                })));
    }

    private void ended(Process process) {
        running.remove(process);
        try {
            reaper.forget(process);
        } catch (IOException e) {
            // The reaper is gone already: the demo is ending.
        }
    }

    private static Thread ear(InputStream in, Consumer<String> listener) {
        return Thread.ofVirtual().start(() -> {
            try (var lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
                lines.lines().forEach(listener);
            } catch (IOException | java.io.UncheckedIOException e) {
                // It was killed while it spoke.
            }
        });
    }

    /// Ends whatever is still running.
    void endAll() {
        for (var process : running) {
            var _ = process.destroyForcibly();
        }
        for (var process : running) {
            process.onExit().join();
        }
    }

    @Override
    public void close() throws IOException {
        endAll();
        reaper.close();
    }
}
