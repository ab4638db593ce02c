package lastgood.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Ends everything the demo has started, and looks whether it is gone.
final class Cleanup {

    private static final Duration GONE_WITHIN = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Commands commands;
    private final Path data;

    Cleanup(Commands commands, Path data) {
        this.commands = commands;
        this.data = data;
    }

    /// Asks the agent to end with all that it runs; what is not gone then is killed.
    ///
    /// @return processes that are still there, for a person
    List<String> run() throws IOException, InterruptedException {
        var ours = processes();
        commands.endAll();
        if (Files.isDirectory(data)) {
            try {
                var _ = commands.run(Stage.ONCALL, List.of("agent", "stop"));
            } catch (StoryFailed e) {
                // Then by force, below.
            }
        }
        for (var process : ours) {
            if (!gone(process)) {
                var _ = process.destroyForcibly();
            }
        }
        return ours.stream()
                .filter(p -> !gone(p))
                .map(p -> "process %d".formatted(p.pid()))
                .toList();
    }

    /// The agent, its keeper and its instances, by what the agent has written down.
    private List<ProcessHandle> processes() {
        var agent = data.resolve("agent");
        return Stream.of(agent.resolve("pid"), agent.resolve("keeper"), agent.resolve("pids"))
                .flatMap(Cleanup::numbers)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .toList();
    }

    /// Each line begins with one: `4711 123456` or `4711@...`.
    private static Stream<Long> numbers(Path file) {
        try {
            return Files.readString(file, US_ASCII).lines().flatMap(l -> number(l).stream()).toList().stream();
        } catch (IOException e) {
            return Stream.of();
        }
    }

    private static Optional<Long> number(String line) {
        var digits = line.split("[^0-9]", 2)[0];
        return digits.isEmpty() || digits.length() > 10 ? Optional.empty() : Optional.of(Long.valueOf(digits));
    }

    private static boolean gone(ProcessHandle process) {
        var deadline = System.nanoTime() + GONE_WITHIN.toNanos();
        while (process.isAlive() && !isZombie(process.pid())) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /// It is dead, and only waits for whoever adopted it.
    private static boolean isZombie(long pid) {
        try {
            var stat = Files.readString(
                    Path.of("/proc/%d/stat".formatted(pid)), java.nio.charset.StandardCharsets.ISO_8859_1);
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    // ---- demos that were left running

    static final String PREFIX = "lastgood-demo-";

    /// Folders of this user's demos that were left running on purpose.
    static List<Path> kept(Path temporary) throws IOException {
        var kept = new ArrayList<Path>();
        try (var folders = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (var folder : folders) {
                if (isKept(folder) && isMine(folder)) {
                    kept.add(folder);
                }
            }
        }
        return kept;
    }

    static boolean isKept(Path folder) {
        try {
            return Files.readString(folder.resolve(Stage.MARKER)).equals(Stage.KEPT);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isMine(Path folder) throws IOException {
        return Files.getOwner(folder).getName().equals(System.getProperty("user.name", ""));
    }
}
