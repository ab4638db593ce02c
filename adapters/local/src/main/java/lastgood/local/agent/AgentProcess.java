package lastgood.local.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import lastgood.engine.port.Forbidden;
import lastgood.local.LocalAgent;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Exclusive;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.history.HistoryWriter;
import lastgood.local.process.ProcessId;
import lastgood.local.proxy.JdkSettings;
import lastgood.local.wire.Contact;
import org.jspecify.annotations.Nullable;

/// The life of one agent, from taking the folder to leaving it. At most one at a time has a folder: it holds a lock
/// that the kernel gives up only when the process is gone.
public final class AgentProcess {

    /// Users' ports stay shut for so long at most while adopted instances are looked at, so that the first request
    /// does not find nobody ready.
    private static final Duration ADOPT_WITHIN = Duration.ofMillis(1200);

    /// Set by `keeper.sh`.
    private static final String KEPT = "LASTGOOD_KEPT";

    private static final Duration HOUSEKEEPING = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_OWNER = Duration.ofMillis(500);
    private static final Duration COUNTED = Duration.ofSeconds(1);
    private static final int PRUNE_EVERY = 60;

    private final DataFolder data;
    private final List<String> restart;
    private final @Nullable ProcessId until;
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch started = new CountDownLatch(1);

    public AgentProcess(
            DataFolder data,
            List<String> restart,
            @Nullable ProcessId until,
            Map<String, String> environment,
            InstantSource clock) {
        JdkSettings.apply();
        this.data = data;
        this.restart = List.copyOf(restart);
        this.until = until;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    /// Serves until it is told to stop, and then leaves nothing behind.
    public void run() {
        JdkSettings.requireHostHeader();
        data.prepared();
        try (var _ = take()) {
            serve();
        } catch (IOException e) {
            throw Failures.forbidden("the agent could not start on " + data.root(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the agent was interrupted; its instances go on", e);
        } finally {
            started.countDown();
            ended.countDown();
        }
    }

    /// Asks it to stop; see [#awaitEnd].
    public void stop() {
        told.countDown();
    }

    public boolean awaitEnd(Duration within) throws InterruptedException {
        return ended.await(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    public boolean awaitStart(Duration within) throws InterruptedException {
        return started.await(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Exclusive take() throws IOException {
        return Exclusive.tryTake(data.agentLock())
                .orElseThrow(() -> new Forbidden(
                        "another agent serves %s; nothing was changed\nhint: `lastgood agent stop` ends it, or name another folder with --data"
                                .formatted(data.root())));
    }

    /// Started by a keeper although the folder was told to stop since: stopping takes the number away.
    private boolean isTooLate() {
        return environment.containsKey(KEPT) && !Files.exists(data.agentPid());
    }

    private void serve() throws IOException, InterruptedException {
        if (isTooLate()) {
            return;
        }
        var self = ProcessId.current();
        Durable.write(data.agentPid(), (self.forShell() + "\n").getBytes(US_ASCII));
        var keeper = new Keeper(data, restart, forKeeper());
        keeper.ensure();
        var platform = new Platform(data, clock, environment, id());
        platform.start(ADOPT_WITHIN);
        var token = token();
        var api = new ControlApi(platform, token, this::stop);
        Durable.write(
                data.contact(),
                Json.bytes(new Contact(Contact.PROTOCOL, api.port(), token, self.pid(), self.start(), clock.millis())));
        var housekeeping = Thread.ofVirtual().name("housekeeping").start(() -> keepHouse(platform, keeper));
        var owner = Thread.ofVirtual().name("owner").start(this::watchOwner);
        var history = Thread.ofVirtual().name("history").start(() -> keepHistory(platform));
        started.countDown();

        told.await();

        housekeeping.interrupt();
        owner.interrupt();
        history.interrupt();
        history.join();
        housekeeping.join();
        Keeper.end(data);
        var clean = platform.stop();
        platform.tellScrapers();
        api.close();
        Files.deleteIfExists(data.contact());
        Files.deleteIfExists(data.agentPid());
        if (!clean) {
            throw new IllegalStateException("some instances did not end; see " + data.roster());
        }
    }

    /// The next agent must wait for the same process, and not for another one that has its number by then.
    private Map<String, String> forKeeper() {
        var all = new HashMap<>(environment);
        all.remove(KEPT);
        if (until != null) {
            all.put(LocalAgent.UNTIL, until.toString());
        }
        return all;
    }

    private void keepHouse(Platform platform, Keeper keeper) {
        for (var round = 1; !Thread.currentThread().isInterrupted(); round++) {
            try {
                Thread.sleep(HOUSEKEEPING);
                keeper.ensure();
                platform.tellScrapers();
                platform.noteLogs();
                platform.openDoors();
                platform.forgetEndedFaults();
                for (var log : platform.logs()) {
                    Logs.cut(log, Logs.BYTES_MAX);
                }
                Logs.cut(data.agentLog(), Logs.BYTES_MAX);
                if (round % PRUNE_EVERY == 0) {
                    for (var service : platform.services()) {
                        Logs.prune(data, service, new TreeSet<>(platform.logs()));
                    }
                }
            } catch (InterruptedException _) {
                return;
            } catch (IOException | RuntimeException e) {
                System.err.println("housekeeping: " + e); // goes to agent/log; the next round tries again
            }
        }
    }

    /// Each second in a line of its own, also if nothing happened: then somebody counted, and there was nothing. On a
    /// thread of its own, since looking after logs can take longer than a second.
    private void keepHistory(Platform platform) {
        try {
            var writer = new HistoryWriter(data.root(), clock.millis());
            var trouble = "";
            for (var round = 1; !Thread.currentThread().isInterrupted(); round++) {
                Thread.sleep(COUNTED);
                try {
                    writer.write(clock.millis(), platform.drain());
                    if (round % PRUNE_EVERY == 0) {
                        writer.prune(clock.millis());
                    }
                    trouble = "";
                } catch (IOException | RuntimeException e) {
                    // a full disk: who looks finds no lines, and says that it cannot see
                    if (trouble.isEmpty()) {
                        trouble = e.toString();
                        System.err.println("history: " + trouble);
                    }
                }
            }
        } catch (InterruptedException _) {
            // we are stopping
        } catch (IOException | RuntimeException e) {
            System.err.println("history: nothing is counted for later: " + e);
        }
    }

    /// Whoever started us to live no longer than itself may be killed; then nobody is left who would stop us.
    private void watchOwner() {
        try {
            while (until != null) {
                if (!until.alive()) {
                    System.err.println("process %d is gone; stopping".formatted(until.pid()));
                    stop();
                    return;
                }
                Thread.sleep(LOOK_FOR_OWNER);
            }
        } catch (InterruptedException _) {
            // we are stopping already
        }
    }

    private String id() throws IOException {
        try {
            return Files.readString(data.id(), US_ASCII).strip();
        } catch (NoSuchFileException _) {
            var id = token().substring(0, 16);
            Durable.write(data.id(), id.getBytes(US_ASCII));
            return id;
        }
    }

    private static String token() {
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
