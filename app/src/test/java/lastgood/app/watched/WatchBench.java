package lastgood.app.watched;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import lastgood.app.watched.UnattendedStory.Fault;
import lastgood.app.watched.UnattendedStory.Setting;

/// Prints how long users suffer until a watch that nobody looks after has taken a bad release back, and proved that
/// they
/// are well: `bench/watch [RATE [INTERVAL...]]`, with `agent` for no Prometheus at all.
final class WatchBench {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration CALM = Duration.ofSeconds(20);

    private WatchBench() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        var rate = args.length > 0 ? Integer.parseInt(args[0]) : 60;
        var sources = args.length > 1 ? List.of(args).subList(1, args.length) : List.of("agent", "1", "5", "15");
        System.out.printf("%d requests a second; seconds from the first one that the bad release failed%n", rate);
        System.out.printf(
                "%-10s %-16s %9s %7s %9s %10s %10s  %s%n",
                "counted", "fault", "suspected", "proved", "restored", "last fail", "recovered", "failed of sent");
        for (var source : sources) {
            for (var fault : Fault.values()) {
                var interval = source.equals("agent")
                        ? Optional.<Duration>empty()
                        : Optional.of(Duration.ofSeconds(Integer.parseInt(source)));
                one(source, new Setting(fault, interval, rate, CALM, PATIENCE));
            }
        }
    }

    private static void one(String source, Setting setting) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("lastgood-bench-watch");
        try (var story = new UnattendedStory(folder, setting)) {
            // Ctrl-C leaves nothing running
            Runtime.getRuntime().addShutdownHook(new Thread(story::close));
            var end = story.tell();
            System.out.printf(
                    "%-10s %-16s %9s %7s %9s %10s %10s  %d of %d%s%n",
                    source.equals("agent") ? source : "each %s s".formatted(source),
                    setting.fault().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    seconds(end.suspected()),
                    seconds(end.proved()),
                    seconds(end.restored()),
                    seconds(end.lastFailure()),
                    seconds(end.recovered()),
                    end.failed(),
                    end.sent(),
                    end.exit() == 0 ? "" : "  exit %d, see %s".formatted(end.exit(), folder));
            if (end.exit() != 0) {
                return;
            }
        }
        remove(folder);
    }

    private static String seconds(Optional<Duration> time) {
        return time.map(t -> String.format(Locale.ROOT, "%.1f", t.toMillis() / 1000.0))
                .orElse("-");
    }

    private static void remove(Path folder) throws IOException {
        var all = new ArrayList<Path>();
        try (var files = Files.walk(folder)) {
            files.forEach(all::add);
        }
        for (var file : all.reversed()) {
            Files.deleteIfExists(file);
        }
    }
}
