package lastgood.cli.watch;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Look;
import lastgood.cli.run.Unattended;
import lastgood.config.Durations;
import lastgood.config.Parsed;
import lastgood.config.Percent;
import lastgood.core.detect.Counts;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.watch.Surroundings;
import lastgood.engine.watch.View;
import lastgood.engine.watch.Watch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The runbook's watch, which can also act.
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Watches what users get from the release that runs, and says what it proves. On a terminal one calm screen,",
            "otherwise a line every 10 s and at each change. With --act it does what it decides, as far as the policy",
            "lets it: pauses a suspected rollout, prepares, asks for approval, goes back, and proves that users recovered."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood watch -e production",
            "  lastgood watch -e production --for 30m --fail-above 5%     11 if more than that fail",
            "  lastgood watch -e production --act                         acts; runs until Ctrl-C",
            "  lastgood watch -e production --act --once                  ends with the first rollback, with its exit code",
            "  lastgood watch calibrate -e production                     how often would it have been wrong in the past week?"
        })
public final class WatchVerb extends Verb {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /// A look costs a cluster's API a dozen requests; counting what pods show, a few.
    private static final Duration LOOK_EVERY_ON_CLUSTER = Duration.ofSeconds(5);

    private final Tool tool;
    private final AtomicBoolean stopped = new AtomicBoolean();

    @Mixin
    private Where where = new Where();

    @Option(names = "--for", paramLabel = "TIME", description = "30m; then it ends (default: until Ctrl-C)")
    private @Nullable String lasting;

    @Option(
            names = "--fail-above",
            paramLabel = "PERCENT",
            description = "end with exit 11 as soon as more of the last minute's requests fail, as in 5%%")
    private @Nullable String failAbove;

    @Option(names = "--act", description = "do what is decided, as far as the policy lets it")
    private boolean act;

    @Option(names = "--once", description = "with --act: end with the first rollback")
    private boolean once;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "write down all that decisions depend on, to decide again: lastgood ask --replay FILE")
    private @Nullable String record;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = {
                "take what other systems report: POST /alertmanager (webhook v4), /signal, /security.",
                "Beyond 127.0.0.1 a bearer token is needed, in LASTGOOD_WEBHOOK_TOKEN"
            })
    private @Nullable String listen;

    public WatchVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new CalibrateVerb(tool));
    }

    @Override
    public Exit say() throws InterruptedException {
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        if (once && !act) {
            throw Failure.usage("--once ends with the first rollback, and without --act there is none", "add --act");
        }
        var limit = limit();
        var until = until(session);
        if (act) {
            tool.ensureAgent(session, screen);
        }
        tool.host().onStopSignal(() -> stopped.set(true));
        try (var lines = record == null
                        ? null
                        : new RecordFile(tool.host().workingFolder().resolve(record));
                var _ = listening(session, screen)) {
            return new Loop(session, screen, limit, until, Optional.ofNullable(lines)).run();
        }
    }

    /// Closed with the watch.
    private Listening listening(Session session, Screen screen) {
        if (listen == null) {
            return () -> {};
        }
        var at = listen.lastIndexOf(':');
        if (at < 1 || !listen.substring(at + 1).matches("[0-9]{1,5}")) {
            throw Failure.usage("--listen is `%s`".formatted(Screen.plain(listen)), "write 127.0.0.1:9097");
        }
        var token = Optional.ofNullable(tool.host().variables().get("LASTGOOD_WEBHOOK_TOKEN"))
                .filter(t -> !t.isBlank());
        var address = new InetSocketAddress(listen.substring(0, at), Integer.parseInt(listen.substring(at + 1)));
        var open = session.watch().reports().listen(address, token);
        screen.say("reports are taken at http://%s: POST /alertmanager, /signal, /security".formatted(listen));
        return () -> {
            try {
                open.close();
            } catch (Exception e) {
                // The process ends, and the port with it.
            }
        };
    }

    /// What is closed without anything that could go wrong.
    private interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    private Optional<Percent> limit() {
        if (failAbove == null) {
            return Optional.empty();
        }
        return switch (Percent.parse(failAbove)) {
            case Parsed.Good<Percent>(var percent) -> Optional.of(percent);
            case Parsed.Bad<Percent>(var fact, var hint) -> throw Failure.usage("--fail-above: " + fact, hint);
        };
    }

    private Optional<Instant> until(Session session) {
        if (lasting == null) {
            return Optional.empty();
        }
        return switch (Durations.parse(lasting)) {
            case Parsed.Good<Duration>(var d) ->
                Optional.of(session.ports().time().now().plus(d));
            case Parsed.Bad<Duration>(var fact, var hint) -> throw Failure.usage("--for: " + fact, hint);
        };
    }

    /// One watch after the other, as releases come and go.
    private final class Loop {

        private final Session session;
        private final Screen screen;
        private final Optional<Percent> limit;
        private final Optional<Instant> until;
        private final Around around;
        private final Acting acting;
        private final Shown shown;
        private @Nullable Subject subject;
        private @Nullable Watch watch;
        private @Nullable Surroundings surroundings;
        private Instant askedAt = Instant.EPOCH;

        private final Optional<RecordFile> lines;

        Loop(
                Session session,
                Screen screen,
                Optional<Percent> limit,
                Optional<Instant> until,
                Optional<RecordFile> lines) {
            this.session = session;
            this.lines = lines;
            this.screen = screen;
            this.limit = limit;
            this.until = until;
            this.around = new Around(session);
            this.acting = new Acting(session, new Unattended(tool, session, screen, where.common()), screen);
            this.shown = Shown.on(screen, isData());
        }

        Exit run() throws InterruptedException {
            var time = session.ports().time();
            while (!stopped.get() && until.map(u -> time.now().isBefore(u)).orElse(true)) {
                var view = look();
                if (view.isPresent()) {
                    shown.show(new Advice(session, view.get()), view.get());
                    if (limit.filter(l -> isAbove(view.get(), l)).isPresent()) {
                        screen.say("more than %s of the last minute's requests failed".formatted(limit.get()));
                        return Exit.THRESHOLD;
                    }
                    var ended = act ? acting(view.get()) : Optional.<Exit>empty();
                    if (ended.isPresent() && once) {
                        return ended.get();
                    }
                }
                time.pause(session.hasAgent() ? LOOK_EVERY : everyOnCluster());
            }
            return stopped.get() ? Exit.INTERRUPTED : Exit.DONE;
        }

        private Duration everySurroundings() {
            return session.hasAgent() ? Duration.ZERO : LOOK_EVERY_ON_CLUSTER;
        }

        /// Where it pays to count more often than to ask what else there is, that is asked less often.
        private Duration everyOnCluster() {
            return Optional.ofNullable(watch).flatMap(Watch::lookEvery).orElse(LOOK_EVERY_ON_CLUSTER);
        }

        private Optional<Exit> acting(View view) throws InterruptedException {
            shown.pause();
            var ended = acting.on(view);
            if (ended.isPresent()) {
                // A run took the signal for itself while it was driven from here.
                tool.host().onStopSignal(() -> stopped.set(true));
                watch = null;
            }
            return ended;
        }

        /// Empty if nothing could be seen; that is said, and the next look may succeed.
        private Optional<View> look() {
            try {
                var at = session.ports().time().now();
                if (watch != null && surroundings != null && at.isBefore(askedAt.plus(everySurroundings()))) {
                    return Optional.of(watch.look(surroundings));
                }
                var facts = Look.facts(session);
                var now = Subject.of(session, facts);
                if (watch == null || subject == null || !subject.isStill(now)) {
                    subject = now;
                    watch = now.watch(session, lines.map(RecordFile::begin));
                }
                surroundings = around.of(facts, subject);
                askedAt = at;
                return Optional.of(watch.look(surroundings));
            } catch (Unreachable | Forbidden e) {
                shown.blind(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
                return Optional.empty();
            }
        }
    }

    private boolean isData() {
        return where.common().format() == Format.JSON || where.common().format() == Format.YAML;
    }

    private static boolean isAbove(View view, Percent limit) {
        var course = view.course();
        if (course.isEmpty()) {
            return false;
        }
        var from = course.getLast().at().minusSeconds(60);
        var minute = course.stream()
                .filter(m -> m.at().isAfter(from))
                .map(m -> m.fresh())
                .reduce(Counts.NONE, Counts::plus);
        return minute.requests() > 0 && minute.share() > limit.fraction();
    }
}
