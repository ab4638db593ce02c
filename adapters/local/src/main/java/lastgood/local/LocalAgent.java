package lastgood.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.local.agent.AgentProcess;
import lastgood.local.agent.LeftBehind;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Exclusive;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.process.Ending;
import lastgood.local.process.ProcessId;
import lastgood.local.process.Session;
import lastgood.local.process.Strays;
import lastgood.local.wire.Contact;
import lastgood.local.wire.TinyHttp;
import org.jspecify.annotations.Nullable;

/// The process that runs services: it owns the instances and the ports that users come in by, and carries out what
/// clients ([LocalClient]) wish. One for each data folder.
///
/// It may be killed at any moment: its instances serve on, its keeper starts it again, and the new one finds them by
/// process number and start time. It must never take a process for one of its own that is not, and never leave one
/// behind when it was told to stop.
public final class LocalAgent implements AutoCloseable {

    /// Names the process after which the agent stops by itself, as [ProcessId] prints it.
    public static final String UNTIL = "LASTGOOD_UNTIL_PID";

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,9}");
    private static final Duration STOP_WITHIN = Duration.ofMinutes(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final AgentProcess process;

    /// @param data the folder, made if it is not there
    /// @param restart the command that starts this very agent again, for its keeper; empty: it has none
    /// @param until it stops when that process is gone: `PID` or, safer, what [#self] prints; empty: then the
    ///     variable [#UNTIL], or never
    public record Options(Path data, List<String> restart, String until) {
        public Options {
            restart = List.copyOf(restart);
        }
    }

    /// Where an agent is.
    public record Info(long pid, Instant since, int controlPort) {
        public String metricsUrl() {
            return "http://127.0.0.1:%s/metrics".formatted(controlPort);
        }
    }

    public LocalAgent(Options options, Map<String, String> environment, InstantSource clock) {
        var named = options.until().isEmpty() ? environment.getOrDefault(UNTIL, "") : options.until();
        this.process =
                new AgentProcess(new DataFolder(options.data()), options.restart(), until(named), environment, clock);
    }

    private static @Nullable ProcessId until(String text) {
        if (text.isEmpty()) {
            return null;
        }
        // a number alone of a process that is gone already: it has ended before we began, so we end at once
        return ProcessId.parse(text)
                .or(() -> NUMBER.matcher(text).matches()
                        ? Optional.of(new ProcessId(Long.parseLong(text), "gone"))
                        : Optional.empty())
                .orElseThrow(() -> new Forbidden("`%s` is not a process to wait for; nothing was started"
                        .formatted(text.replaceAll("\\p{Cntrl}", "?"))));
    }

    /// This process, in the form that `until` takes.
    public static String self() {
        return ProcessId.current().toString();
    }

    /// What `lastgood agent run` does: serves until it is told to stop or gets SIGTERM or SIGINT, and then stops in
    /// order.
    ///
    /// @param afterwards what has to stop after the services, because they need it; may be called twice
    public static void runUntilStopped(Options options, Runnable afterwards) {
        var agent = new LocalAgent(options, System.getenv(), InstantSource.system());
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            agent.close();
                            afterwards.run();
                        },
                        "stop"));
        agent.run();
        afterwards.run();
    }

    /// Serves until [#close], or until a client says stop.
    public void run() {
        process.run();
    }

    /// Waits until a [#run] in another thread serves.
    public boolean awaitStart(Duration within) throws InterruptedException {
        return process.awaitStart(within);
    }

    @Override
    public void close() {
        process.stop();
        try {
            var _ = process.awaitEnd(STOP_WITHIN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The agent of that folder, if it is alive and answers.
    public static Optional<Info> find(Path data) {
        return contact(new DataFolder(data))
                .filter(c -> c.process().alive() && answers(c))
                .map(c -> new Info(c.pid(), Instant.ofEpochMilli(c.since()), c.port()));
    }

    private static boolean answers(Contact contact) {
        try {
            return TinyHttp.status(contact.port(), "/healthz", Duration.ofSeconds(2)) == 200;
        } catch (IOException _) {
            return false;
        }
    }

    static Optional<Contact> contact(DataFolder data) {
        try {
            return Optional.of(Json.read(Files.readAllBytes(data.contact()), Contact.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failures.unreachable("could not read how to reach the agent from " + data.contact(), e);
        }
    }

    /// Starts an agent that outlives this process, unless one serves already.
    ///
    /// @param command runs the agent in the foreground, such as `lastgood agent run --data DIR`
    public static Info startDetached(Path data, List<String> command, Duration within) {
        var folder = new DataFolder(data).prepared();
        var there = find(data);
        if (there.isPresent()) {
            return there.get();
        }
        try {
            var builder = new ProcessBuilder(Session.own(command))
                    .directory(folder.root().toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(folder.agentLog().toFile()));
            builder.environment().remove(Strays.MARK);
            return await(data, builder.start(), within);
        } catch (IOException e) {
            throw Failures.forbidden("could not start the agent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while the agent was starting", e);
        }
    }

    private static Info await(Path data, Process process, Duration within) throws InterruptedException, IOException {
        var deadline = System.nanoTime() + within.toNanos();
        while (System.nanoTime() < deadline) {
            var found = find(data);
            if (found.isPresent()) {
                return found.get();
            }
            if (!process.isAlive() && !anotherIsStarting(data)) {
                throw new Forbidden("the agent ended with %d right after its start: %s"
                        .formatted(process.exitValue(), lastWords(data)));
            }
            Thread.sleep(LOOK_AGAIN);
        }
        throw new Unreachable("the agent has not answered within %s; its log is %s"
                .formatted(lastgood.core.Words.duration(within), new DataFolder(data).agentLog()));
    }

    /// Of two that start at once one finds the folder taken and ends; the other one will do.
    private static boolean anotherIsStarting(Path data) throws IOException {
        var lock = Exclusive.tryTake(new DataFolder(data).agentLock());
        lock.ifPresent(Exclusive::close);
        return lock.isEmpty();
    }

    private static String lastWords(Path data) throws IOException {
        var lines = Files.readAllLines(new DataFolder(data).agentLog(), UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    /// Stops the agent of that folder in order, and whatever an agent that was killed has left behind.
    ///
    /// @return whether anything was running
    public static boolean stop(Path data, Duration within) {
        var folder = new DataFolder(data);
        if (!Files.isDirectory(folder.agent())) {
            return false;
        }
        try {
            return stop(folder, System.nanoTime() + within.toNanos());
        } catch (IOException e) {
            throw Failures.unreachable("could not stop the agent of " + data, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while the agent was stopping", e);
        }
    }

    /// Until the folder is nobody's. An agent that was killed may just be being started again by its keeper, without
    /// an address yet: then its lock is taken, and we wait for it and stop it too. What is left behind is ended
    /// while we hold the lock, so that no agent can begin meanwhile.
    private static boolean stop(DataFolder folder, long deadline) throws IOException, InterruptedException {
        var found = false;
        while (System.nanoTime() < deadline) {
            var contact = contact(folder).filter(c -> c.process().alive());
            if (contact.isPresent()) {
                found = true;
                tell(contact.get(), Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
                awaitEnd(folder, contact.get(), Duration.ofNanos(deadline - System.nanoTime()));
            }
            found |= LeftBehind.endKeeper(folder);
            var lock = Exclusive.tryTake(folder.agentLock());
            if (lock.isPresent()) {
                try (var _ = lock.get()) {
                    return LeftBehind.end(folder) || found;
                }
            }
            Thread.sleep(LOOK_AGAIN);
        }
        throw new Unreachable(
                "the agent of %s is still stopping; its log is %s".formatted(folder.root(), folder.agentLog()));
    }

    /// Waits until its process is gone; or, if it runs in this very process, until its address is.
    private static void awaitEnd(DataFolder folder, Contact contact, Duration within) throws InterruptedException {
        if (!contact.process().equals(ProcessId.current())) {
            var _ = Ending.gone(contact.process(), within);
            return;
        }
        var deadline = System.nanoTime() + within.toNanos();
        while (contact(folder).isPresent() && System.nanoTime() < deadline) {
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /// By its ear; if it is deaf, by signal, which it takes for the same thing.
    private static void tell(Contact contact, Duration within) {
        try {
            TinyHttp.post(contact.port(), "/v1/stop", contact.token(), "{}".getBytes(UTF_8), within);
        } catch (IOException _) {
            contact.process().handle().ifPresent(ProcessHandle::destroy);
        }
    }
}
