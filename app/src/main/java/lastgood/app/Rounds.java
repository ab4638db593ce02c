package lastgood.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.cli.Session;
import lastgood.config.Catalog;
import lastgood.config.ConfigLoader;
import lastgood.config.Effective;
import lastgood.config.Loaded;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.engine.Bake;
import lastgood.engine.Caretaker;
import lastgood.engine.Engine;
import lastgood.engine.Progress;
import lastgood.engine.Runs;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.local.LocalAgent;
import org.jspecify.annotations.Nullable;

/// What the agent does besides keeping services up: carries on runs that nobody drives any more, judges releases
/// after their bake, and takes notice when the configuration changes. Whatever it has to say goes to the agent's log.
final class Rounds {

    private static final Duration EVERY = Duration.ofSeconds(1);

    /// A bake takes minutes; asking the checklist each second would be load of our own. A short bake is looked at as
    /// often as it needs to end on time.
    private static final Duration JUDGE_EVERY_MAX = Duration.ofSeconds(15);

    private static final int LOOKS_IN_A_BAKE = 4;

    private final Path config;
    private final Path data;
    private final ThisMachine machine;
    private final Map<ServiceRef, Session> sessions = new HashMap<>();

    /// Those that want the embedded server, as last read; for the thread that looks after it.
    private volatile List<Session> withDatabase = List.of();

    private volatile boolean leaving;
    private FileTime read = FileTime.fromMillis(0);
    private final Map<ServiceRef, Instant> judged = new HashMap<>();
    private String lastTrouble = "";

    Rounds(Path config, Path data, ThisMachine machine) {
        this.config = config;
        this.data = data;
        this.machine = machine;
    }

    /// Until the process ends.
    void walk() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (LocalAgent.find(data).isPresent()) {
                    round();
                }
                machine.time().pause(EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                // One round that went wrong must not be the last one; the same trouble is said once.
                trouble("a round went wrong: " + e);
            }
        }
    }

    /// Until the process ends, on a thread of its own: the other one may be in the middle of a run that waits for the
    /// very server that died.
    void keepDatabase() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                reviveDatabase();
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// From now on the embedded server stays as it is: whoever ends the agent stops it.
    void leave() {
        leaving = true;
    }

    private void round() throws InterruptedException {
        readConfig();
        carryOn();
        sessions.values().stream().filter(this::isDue).forEach(this::judge);
    }

    private void reviveDatabase() {
        try {
            if (!leaving && !withDatabase.isEmpty() && LocalAgent.find(data).isPresent()) {
                new EmbeddedDatabases(data, machine.variables())
                        .server()
                        .revive(this::isDatabaseNeeded)
                        .ifPresent(what -> log("the embedded database %s and was started again".formatted(what)));
            }
        } catch (RuntimeException e) {
            // As with a round: the next attempt may succeed, and the same trouble is said once.
            trouble("the embedded database could not be started again: " + e);
        }
    }

    /// By an instance that is wanted, or by a run that has not ended: it may have stopped the instances itself.
    private boolean isDatabaseNeeded() {
        return !leaving
                && withDatabase.stream()
                        .anyMatch(s -> wantsInstances(s)
                                || s.runs().active(s.service()).isPresent());
    }

    private static boolean wantsInstances(Session session) {
        var workloads = session.ports().workloads();
        return Stream.concat(
                        session.strategy().workloads().stream()
                                .flatMap(name -> workloads.find(new Workload(session.service(), name)).stream()),
                        workloads.companions(session.service()).stream())
                .anyMatch(w -> w.wanted() > 0);
    }

    private boolean isDue(Session session) {
        var share = session.effective().policy().bake().dividedBy(LOOKS_IN_A_BAKE);
        var every = share.compareTo(JUDGE_EVERY_MAX) < 0 ? share : JUDGE_EVERY_MAX;
        var last = judged.getOrDefault(session.service(), Instant.EPOCH);
        return last.plus(every).isBefore(machine.time().now());
    }

    // ---- configuration

    private void readConfig() {
        var changed = changed();
        if (changed.isEmpty() || changed.get().equals(read)) {
            return;
        }
        read = changed.get();
        switch (new ConfigLoader().load(config)) {
            case Loaded.Ok(var catalog) -> use(catalog);
            case Loaded.Invalid invalid -> log("going on with what was read before: " + invalid.text());
        }
    }

    private Optional<FileTime> changed() {
        try {
            return Optional.of(Files.getLastModifiedTime(config));
        } catch (IOException e) {
            trouble("could not look at %s: %s; going on with what was read before".formatted(config, e.getMessage()));
            return Optional.empty();
        }
    }

    private void use(Catalog catalog) {
        sessions.clear();
        var parts = LocalParts.of(catalog, data, machine.variables(), machine.time());
        for (var service : parts.services().keySet()) {
            effective(catalog, service).ifPresent(e -> sessions.put(service, machine.open(catalog, e)));
        }
        withDatabase = sessions.values().stream()
                .filter(s -> EmbeddedDatabases.isWanted(s.effective()))
                .toList();
        parts.services().forEach((service, definition) -> {
            try {
                parts.client().apply(service, definition);
            } catch (Forbidden | Unreachable | WorldMoved e) {
                log("%s: %s".formatted(service, e.getMessage()));
            }
        });
        log("read %s: %s".formatted(config, sessions.keySet().stream().sorted().toList()));
    }

    private Optional<Effective> effective(Catalog catalog, ServiceRef service) {
        return LocalParts.effective(catalog, service.environment(), service.service(), data, machine.variables());
    }

    // ---- runs and bakes

    private void carryOn() throws InterruptedException {
        var any = sessions.values().stream().findAny();
        if (any.isPresent()) {
            var ports = any.get().ports();
            var caretaker = new Caretaker(
                    new Runs(ports.journals(), ports.drivers()), this::engine, machine.time(), Rounds::log);
            var _ = caretaker.tick();
        }
    }

    private Engine engine(ServiceRef service) {
        @Nullable Session session = sessions.get(service);
        if (session == null) {
            throw new Forbidden("the configuration %s no longer knows %s".formatted(config, service));
        }
        return session.engine(Progress.NONE);
    }

    private void judge(Session session) {
        judged.put(session.service(), machine.time().now());
        try {
            new Bake(session.ports())
                    .judge(
                            session.service(),
                            session.effective().policy().bake(),
                            session.policy().watch())
                    .ifPresent(v -> log("%s: its bake is over: %s".formatted(session.service(), v)));
        } catch (Forbidden | Unreachable | WorldMoved e) {
            trouble("%s could not be judged: %s".formatted(session.service(), e.getMessage()));
        }
    }

    // ---- log

    private synchronized void trouble(String text) {
        if (!text.equals(lastTrouble)) {
            lastTrouble = text;
            log(text);
        }
    }

    private static void log(String text) {
        System.out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + text);
    }
}
