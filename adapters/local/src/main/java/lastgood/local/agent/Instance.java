package lastgood.local.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.core.Revision;
import lastgood.core.Words;
import lastgood.core.Workload;
import lastgood.local.InstanceView;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Failures;
import lastgood.local.process.Ending;
import lastgood.local.process.ProcessId;
import lastgood.local.process.Strays;
import lastgood.local.proxy.Backend;
import lastgood.local.store.Manifest;
import lastgood.local.wire.ServiceSettings;
import lastgood.local.wire.TinyHttp;
import org.jspecify.annotations.Nullable;

/// One process and the thread that looks after it: started, probed, started again when it dies, and stopped in order
/// when it is told to. Everything it knows is written by that thread alone; others only read, enter and leave.
///
/// The process is not tied to this program: its output goes to a file and not to a pipe, it has a session of its own,
/// and it is written down by number and start time. So when the agent dies the process serves on, and the next agent
/// goes on looking after it ([#adopt]).
final class Instance implements Backend {

    private static final Duration TICK = Duration.ofMillis(40);
    private static final Duration PROBE_UNTIL_READY = Duration.ofMillis(200);
    private static final Duration PROBE_WHEN_READY = Duration.ofSeconds(1);
    private static final Duration PROBE_WITHIN = Duration.ofSeconds(1);

    /// One slow garbage collection must not take an instance out of service.
    private static final int FAILURES_UNTIL_UNREADY = 3;

    /// Ready for this long counts as steady: an instance that answers its first probe and falls over is not one to
    /// stop an old one for.
    private static final Duration STEADY = Duration.ofMillis(500);

    /// For one that has crashed before.
    private static final Duration STEADY_AFTER_CRASH = Duration.ofSeconds(10);

    /// Up for this long, its earlier crashes are forgotten.
    private static final Duration FORGIVEN = Duration.ofSeconds(60);

    /// What an instance needs of its surroundings.
    interface Surroundings {
        Launcher launcher();

        Ports ports();

        DataFolder data();

        Roster roster();

        InstantSource clock();

        ServiceSettings settings(Workload workload);

        /// Something changed that the reconciler or somebody who waits may want to see.
        void changed();

        void gone(Instance instance);
    }

    private enum Phase {
        STARTING,
        READY,
        UNREADY,
        WAITING,
        STOPPING
    }

    private final String id;
    private final Workload workload;
    private final String uid;
    private final Revision revision;
    private final long made;
    private final Surroundings around;
    private final LogGrowth growth = new LogGrowth();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch firstProbe = new CountDownLatch(1);

    private volatile Phase phase = Phase.STARTING;
    private volatile int port;
    private volatile @Nullable ProcessId process;
    private volatile @Nullable Process child;
    private volatile @Nullable Manifest manifest;
    private volatile long startedAt;
    private volatile long startedNanos;
    private volatile long readySinceNanos;
    private volatile boolean everReady;
    private final AtomicInteger restarts = new AtomicInteger();
    private volatile long restartedAt;
    private volatile String trouble = "";
    private volatile boolean probeNow;
    private final AtomicInteger crashesInARow = new AtomicInteger();

    private Instance(String id, Workload workload, String uid, Revision revision, long made, Surroundings around) {
        this.id = id;
        this.workload = workload;
        this.uid = uid;
        this.revision = revision;
        this.made = made;
        this.around = around;
    }

    static Instance fresh(String id, Wish wish, Revision revision, Surroundings around) {
        return new Instance(
                id, wish.workload(), wish.uid(), revision, around.clock().millis(), around);
    }

    /// One that an earlier agent has started. If its process lives it is left as it is; else it is started again.
    static Instance adopt(Recorded left, Surroundings around) {
        var instance = new Instance(left.id(), left.workload(), left.uid(), left.revision(), left.made(), around);
        instance.port = left.port();
        instance.restarts.set(left.restarts());
        instance.restartedAt = left.restartedAt();
        instance.startedAt = left.startedAt();
        instance.everReady = true;
        instance.process =
                ProcessId.parse(left.process()).filter(ProcessId::alive).orElse(null);
        around.ports().keep(left.port());
        return instance;
    }

    @Override
    public String id() {
        return id;
    }

    Workload workload() {
        return workload;
    }

    String uid() {
        return uid;
    }

    boolean ready() {
        return phase == Phase.READY;
    }

    boolean stopping() {
        return stop.getCount() == 0;
    }

    boolean hasProcess() {
        return process != null;
    }

    /// Whether whoever asks it for its counters may expect an answer.
    boolean canBeScraped() {
        return everReady && process != null;
    }

    String trouble() {
        return trouble;
    }

    // ---- what the proxy asks

    @Override
    public int port() {
        return port;
    }

    @Override
    public Revision revision() {
        return revision;
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }

    /// In this order, so that whoever stops it either sees the request or has refused it.
    @Override
    public boolean enter() {
        inFlight.incrementAndGet();
        if (stopping() || phase != Phase.READY) {
            inFlight.decrementAndGet();
            return false;
        }
        return true;
    }

    @Override
    public void leave() {
        inFlight.decrementAndGet();
    }

    @Override
    public void unreachable() {
        probeNow = true;
    }

    // ---- what the reconciler asks

    Seen seen() {
        var isReady = ready();
        var steadyAfter = crashesInARow.get() > 0 ? STEADY_AFTER_CRASH : STEADY;
        var steady = isReady && System.nanoTime() - readySinceNanos >= steadyAfter.toNanos();
        var hopeless = !isReady && (!everReady || (phase == Phase.WAITING && crashesInARow.get() > 1));
        return new Seen(id, revision.digest(), isReady, steady, hopeless, -made);
    }

    InstanceView view(long sinceMillis) {
        var at = process;
        return new InstanceView(
                id,
                workload,
                revision,
                (stopping() ? Phase.STOPPING : phase).name().toLowerCase(Locale.ROOT),
                port,
                at == null ? 0 : at.pid(),
                inFlight.get(),
                restarts.get(),
                restartedAt,
                startedAt,
                log().toString(),
                sinceMillis == 0 ? 0 : growth.bytesAt(sinceMillis, logBytes()),
                trouble);
    }

    void noteLog() {
        growth.note(around.clock().millis(), logBytes());
    }

    private long logBytes() {
        return log().toFile().length();
    }

    void requestStop() {
        stop.countDown();
    }

    /// Ends the process as a crash would.
    void kill() {
        var at = process;
        if (at != null) {
            at.handle().ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    boolean awaitFirstProbe(Duration within) throws InterruptedException {
        return firstProbe.await(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    // ---- its own thread

    void run() {
        try {
            noteLog();
            while (!stopping()) {
                lookAfter();
            }
            end();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the agent ends without ending its instances
        } finally {
            around.gone(this);
        }
    }

    /// A mistake of ours must not leave a process with nobody to look after it, so it is said and tried again.
    private void lookAfter() throws InterruptedException {
        try {
            if (process == null && !start()) {
                return;
            }
            watch();
            if (!stopping()) {
                crashed();
            }
        } catch (RuntimeException e) {
            trouble = "the agent itself failed at it: " + e;
            System.err.println("instance " + id + ": " + e);
            nap(PROBE_WHEN_READY);
        }
    }

    private boolean start() throws InterruptedException {
        try {
            phase = Phase.STARTING;
            around.ports().giveBack(port);
            port = around.ports().take();
            var started = around.launcher().start(id, workload, revision, port);
            child = started.process();
            manifest = started.manifest();
            startedAt = around.clock().millis();
            startedNanos = System.nanoTime();
            process = ProcessId.of(started.process().pid())
                    .orElse(new ProcessId(started.process().pid(), "gone"));
            trouble = started.note();
            write();
            around.changed();
            return true;
        } catch (Launcher.CannotStart e) {
            restLater(e.getMessage());
        } catch (IOException e) {
            restLater("cannot be started: " + Failures.reason(e));
        }
        return false;
    }

    private void restLater(@Nullable String why) throws InterruptedException {
        var crashes = crashesInARow.incrementAndGet();
        trouble = String.valueOf(why);
        phase = Phase.WAITING;
        firstProbe.countDown();
        around.changed();
        nap(Backoff.after(crashes));
    }

    private void write() throws IOException {
        var at = process;
        around.roster()
                .write(new Recorded(
                        id,
                        workload,
                        uid,
                        revision,
                        port,
                        at == null ? "" : at.toString(),
                        startedAt,
                        restarts.get(),
                        restartedAt,
                        made));
    }

    /// Until the process is gone or is to be stopped.
    private void watch() throws InterruptedException {
        if (startedNanos == 0) { // adopted
            startedNanos = System.nanoTime();
            writeAdopted();
        }
        var failures = 0;
        var next = System.nanoTime();
        while (!stopping() && alive()) {
            if (System.nanoTime() - next >= 0 || probeNow) {
                probeNow = false;
                var why = probe();
                failures = why.isEmpty() ? 0 : failures + 1;
                settle(why, failures);
                next = System.nanoTime() + (ready() && failures == 0 ? PROBE_WHEN_READY : PROBE_UNTIL_READY).toNanos();
                firstProbe.countDown();
            }
            nap(TICK);
        }
    }

    private void writeAdopted() {
        try {
            write();
        } catch (IOException e) {
            trouble = "could not be written down: " + Failures.reason(e);
        }
    }

    /// Empty if it answered as it should, else what it did instead.
    private String probe() {
        try {
            if (manifest == null) {
                manifest = around.launcher().manifest(revision);
            }
            var status = TinyHttp.status(port, manifest.health(), PROBE_WITHIN);
            return status >= 200 && status < 300 ? "" : "GET %s answered %d".formatted(manifest.health(), status);
        } catch (Launcher.CannotStart e) {
            return String.valueOf(e.getMessage());
        } catch (IOException e) {
            return "GET %s: %s".formatted(manifest == null ? "" : manifest.health(), Failures.reason(e));
        }
    }

    private void settle(String why, int failures) {
        if (why.isEmpty()) {
            if (phase != Phase.READY) {
                readySinceNanos = System.nanoTime();
                everReady = true;
                phase = Phase.READY;
                trouble = trouble.startsWith("the secret") ? trouble : "";
                around.changed();
            } else if (crashesInARow.get() > 0 && since(readySinceNanos).compareTo(FORGIVEN) > 0) {
                crashesInARow.set(0);
            }
            return;
        }
        if (phase == Phase.READY) {
            if (failures >= FAILURES_UNTIL_UNREADY) {
                phase = Phase.UNREADY;
                trouble = "not ready any more: " + why;
                around.changed();
            }
            return;
        }
        var startWithin = manifest == null ? Duration.ZERO : manifest.startWithin();
        if (phase == Phase.STARTING && since(startedNanos).compareTo(startWithin) > 0) {
            trouble = "not ready after %s: %s".formatted(Words.duration(startWithin), why);
        } else if (phase == Phase.UNREADY) {
            trouble = "not ready any more: " + why;
        }
    }

    private boolean alive() {
        var own = child;
        var at = process;
        return own != null ? own.isAlive() : at != null && at.alive();
    }

    private void crashed() throws InterruptedException {
        var lived = since(startedNanos);
        if (lived.compareTo(FORGIVEN) > 0) {
            crashesInARow.set(0);
        }
        var crashes = crashesInARow.incrementAndGet();
        restarts.incrementAndGet();
        restartedAt = around.clock().millis();
        phase = Phase.WAITING;
        trouble = howItEnded(lived);
        process = null;
        child = null;
        Strays.kill(around.launcher().mark(id)::equals);
        writeAdopted();
        firstProbe.countDown();
        around.changed();
        nap(Backoff.after(crashes));
    }

    private String howItEnded(Duration lived) {
        var last = LogTail.reason(log());
        if (last.toLowerCase(Locale.ROOT).contains("address already in use") || last.contains("EADDRINUSE")) {
            return "port %d was taken by another process; trying another port (%s)".formatted(port, last);
        }
        return "%s after %s, %s%s"
                .formatted(
                        exit(),
                        Words.duration(lived),
                        Words.count(restarts.get(), "restart"),
                        last.isEmpty() ? "" : ": " + last);
    }

    private String exit() {
        var own = child;
        if (own == null) {
            return "exited (it was not our child, so nobody knows with what)";
        }
        var code = own.exitValue();
        return code > 128 && code < 160 ? "was ended by signal " + (code - 128) : "exited with " + code;
    }

    /// No new requests since [#requestStop]; those in flight get their time, then the process is asked, then made to.
    private void end() throws InterruptedException {
        phase = Phase.STOPPING;
        around.changed();
        var settings = around.settings(workload);
        var drainUntil = System.nanoTime() + settings.drain().toNanos();
        while (inFlight.get() > 0 && System.nanoTime() < drainUntil) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        var at = process;
        if (at != null) {
            Ending.end(at, settings.stopWithin());
        }
        Strays.kill(around.launcher().mark(id)::equals);
        around.ports().giveBack(port);
        try {
            around.roster().forget(id);
            Durable.remove(around.data().run(id));
        } catch (IOException _) {
            // its folder is removed when the agent starts the next time
        }
    }

    private Path log() {
        return around.data().log(workload, id);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /// Waits, but no longer than until it is told to stop.
    private void nap(Duration duration) throws InterruptedException {
        var _ = stop.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
