package lastgood.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Words;
import lastgood.demo.Narrator.Look;
import org.jspecify.annotations.Nullable;

/// `lastgood demo`. Whatever happens in the story, afterwards nothing runs any more, unless it was asked for.
public final class Demo {

    /// As everywhere in lastgood: done and proved, usage, not recovered, rejected, not possible here, interrupted.
    private static final int DONE = 0;

    private static final int USAGE = 2;
    private static final int REJECTED = 4;
    private static final int NOT_RECOVERED = 5;
    private static final int NOT_POSSIBLE = 8;
    private static final int INTERRUPTED = 130;

    private final Program program;
    private final Terminal terminal;
    private final InstantSource clock;
    private final Thread stage = Thread.currentThread();
    private volatile boolean interrupted;
    private volatile boolean closing;

    /// Made by the thread that plays it.
    public Demo(Program program, Terminal terminal, InstantSource clock) {
        this.program = program;
        this.terminal = terminal;
        this.clock = clock;
    }

    /// Somebody pressed Ctrl-C: the story ends, and everything is put away.
    public void interrupt() {
        if (!closing) {
            interrupted = true;
            stage.interrupt();
        }
    }

    // ---- playing

    public int play(Options options) {
        if (options.ask() && !terminal.asks()) {
            return refuse(USAGE, "--ask needs a terminal to ask on");
        }
        try {
            var folder = folder(options);
            return folder.isEmpty()
                    ? refuse(USAGE, "%s is not empty; nothing was started".formatted(options.data()))
                    : play(options, folder.get());
        } catch (IOException e) {
            return refuse(NOT_POSSIBLE, "the demo cannot be set up: %s; nothing was started".formatted(e));
        }
    }

    private static Optional<Path> folder(Options options) throws IOException {
        if (options.data() == null) {
            return Optional.of(Files.createTempDirectory(Cleanup.PREFIX).toRealPath());
        }
        Files.createDirectories(options.data());
        try (var there = Files.list(options.data())) {
            return there.findAny().isPresent()
                    ? Optional.empty()
                    : Optional.of(options.data().toRealPath());
        }
    }

    private int play(Options options, Path folder) throws IOException {
        var began = clock.instant();
        var set = Stage.set(folder, options.scenario(), program.command().getFirst(), options.keep());
        var tell = new Narrator(terminal, options.json(), () -> Duration.between(began, clock.instant()));
        try (var commands = commands(folder, options.keep())) {
            intro(tell, options);
            var code = story(options, set, commands, tell, began);
            closing = true;
            var _ = Thread.interrupted();
            tell.still();
            if (options.keep() && code == DONE) {
                keep(tell, set);
            } else {
                putAway(tell, options, set, commands, code);
            }
            return code;
        }
    }

    private Commands commands(Path folder, boolean keep) throws IOException {
        return new Commands(
                program.command(), folder, keep ? Map.of() : Map.of(program.untilVariable(), program.self()));
    }

    private static void intro(Narrator tell, Options options) {
        tell.title("lastgood demo: a release goes wrong and is put right");
        tell.bare(Look.PLAIN, "");
        tell.bare(
                Look.PLAIN,
                "Scenario %s: %s."
                        .formatted(options.scenario(), options.scenario().words()));
        tell.bare(
                Look.PLAIN,
                "Real processes, real HTTP, real load, a real kill, all on this machine. Ctrl-C ends all of it.");
        tell.bare(
                Look.PLAIN,
                "Shortened: the bake, after which a release counts as good, is %s, and the watch after a rollback, %s (30 minutes each, usually)."
                        .formatted(Words.duration(Stage.BAKE), Words.duration(Stage.WATCH)));
        tell.bare(
                Look.PLAIN,
                options.ask()
                        ? "%s is on call and types; you are %s, the platform lead, who approves."
                                .formatted(Stage.ONCALL, Stage.LEAD)
                        : "%s is on call and types, %s is the platform lead and approves; the demo plays both. Seed %d."
                                .formatted(Stage.ONCALL, Stage.LEAD, options.seed()));
    }

    private int story(Options options, Stage set, Commands commands, Narrator tell, Instant began) {
        try (var story = new Story(program, options, set, commands, tell, clock)) {
            try {
                var ending = story.tell();
                ending.load().close();
                tell.still();
                new Closing(tell, set, story.findings(), ending)
                        .tell(options.scenario().emergency() ? 6 : 7, began);
                var code = ending.recovered() ? DONE : NOT_RECOVERED;
                report(options, story.findings(), ending, began, code);
                if (!ending.recovered()) {
                    tell.say(Look.BAD, "✖ FAIL users are not proved to be well");
                }
                return code;
            } catch (Story.Rejected e) {
                tell.say(Look.WARN, String.valueOf(e.getMessage()));
                return failed(options, story, began, REJECTED, String.valueOf(e.getMessage()));
            } catch (StoryFailed | IOException | InterruptedException | RuntimeException e) {
                tell.hush();
                tell.still();
                if (interrupted) { // whatever it was that broke off
                    tell.say(Look.WARN, "interrupted; putting everything away");
                    return failed(options, story, began, INTERRUPTED, "interrupted");
                }
                terminal.err().println("the demo could not go on: " + e.getMessage());
                return failed(options, story, began, NOT_RECOVERED, String.valueOf(e.getMessage()));
            }
        }
    }

    private int failed(Options options, Story story, Instant began, int code, String why) {
        story.findings().values().put("why", why);
        report(options, story.findings(), null, began, code);
        return code;
    }

    private void report(Options options, Findings found, Story.@Nullable Ending ending, Instant began, int code) {
        if (!options.json()) {
            return;
        }
        var values = found.values()
                .put("scenario", options.scenario().word())
                .put("seed", options.seed())
                .put("recovered", code == DONE)
                .put("exit", code)
                .put("storyMillis", Duration.between(began, clock.instant()).toMillis())
                .put("bakeMillis", Stage.BAKE.toMillis())
                .put("watchMillis", Stage.WATCH.toMillis());
        if (ending != null) {
            var totals = ending.load().tape().totals();
            var users = values.putObject("users")
                    .put("sent", totals.sent())
                    .put("ok", totals.ok())
                    .put("failed", totals.failed());
            var by = users.putObject("failedBy");
            ending.load().tape().failedBy().forEach((who, n) -> by.put(who.isEmpty() ? "nobody" : who, n));
            var seconds = users.putArray("failedPercentBySecond");
            ending.load().tape().seconds().forEach(s -> seconds.add(Math.round(s.failedPercent() * 10) / 10.0));
        }
        try {
            terminal.out()
                    .println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(found.json(began)));
            terminal.out().flush();
        } catch (IOException e) {
            throw new IllegalStateException("numbers and texts can always be written", e);
        }
    }

    // ---- the end

    private void putAway(Narrator tell, Options options, Stage set, Commands commands, int code) throws IOException {
        List<String> left;
        try {
            left = new Cleanup(commands, set.data()).run();
        } catch (InterruptedException e) {
            left = List.of("unknown: interrupted while stopping");
        }
        if (!left.isEmpty()) {
            terminal.err().println("still running, please look: " + String.join(", ", left));
        }
        var remove = options.data() == null && (code == DONE || code == INTERRUPTED || code == REJECTED);
        if (remove) {
            Stage.remove(set.folder());
        }
        tell.bare(Look.PLAIN, "");
        tell.say(
                left.isEmpty() ? Look.GOOD : Look.BAD,
                "%s   %s"
                        .formatted(
                                left.isEmpty() ? "✔ ok everything is stopped" : "✖ something still runs",
                                remove
                                        ? "the folder is removed (--keep leaves it all running)"
                                        : "the folder stays: " + set.folder()));
        if (!remove && options.json()) {
            terminal.err().println("the folder stays: " + set.folder());
        }
    }

    private void keep(Narrator tell, Stage set) {
        var lastgood = program.launcher();
        tell.bare(Look.PLAIN, "");
        tell.say(Look.GOOD, "it goes on running at %s, without users now. Try:".formatted(set.url()));
        tell.whole("cd '%s'".formatted(set.folder()));
        tell.whole("%s status -e demo".formatted(lastgood));
        tell.whole("%s history -e demo".formatted(lastgood));
        tell.whole("%s drill inject --error-rate 10 --for 30s -e demo --confirm %s".formatted(lastgood, Stage.SERVICE));
        tell.whole("%s demo --stop --data '%s'".formatted(lastgood, set.folder()));
        tell.more("The last one ends it and removes the folder.");
    }

    /// Ends demos that were left running.
    ///
    /// @param data one of them; null: all of this user's
    public int stop(@Nullable Path data) {
        try {
            var folders = data == null
                    ? Cleanup.kept(Path.of(System.getProperty("java.io.tmpdir")))
                    : List.of(data.toRealPath());
            for (var folder : folders) {
                if (!Cleanup.isKept(folder)) {
                    return refuse(USAGE, "%s is no demo that was left running".formatted(folder));
                }
                stopOne(folder);
            }
            if (folders.isEmpty()) {
                terminal.out().println("no demo was left running");
            }
            return DONE;
        } catch (IOException e) {
            return refuse(NOT_POSSIBLE, "could not stop it: %s".formatted(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        }
    }

    private void stopOne(Path folder) throws IOException, InterruptedException {
        try (var commands = new Commands(program.command(), folder, Map.of())) {
            var left = new Cleanup(commands, folder.resolve("data")).run();
            if (!left.isEmpty()) {
                throw new IOException("still running: " + String.join(", ", left));
            }
        }
        Stage.remove(folder);
        terminal.out().println("stopped and removed: " + folder);
    }

    private int refuse(int code, String why) {
        terminal.err().println(why);
        return code;
    }
}
