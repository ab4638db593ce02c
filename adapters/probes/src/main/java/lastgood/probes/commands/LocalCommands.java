package lastgood.probes.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import lastgood.core.Digest;
import lastgood.core.Redaction;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.Unreachable;

/// Runs the team's commands as processes on this machine, each key once, whoever of us dies meanwhile.
///
/// A process whose parent died leaves no exit code behind. So each command runs under a shell of one fixed line that
/// waits for it and writes down its end; the command itself is handed to it as a list of arguments and is never part
/// of a line. A second caller with the same key is told that end, or waits for it.
///
/// Where nobody can tell how it ended (the machine went down), nothing is run again: that is for a person, or for a
/// look at what the command was to change.
public final class LocalCommands implements TeamCommands {

    /// Its argument 0 is the file for the end; the rest is the command.
    private static final String RUNNER = "\"$@\"; code=$?; printf %s \"$code\" >\"$0.draft\" && mv \"$0.draft\" \"$0\"";

    /// A person reads them in a message.
    private static final int LINES_MAX = 10;

    /// Between the folder and the process; longer than this without one, and there will be none.
    private static final Duration START_WITHIN = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /// As `timeout` of coreutils says it.
    private static final int TOO_LONG = 124;

    private final Path state;
    private final Function<ServiceRef, Surroundings> services;

    /// @param state a folder of ours that outlives this process
    public LocalCommands(Path state, Function<ServiceRef, Surroundings> services) {
        this.state = state;
        this.services = services;
    }

    @Override
    public Ended run(
            ServiceRef service,
            String image,
            List<String> words,
            Map<String, String> extra,
            Duration limit,
            Fence fence) {
        var key = service + " " + fence.key();
        var record = new CommandRecord(state.resolve(Digest.of(key).brief()));
        var surroundings = services.apply(service);
        var what = "the command %s for %s".formatted(words.getFirst(), fence.key());
        try {
            if (record.begin(key)) {
                start(record, words, variables(surroundings, image, extra, fence), surroundings.folder());
            }
            return told(record, await(record, what, limit), surroundings, extra);
        } catch (IOException e) {
            throw new Unreachable("could not tell how %s ended: %s".formatted(what, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while %s ran; it goes on".formatted(what), e);
        }
    }

    private static Map<String, String> variables(
            Surroundings surroundings, String image, Map<String, String> extra, Fence fence) {
        var all = new TreeMap<>(surroundings.variables());
        all.putAll(extra);
        all.put("LASTGOOD_KEY", fence.key());
        all.put("LASTGOOD_RELEASE", image);
        return all;
    }

    private static void start(CommandRecord record, List<String> words, Map<String, String> variables, Path folder)
            throws IOException {
        var command =
                new ArrayList<>(List.of("/bin/sh", "-c", RUNNER, record.code().toString()));
        command.addAll(words);
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(record.output().toFile());
        builder.environment().putAll(variables);
        try {
            builder.start();
        } catch (IOException e) {
            record.neverStarted();
            throw new Forbidden("could not start %s in %s: %s; nothing was changed"
                    .formatted(words.getFirst(), folder, e.getMessage()));
        }
    }

    private static int await(CommandRecord record, String what, Duration limit)
            throws IOException, InterruptedException {
        var rounds = limit.dividedBy(PAUSE);
        var runner = Optional.<ProcessHandle>empty();
        var alone = 0;
        for (var round = 0L; round <= rounds; round++) {
            runner = runner.filter(ProcessHandle::isAlive).or(record::runner);
            alone = runner.isPresent() ? 0 : alone + 1;
            var ended = record.ended();
            if (ended.isPresent()) {
                return ended.get();
            }
            if (alone > START_WITHIN.dividedBy(PAUSE)) {
                throw new Unreachable(
                        "%s was ended from outside or with the machine: how far it came is not known; it is not run again\nhint: "
                                        .formatted(what)
                                + "if it changed nothing, remove %s".formatted(record.folder()));
            }
            Thread.sleep(PAUSE);
        }
        return end(record, limit);
    }

    /// The runner first, so that it writes no end of its own; then all that it started.
    private static int end(CommandRecord record, Duration limit) throws IOException {
        record.runner().ifPresent(process -> {
            var below = process.descendants().toList();
            process.destroyForcibly();
            below.forEach(ProcessHandle::destroyForcibly);
        });
        if (record.ended().isEmpty()) {
            record.ends(TOO_LONG);
            Files.writeString(
                    record.output(),
                    "%nstill running after %s, and ended for it%n".formatted(Words.duration(limit)),
                    StandardOpenOption.APPEND);
        }
        return record.ended().orElse(TOO_LONG);
    }

    private static Ended told(CommandRecord record, int code, Surroundings surroundings, Map<String, String> extra)
            throws IOException {
        var secrets = new ArrayList<>(surroundings.secrets());
        surroundings.variables().entrySet().stream()
                .filter(v -> Redaction.namesASecret(v.getKey()))
                .forEach(v -> secrets.add(v.getValue()));
        extra.entrySet().stream()
                .filter(v -> Redaction.namesASecret(v.getKey()))
                .forEach(v -> secrets.add(v.getValue()));
        var lines = new Redaction(secrets)
                .clean(record.tail())
                .lines()
                .filter(l -> !l.isBlank())
                .map(l -> l.replaceAll("\\p{Cntrl}", "?"))
                .toList();
        return new Ended(code, lines.subList(Math.max(0, lines.size() - LINES_MAX), lines.size()));
    }
}
