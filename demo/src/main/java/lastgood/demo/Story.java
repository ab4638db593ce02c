package lastgood.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import lastgood.config.Catalog;
import lastgood.core.RunId;
import lastgood.core.Standing;
import lastgood.core.Words;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.demo.Findings.Moment;
import lastgood.demo.Narrator.Look;
import lastgood.demo.load.Load;
import lastgood.demo.load.Mix;
import lastgood.demo.load.Tape;
import lastgood.demo.load.Warmup;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.FileJournals;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.JournalRecord;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Metrics;

/// The story in its order. Each act types real commands, waits for what they really do, and tells what was measured.
final class Story implements AutoCloseable {

    /// Longer than anything here takes on a slow machine.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration GLANCE = Duration.ofMillis(15);
    private static final Duration LOOK = Duration.ofMillis(200);

    private static final Pattern RUN = Pattern.compile("\\b[a-z]{2}-[0-9a-z]{8}\\b");
    private static final Pattern READY = Pattern.compile("(\\d+) of \\d+ ready");

    /// `14:21:07 rb-0k3f9a2c  ` before each line of progress.
    private static final Pattern STAMP = Pattern.compile("^\\d\\d:\\d\\d:\\d\\d [a-z]{2}-[0-9a-z]{8} {1,2}");

    private static final String REASON = "errors";

    private final Program program;
    private final Options options;
    private final Stage stage;
    private final Commands commands;
    private final Narrator tell;
    private final InstantSource clock;
    private final Findings found = new Findings();
    private final Random random;
    private @org.jspecify.annotations.Nullable Load load;
    private @org.jspecify.annotations.Nullable Monitor monitor;

    Story(Program program, Options options, Stage stage, Commands commands, Narrator tell, InstantSource clock) {
        this.program = program;
        this.options = options;
        this.stage = stage;
        this.commands = commands;
        this.tell = tell;
        this.clock = clock;
        this.random = new Random(options.seed());
    }

    Findings findings() {
        return found;
    }

    /// How the story came out.
    ///
    /// @param run the rollback
    /// @param report what the last command said of it
    record Ending(boolean recovered, RunId run, List<String> report, Load load) {}

    Ending tell() throws IOException, InterruptedException, StoryFailed {
        var catalog = stage.catalog();
        var users = twoGoodReleases();
        badRelease(users);
        var decision = notice(users, catalog);
        if (options.scenario() == Scenario.CORRUPTION) {
            assess();
        }
        if (!options.scenario().emergency()) {
            plan(decision);
        }
        return rollBack(decision, users);
    }

    // ---- 1

    private Load twoGoodReleases() throws IOException, InterruptedException, StoryFailed {
        tell.act(1, "Two releases go out and earn \"good\"");
        deploy(Stage.FIRST);
        var rate = Warmup.ratePerSecond(stage.url(), new Mix(options.seed()));
        var users = new Load(stage.url(), Load.Rate.of(rate), new Mix(options.seed()), clock);
        load = users;
        found.values().put("usersPerSecond", rate);
        tell.say(Look.PLAIN, "users come: %d requests a second, whether or not they are answered".formatted(rate));
        tell.alive(() -> glance(users.tape()));
        earnGood(Stage.FIRST);
        deploy(Stage.GOOD);
        if (options.scenario() == Scenario.CANARY) {
            run(Stage.ONCALL, List.of("strategy", "canary", "promote", "-e", Stage.ENVIRONMENT, "--yes"), 1);
        }
        earnGood(Stage.GOOD);
        if (options.scenario().hasDatabase()) {
            run(Stage.ONCALL, List.of("db", "backup", "-e", Stage.ENVIRONMENT, "--reason", "nightly"), 1);
        }
        return users;
    }

    private void deploy(String version) throws IOException, InterruptedException, StoryFailed {
        stage.build(version, options.scenario());
        var words = new ArrayList<>(List.of("release", "deploy", version, "-e", Stage.ENVIRONMENT, "--yes"));
        Migration.of(options.scenario(), version).ifPresent(m -> words.addAll(List.of("--migration", m.id())));
        run(Stage.ONCALL, words, 2);
    }

    /// @param lines how many of its report are shown
    private Commands.Ended run(String who, List<String> words, int lines)
            throws IOException, InterruptedException, StoryFailed {
        tell.command(who, String.join(" ", words));
        var ended = commands.run(who, words).expect(0, "lastgood " + String.join(" ", words));
        tell.output(ended.out().stream().limit(lines).toList());
        return ended;
    }

    private void earnGood(String version) throws InterruptedException, StoryFailed {
        var standing = new Standing[1];
        await(Duration.ofMillis(500), "the verdict on " + version, () -> {
            standing[0] = program.judged(stage.config(), version).orElse(null);
            return standing[0] instanceof Standing.Good || standing[0] instanceof Standing.Failed;
        });
        if (!(standing[0] instanceof Standing.Good)) {
            throw new StoryFailed(
                    "%s did not pass its bake, so there is nothing to go back to: %s\nis this machine very busy? then try again later"
                            .formatted(version, standing[0].words()));
        }
        tell.say(
                Look.GOOD,
                "✔ ok %s is good: live for its bake of %s, and every required check passes"
                        .formatted(version, Words.duration(Stage.BAKE)));
    }

    // ---- 2

    private void badRelease(Load users) throws IOException, InterruptedException, StoryFailed {
        tell.act(2, "A bad one goes out");
        monitor = new Monitor(() -> program.metrics(stage.data()), new Noticing(Stage.GOOD, Stage.BAD), clock);
        var before = users.tape().totals();
        found.values()
                .putObject("before")
                .put("requests", before.sent() - before.open())
                .put("failed", before.failed());
        found.at(Moment.BAD_RELEASE, clock.instant());
        deploy(Stage.BAD);
        tell.more("It starts, its health check answers 200, %s: all is green."
                .formatted(
                        options.scenario() == Scenario.CANARY ? "one user in ten gets it" : "the rollout is complete"));
    }

    // ---- 3

    private Decision notice(Load users, Catalog catalog) throws InterruptedException, StoryFailed {
        tell.act(3, "It is noticed");
        var watching = java.util.Objects.requireNonNull(monitor);
        watching.forgetNow();
        await(
                LOOK,
                "the platform's counters to show it",
                () -> watching.noticed().isPresent() && watching.now().isPresent());
        var noticed = watching.noticed().orElseThrow();
        var now = watching.now().orElseThrow();
        found.at(Moment.NOTICED, noticed.at());
        users.tape().firstFailure().ifPresent(at -> found.at(Moment.FIRST_BAD_REQUEST, at));
        var decision = Decision.of(
                catalog.policy(), Decision.Harm.of(now, watching.lastSecond().orElse(Counts.NONE)), noticed.at());
        var slow = p95(Stage.BAD);
        var usual = p95(Stage.GOOD);
        tell.say(Look.BAD, "✖ %s    %s".formatted(Stage.BAD, health(noticed.release(), slow)));
        tell.more("  %s    %s".formatted(Stage.GOOD, health(noticed.baseline(), usual)));
        tell.more("all users   %6s of their requests fail now".formatted(percent(now.errorPercent())));
        tell.more("severity    %s: %s"
                .formatted(decision.severity(), decision.rule().when()));
        tell.more("clock       %s to decide".formatted(decision.clock(clock.instant())));
        tell.more("approval    %s".formatted(decision.approval(catalog)));
        tell.faint(
                "(Noticed by the demo, from the proxy's counters: %s points above the release before, %d looks in a row, a second apart; usually 2 minutes. This version of lastgood does not watch by itself.)"
                        .formatted(plain(Noticing.POINTS_ABOVE_BASELINE), Noticing.LOOKS_IN_A_ROW));
        found.values().put("severity", decision.severity());
        found.values().put("decisionClockSeconds", decision.within().toSeconds());
        found.values()
                .putObject("noticedBy")
                .put("releaseErrorPercent", rounded(noticed.release().errorPercent()))
                .put("releaseRequests", noticed.release().requests())
                .put("releaseP95Millis", slow.toMillis())
                .put("baselineErrorPercent", rounded(noticed.baseline().errorPercent()))
                .put("baselineRequests", noticed.baseline().requests())
                .put("baselineP95Millis", usual.toMillis())
                .put("allErrorPercent", rounded(now.errorPercent()));
        return decision;
    }

    private Duration p95(String version) {
        return program.window(stage.config(), version, Instant.EPOCH)
                .map(Metrics.Window::p95)
                .orElse(Duration.ZERO);
    }

    private static String health(Counts counts, Duration p95) {
        return "%6s of %s fail   p95 %s"
                .formatted(
                        percent(counts.errorPercent()), Words.count(counts.requests(), "request"), Words.duration(p95));
    }

    /// Which rows are damaged, and what each way out would lose: counted before anyone decides.
    private void assess() throws IOException, InterruptedException, StoryFailed {
        var check = List.of("db", "integrity", "-e", Stage.ENVIRONMENT);
        tell.command(Stage.ONCALL, String.join(" ", check));
        tell.table(commands.run(Stage.ONCALL, check)
                .expect(11, "the check of the data")
                .out());
        var assess = List.of("db", "corruption", "assess", "-e", Stage.ENVIRONMENT);
        tell.command(Stage.ONCALL, String.join(" ", assess));
        tell.table(
                commands.run(Stage.ONCALL, assess).expect(0, "the assessment").out());
    }

    // ---- 4

    private void plan(Decision decision) throws IOException, InterruptedException, StoryFailed {
        tell.act(4, "The plan");
        var words = new ArrayList<>(rollback(decision));
        words.add("--dry-run");
        tell.command(Stage.ONCALL, String.join(" ", words));
        tell.table(commands.run(Stage.ONCALL, words).expect(0, "the dry run").out());
    }

    private List<String> rollback(Decision decision) {
        if (options.scenario() == Scenario.CORRUPTION) {
            return List.of(
                    "rollback",
                    "-e",
                    Stage.ENVIRONMENT,
                    "--revision",
                    "previous",
                    "--with-db",
                    "salvage",
                    "--severity",
                    decision.severity());
        }
        return options.scenario().emergency()
                ? List.of("rollback", "-e", Stage.ENVIRONMENT, "--emergency", "--severity", decision.severity())
                : List.of(
                        "rollback",
                        "-e",
                        Stage.ENVIRONMENT,
                        "--revision",
                        "previous",
                        "--severity",
                        decision.severity());
    }

    // ---- 5

    private Ending rollBack(Decision decision, Load users) throws IOException, InterruptedException, StoryFailed {
        tell.act(options.scenario().emergency() ? 4 : 5, "The rollback, and a kill in the middle of it");
        var driving = drive(decision);
        var run = driving.run();
        killInTheMiddle(driving);
        var attached = takeOver(driving);
        tell.act(options.scenario().emergency() ? 5 : 6, "Users recover");
        var ended = attached.await();
        var ending = recovered(run, ended, users);
        if (options.scenario().emergency() && ended.exit() == 0) {
            run(Stage.LEAD, List.of("approve", run.text()), 1);
        }
        return ending;
    }

    /// A run and the process that carries it out.
    ///
    /// @param heard what it has said, so that nothing is told twice
    private record Driving(RunId run, Commands.Running command, Set<String> heard) {}

    private Driving drive(Decision decision) throws IOException, InterruptedException, StoryFailed {
        var words = new ArrayList<>(rollback(decision));
        words.addAll(List.of("--reason", REASON));
        if (!options.scenario().emergency()) {
            words.add("--yes");
        }
        if (options.scenario().hasDatabase()) {
            words.addAll(List.of("--confirm", Stage.SERVICE));
        }
        tell.command(Stage.ONCALL, String.join(" ", words));
        if (options.scenario().emergency() || !decision.needsAnother(Stage.ONCALL, stage.catalog())) {
            found.at(Moment.DECIDED, clock.instant());
            var before = Set.copyOf(runs());
            var heard = new HashSet<String>();
            var command = commands.start(Stage.ONCALL, words, progress(heard));
            return new Driving(newRun(before), command, heard);
        }
        var asked = commands.run(Stage.ONCALL, words).expect(4, "a rollback that needs approval");
        tell.output(asked.out().stream().limit(1).toList());
        var run = new RunId(first(RUN, asked.out()));
        approve(run);
        var heard = new HashSet<>(asked.talk());
        tell.command(Stage.LEAD, "approve " + run);
        return new Driving(run, commands.start(Stage.LEAD, List.of("approve", run.text()), progress(heard)), heard);
    }

    private void approve(RunId run) throws IOException, InterruptedException, StoryFailed {
        if (!options.ask()) {
            return;
        }
        if (!tell.ask("You are %s, the platform lead. Approve %s?".formatted(Stage.LEAD, run))) {
            commands.run(Stage.LEAD, List.of("reject", run.text(), "--reason", "not now"));
            throw new Rejected("%s was rejected; nothing was changed, and %s still hurts".formatted(run, Stage.BAD));
        }
        var users = load;
        if (users != null) {
            tell.alive(() -> glance(users.tape()));
        }
    }

    /// Somebody said no.
    static final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Rejected(String fact) {
            super(fact, null, false, false);
        }
    }

    private Consumer<String> progress(Set<String> heard) {
        return line -> {
            synchronized (heard) {
                if (!heard.add(line)) {
                    return;
                }
            }
            tell.progress(STAMP.matcher(line).replaceFirst(""));
        };
    }

    private void killInTheMiddle(Driving driving) throws InterruptedException, StoryFailed {
        var journal = journal(driving.run());
        await(GLANCE, "the rollback to begin", () -> {
            journal.refresh();
            return changing(journal).isPresent() || !driving.command().process().isAlive();
        });
        var step = changing(journal);
        if (step.isEmpty()) {
            driving.command().await().expect(0, "the rollback");
            throw new StoryFailed("the rollback ended before anything was changed");
        }
        if (step.get().step() instanceof Step.PutRevision) {
            var ready = 1 + random.nextInt(Stage.INSTANCES - 1);
            await(GLANCE, "%d instances to be replaced".formatted(ready), () -> {
                journal.refresh();
                return readyMax(driving.command()) >= ready
                        || journal.state().phase(step.get().id()) != RunState.StepPhase.INTENDED;
            });
        }
        var victim = driving.command().process();
        found.at(Moment.KILLED, clock.instant());
        var _ = victim.destroyForcibly();
        var exit = driving.command().await().exit();
        journal.refresh();
        firstChange(journal).ifPresent(r -> found.at(Moment.FIRST_CHANGE, r.at()));
        approved(journal).ifPresent(r -> found.at(Moment.DECIDED, r.at()));
        found.values().put("killedProcess", victim.pid()).put("killedExit", exit);
        if (exit != 137) {
            throw new StoryFailed("the process that carried it out ended with %d before it was killed".formatted(exit));
        }
        tell.say(
                Look.BAD,
                "✖ KILLED process %d, which carried it out, with SIGKILL (exit %d)".formatted(victim.pid(), exit));
        var midway = journal.state().phase(step.get().id()) == RunState.StepPhase.INTENDED;
        tell.more("%s %s; its last word in the journal is %s, and that is all that anyone needs to go on from there."
                .formatted(midway ? "in the middle of" : "after", step.get().id(), lastWord(journal)));
    }

    /// Where data changes, that is the middle: behind the fence, with the maintenance page up.
    private boolean isTheMiddle(PlannedStep step) {
        return options.scenario().hasDatabase()
                ? step.step() instanceof Step.UndoMigrations || step.step() instanceof Step.SalvageRows
                : step.step().changesProduction();
    }

    private Optional<PlannedStep> changing(Journal journal) {
        return journal.isEmpty() || !journal.state().isPlanned()
                ? Optional.empty()
                : journal.state().plan().steps().stream()
                        .filter(this::isTheMiddle)
                        .filter(s -> journal.state().attempts(s.id()) > 0)
                        .findFirst();
    }

    private static int readyMax(Commands.Running command) {
        return command.talk().stream()
                .map(READY::matcher)
                .filter(java.util.regex.Matcher::find)
                .mapToInt(m -> Integer.parseInt(m.group(1)))
                .max()
                .orElse(0);
    }

    private static String lastWord(Journal journal) {
        var last = journal.records().getLast();
        return last.entry().getClass().getSimpleName().toUpperCase(Locale.ROOT)
                + (last.entry() instanceof Entry.Intent(var step, var _, var _, var _) ? " " + step : "");
    }

    private Commands.Running takeOver(Driving driving) throws IOException, InterruptedException, StoryFailed {
        var journal = journal(driving.run());
        var epoch = journal.state().epoch();
        tell.command(Stage.ONCALL, "attach " + driving.run());
        var attached =
                commands.start(Stage.ONCALL, List.of("attach", driving.run().text()), progress(driving.heard()));
        await(GLANCE, "another process to take over", () -> {
            journal.refresh();
            return journal.state().epoch() > epoch;
        });
        var taken = journal.records().stream()
                .filter(r -> r.epoch() > epoch && r.entry() instanceof Entry.TakenOver)
                .findFirst()
                .orElseThrow();
        found.at(Moment.TAKEN_OVER, taken.at());
        var millis =
                found.between(Moment.KILLED, Moment.TAKEN_OVER).orElseThrow().toMillis();
        var byAttach = taken.owner().endsWith(":" + attached.process().pid());
        var who = byAttach ? "the command just typed" : "the agent";
        tell.say(Look.GOOD, "✔ ok taken over by %s (%s), %,d ms after the kill".formatted(who, taken.owner(), millis));
        found.values().put("takenOverBy", byAttach ? "attach" : "agent").put("takeoverMillis", millis);
        return attached;
    }

    // ---- 6

    private Ending recovered(RunId run, Commands.Ended ended, Load users)
            throws IOException, InterruptedException, StoryFailed {
        var journal = journal(run);
        journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.Closed)
                .findFirst()
                .ifPresent(r -> found.at(Moment.VERIFIED, r.at()));
        var outcome = journal.state().closed().map(Entry.Closed::outcome);
        var last = lastSeconds(users);
        users.tape().lastFailure().ifPresent(at -> found.at(Moment.TRAFFIC_GOOD, at));
        var well = Findings.well(last);
        tell.say(
                well ? Look.GOOD : Look.BAD,
                "%s users, asked themselves: %s of their last %s failed (%d s)"
                        .formatted(
                                well ? "✔ ok" : "✖ FAIL",
                                Words.count(last.failed(), "request").replaceAll(" requests?", ""),
                                Words.count(last.sent(), "request"),
                                Findings.LAST_SECONDS));
        found.values()
                .put("run", run.text())
                .put("outcome", outcome.map(Enum::name).orElse("OPEN"))
                .put("exitOfLastCommand", ended.exit())
                .put("lastSecondsRequests", last.sent())
                .put("lastSecondsFailed", last.failed());
        Files.write(stage.folder().resolve("report.txt"), ended.out());
        var good = well
                && ended.exit() == 0
                && outcome.filter(o -> o == Entry.Outcome.RECOVERED).isPresent();
        return new Ending(good, run, ended.out(), users);
    }

    /// Users may need a moment more than the engine: the last seconds have to be full ones after the last failure.
    private Tape.Totals lastSeconds(Load users) throws InterruptedException, StoryFailed {
        var until = clock.instant().plusSeconds(2L * Findings.LAST_SECONDS);
        await(
                LOOK,
                "the users",
                () -> Findings.well(Findings.last(users.tape().seconds()))
                        || clock.instant().isAfter(until));
        return Findings.last(users.tape().seconds());
    }

    // ---- journals

    private Journal journal(RunId run) {
        return Journal.open(new FileJournals(stage.data().resolve("runs")), run);
    }

    private List<String> runs() throws IOException {
        try (var all = Files.list(stage.data().resolve("runs"))) {
            return all.map(p -> p.getFileName().toString())
                    .filter(n -> n.startsWith("rb-"))
                    .toList();
        }
    }

    private RunId newRun(Set<String> before) throws InterruptedException, StoryFailed {
        var run = new ArrayList<String>();
        await(GLANCE, "the rollback to be written down", () -> {
            try {
                run.addAll(runs().stream().filter(r -> !before.contains(r)).toList());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return !run.isEmpty();
        });
        return new RunId(run.getFirst());
    }

    private static Optional<JournalRecord> firstChange(Journal journal) {
        var plan = journal.state().plan();
        return journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.Intent(var step, var _, var _, var _)
                        && plan.step(step).step().changesProduction())
                .findFirst();
    }

    private static Optional<JournalRecord> approved(Journal journal) {
        return journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.Approved)
                .findFirst();
    }

    // ---- small things

    /// What users get, for the line that is alive.
    private String glance(Tape tape) {
        var seconds = tape.seconds();
        var recent = seconds.subList(Math.max(0, seconds.size() - 30), seconds.size());
        var percents = recent.stream().map(Tape.Second::failedPercent).toList();
        var now = percents.isEmpty() ? 0 : percents.getLast();
        return "        users  %s  %5.1f%% fail".formatted(Sparkline.bars(percents, tell.unicode()), now);
    }

    /// Something that will be so soon.
    private interface Soon {
        boolean isSo() throws InterruptedException;
    }

    private static void await(Duration every, String what, Soon soon) throws InterruptedException, StoryFailed {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!soon.isSo()) {
            if (System.nanoTime() > deadline) {
                throw new StoryFailed("waited %d s for %s".formatted(PATIENCE.toSeconds(), what));
            }
            Thread.sleep(every);
        }
    }

    private static String first(Pattern pattern, List<String> lines) throws StoryFailed {
        return lines.stream()
                .map(pattern::matcher)
                .filter(java.util.regex.Matcher::find)
                .map(java.util.regex.Matcher::group)
                .findFirst()
                .orElseThrow(() -> new StoryFailed("no run is named in: " + String.join("\n", lines)));
    }

    static String percent(double percent) {
        return String.format(Locale.ROOT, "%.1f%%", percent);
    }

    private static double rounded(double percent) {
        return Math.round(percent * 100) / 100.0;
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    @Override
    public void close() {
        if (monitor != null) {
            monitor.close();
        }
        if (load != null) {
            load.close();
        }
    }
}
