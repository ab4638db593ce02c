package lastgood.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import lastgood.cli.Agent;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.config.ConfigLoader;
import lastgood.config.Effective;
import lastgood.config.Loaded;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.local.LocalAgent;

/// The agent of a data folder on this machine.
final class LocalAgentControl implements Agent {

    /// A JVM, its lock and its instances; a slow disk takes seconds.
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);

    /// Draining, SIGTERM and SIGKILL of all instances.
    private static final Duration STOPS_WITHIN = Duration.ofMinutes(2);

    private final Path config;
    private final Path data;
    private final ThisMachine machine;

    LocalAgentControl(Path config, Path data, ThisMachine machine) {
        this.config = config.toAbsolutePath().normalize();
        this.data = data.toAbsolutePath().normalize();
        this.machine = machine;
    }

    @Override
    public Optional<String> alive() {
        return LocalAgent.find(data).map(i -> "process %d".formatted(i.pid()));
    }

    @Override
    public void start() {
        try {
            databases().ensure(kept());
            LocalAgent.startDetached(data, command(), STARTS_WITHIN);
        } catch (Unreachable | Forbidden e) {
            var lines = String.valueOf(e.getMessage()).lines().toList();
            throw new Failure(
                    Exit.UNREACHABLE,
                    "the agent could not be started: %s".formatted(lines.getFirst()),
                    lines.subList(1, lines.size()).stream()
                            .filter(l -> !l.startsWith("hint: "))
                            .toList(),
                    Failure.NOTHING_CHANGED,
                    lines.stream()
                            .filter(l -> l.startsWith("hint: "))
                            .findFirst()
                            .map(l -> l.substring("hint: ".length()))
                            .orElse("`lastgood agent run` in the foreground shows why"));
        }
    }

    private List<String> command() {
        var command = new ArrayList<>(Launch.words());
        command.addAll(List.of("agent", "run", "--config", config.toString(), "--data", data.toString()));
        return command;
    }

    @Override
    public boolean stop() {
        var stopped = LocalAgent.stop(data, STOPS_WITHIN);
        // An agent that was killed could not do it.
        databases().stop();
        return stopped;
    }

    @Override
    public void run() {
        databases().ensure(kept());
        var rounds = new Rounds(config, data, machine);
        Thread.ofPlatform().name("rounds").daemon().start(rounds::walk);
        Thread.ofPlatform().name("database").daemon().start(rounds::keepDatabase);
        LocalAgent.runUntilStopped(new LocalAgent.Options(data, command(), ""), () -> {
            rounds.leave();
            databases().stop();
        });
    }

    private EmbeddedDatabases databases() {
        return new EmbeddedDatabases(data, machine.variables());
    }

    private Collection<Effective> kept() {
        return switch (new ConfigLoader().load(config)) {
            case Loaded.Ok(var catalog) ->
                LocalParts.kept(catalog, data, machine.variables()).values();
            case Loaded.Invalid _ -> List.of();
        };
    }
}
