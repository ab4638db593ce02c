package lastgood.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
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
import lastgood.core.RunId;
import lastgood.core.Standing;
import lastgood.core.Words;
import lastgood.core.decide.ApprovalRule;
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

/// The story in its order. Each act types real commands, waits for what they really do, and tells what was measured.
final class Story implements AutoCloseable {

    /// Longer than anything here takes on a slow machine.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// A plan with a database in it takes seconds; a rollout that is underway has to end first.
    private static final Duration READY_WITHIN = Duration.ofSeconds(15);

    private static final Duration GLANCE = Duration.ofMillis(15);
    private static final Duration LOOK = Duration.ofMillis(200);

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
    private Commands.@org.jspecify.annotations.Nullable Running watching;
    private final Set<String> heardOfWatch = new HashSet<>();

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
        var users = twoGoodReleases();
        badRelease(users);
        var noticed = notice(users);
        if (options.scenario() == Scenario.CORRUPTION) {
            assess();
        }
        if (!goesAlone(noticed)) {
            plan(noticed);
        }
        return rollBack(noticed, users);
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
        tell.act(2, "A bad one goes out, and lastgood watches");
        var words = List.of("watch", "-e", Stage.ENVIRONMENT, "--act", "--once");
        tell.command(Stage.ONCALL, String.join(" ", words));
        var asJson = new ArrayList<>(words);
        asJson.addAll(List.of("-o", "json"));
        var watch = commands.start(Stage.ONCALL, asJson, progress(heardOfWatch));
        watching = watch;
        await(LOOK, "the watch to begin", () -> !Watched.all(watch.out()).isEmpty());
        var before = users.tape().totals();
        found.values()
                .putObject("before")
                .put("requests", before.sent() - before.open())
                .put("failed", before.failed());
        found.at(Moment.BAD_RELEASE, clock.instant());
        stage.build(Stage.BAD, options.scenario());
        var deploy = new ArrayList<>(List.of("release", "deploy", Stage.BAD, "-e", Stage.ENVIRONMENT, "--yes"));
        Migration.of(options.scenario(), Stage.BAD).ifPresent(m -> deploy.addAll(List.of("--migration", m.id())));
        tell.command(Stage.ONCALL, String.join(" ", deploy));
        // Whoever watches may stop it in the middle.
        var _ = commands.start(Stage.ONCALL, deploy, _ -> {});
        tell.more("It starts, its health check answers 200, %s: for Kubernetes all would be green."
                .formatted(
                        options.scenario() == Scenario.CANARY
                                ? "one user in ten gets it"
                                : "instance after instance is replaced"));
    }

    // ---- 3

    private Watched.Advice notice(Load users) throws IOException, InterruptedException, StoryFailed {
        tell.act(3, "It is noticed");
        var watch = java.util.Objects.requireNonNull(watching);
        await(LOOK, "the watch to notice it", () -> alarm(watch).isPresent());
        var noticed = alarm(watch).orElseThrow();
        found.at(Moment.NOTICED, noticed.at());
        users.tape().firstFailure().ifPresent(at -> found.at(Moment.FIRST_BAD_REQUEST, at));
        Watched.all(watch.out()).stream()
                .filter(a -> a.doc().has("suspectedSince"))
                .findFirst()
                .ifPresent(a -> found.at(Moment.SUSPECTED, a.at()));
        if (goesAlone(noticed)) {
            tell.say(Look.BAD, "✖ %s  %s".formatted(noticed.severity().orElse(""), noticed.act()));
            noticed.reasons().forEach(tell::more);
        } else {
            var ask = List.of("ask", "-e", Stage.ENVIRONMENT);
            tell.command(Stage.ONCALL, String.join(" ", ask));
            tell.table(commands.run(Stage.ONCALL, ask).expect(0, "the question").out());
        }
        found.values().put("severity", noticed.severity().orElse("")).put("act", noticed.act());
        found.values().set("noticedBy", noticed.doc().path("measured"));
        return noticed;
    }

    private static Optional<Watched.Advice> alarm(Commands.Running watch) {
        return Watched.all(watch.out()).stream()
                .filter(a -> a.isAlarm(Stage.BAD))
                .findFirst();
    }

    /// Whether the watch does it without anybody.
    private static boolean goesAlone(Watched.Advice advice) {
        return advice.act().equals("ROLL_BACK")
                && advice.doc().path("unattended").asBoolean();
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

    private void plan(Watched.Advice noticed) throws IOException, InterruptedException, StoryFailed {
        tell.act(4, "The plan");
        var words = new ArrayList<>(rollback(noticed));
        words.add("--dry-run");
        tell.command(Stage.ONCALL, String.join(" ", words));
        tell.table(commands.run(Stage.ONCALL, words).expect(0, "the dry run").out());
    }

    private List<String> rollback(Watched.Advice noticed) {
        var words = new ArrayList<>(List.of("rollback", "-e", Stage.ENVIRONMENT, "--revision", "previous"));
        if (options.scenario() == Scenario.CORRUPTION) {
            words.addAll(List.of("--with-db", "salvage"));
        }
        words.addAll(List.of("--severity", noticed.severity().orElse("SEV-2")));
        return words;
    }

    // ---- 5

    private Ending rollBack(Watched.Advice noticed, Load users) throws IOException, InterruptedException, StoryFailed {
        var alone = goesAlone(noticed);
        tell.act(alone ? 4 : 5, "The rollback, and a kill in the middle of it");
        var driving = drive(noticed);
        var run = driving.run();
        killInTheMiddle(driving);
        var attached = takeOver(driving);
        tell.act(alone ? 5 : 6, "Users recover");
        var ended = attached.await();
        var ending = recovered(run, ended, users);
        if (alone && ended.exit() == 0 && isOwed(run)) {
            run(Stage.LEAD, List.of("approve", run.text()), 1);
        }
        return ending;
    }

    private boolean isOwed(RunId run) {
        return journal(run).state().plan().approval() instanceof ApprovalRule.After;
    }

    /// A run and the process that carries it out.
    ///
    /// @param heard what it has said, so that nothing is told twice
    private record Driving(RunId run, Commands.Running command, Set<String> heard) {}

    private Driving drive(Watched.Advice noticed) throws IOException, InterruptedException, StoryFailed {
        if (options.scenario() == Scenario.CORRUPTION) {
            return byHand(noticed);
        }
        var ready = madeReady();
        if (ready.isEmpty()) {
            return byHand(noticed);
        }
        var run = options.scenario().emergency() ? worst(ready.get()) : ready.get();
        var journal = journal(run);
        await(GLANCE, "the rollback to be planned", () -> {
            journal.refresh();
            return !journal.isEmpty()
                    && journal.state().isPlanned()
                    && journal.state().status() != RunState.Status.PLANNED;
        });
        if (!(journal.state().plan().approval() instanceof ApprovalRule.Before)) {
            found.at(Moment.DECIDED, journal.state().openedAt());
            return new Driving(run, java.util.Objects.requireNonNull(watching), heardOfWatch);
        }
        tell.say(
                Look.PLAIN, "%s is ready; the watch has asked for an approval, and changed nothing yet".formatted(run));
        return approved(run, heardOfWatch);
    }

    /// The rollback that the watch has opened. None, where it only stopped the rollout and called a person.
    private Optional<RunId> madeReady() throws IOException, InterruptedException {
        var until = clock.instant().plus(READY_WITHIN);
        while (runs().isEmpty() && clock.instant().isBefore(until)) {
            Thread.sleep(LOOK);
        }
        return runs().stream().findFirst().map(RunId::new);
    }

    /// An outage is proved to be SEV-2 a moment before it is proved to be SEV-1: then the watch takes back what it had
    /// asked an approval for, and goes back at once.
    private RunId worst(RunId first) throws IOException, InterruptedException {
        var until = clock.instant().plus(READY_WITHIN);
        while (clock.instant().isBefore(until)) {
            for (var name : runs()) {
                var state = journal(new RunId(name)).state();
                if (state.isPlanned() && !(state.plan().approval() instanceof ApprovalRule.Before)) {
                    return new RunId(name);
                }
            }
            Thread.sleep(LOOK);
        }
        return first;
    }

    /// What the watch has made ready gives way to what a person asks for.
    private Driving byHand(Watched.Advice noticed) throws IOException, InterruptedException, StoryFailed {
        var before = Set.copyOf(runs());
        var words = new ArrayList<>(rollback(noticed));
        words.addAll(List.of("--reason", REASON, "--yes"));
        if (options.scenario().hasDatabase()) {
            words.addAll(List.of("--confirm", Stage.SERVICE));
        }
        tell.command(Stage.ONCALL, String.join(" ", words));
        var heard = heardOfWatch;
        var command = commands.start(Stage.ONCALL, words, progress(heard));
        var run = newRun(before);
        await(GLANCE, "the rollback to begin", () -> {
            var state = journal(run).state();
            return state.isPlanned() && state.status() != RunState.Status.PLANNED;
        });
        if (journal(run).state().plan().approval() instanceof ApprovalRule.Before
                && journal(run).state().status() == RunState.Status.AWAITING_APPROVAL) {
            command.await().expect(4, "a rollback that needs approval");
            return approved(run, heard);
        }
        found.at(Moment.DECIDED, clock.instant());
        return new Driving(run, command, heard);
    }

    private Driving approved(RunId run, Set<String> heard) throws IOException, InterruptedException, StoryFailed {
        var who = approver(run);
        approve(run, who);
        tell.command(who, "approve " + run);
        return new Driving(run, commands.start(who, List.of("approve", run.text()), progress(heard)), heard);
    }

    /// Somebody with the role; how bad it is decides which role that is.
    private String approver(RunId run) {
        return journal(run).state().plan().approval() instanceof ApprovalRule.Before(var _, var users, var _)
                        && !users.isEmpty()
                ? users.getFirst()
                : Stage.LEAD;
    }

    private void approve(RunId run, String who) throws IOException, InterruptedException, StoryFailed {
        if (!options.ask()) {
            return;
        }
        if (!tell.ask("You are %s. Approve %s?".formatted(who, run))) {
            commands.run(who, List.of("reject", run.text(), "--reason", "not now"));
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
            var told = STAMP.matcher(line).replaceFirst("");
            synchronized (heard) {
                // Several processes follow the same run, each by its own clock.
                if (!heard.add(told)) {
                    return;
                }
            }
            tell.progress(told);
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

    static String percent(double percent) {
        return String.format(Locale.ROOT, "%.1f%%", percent);
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
    }
}
