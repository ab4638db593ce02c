package lastgood.cli.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.engine.Control;
import lastgood.engine.Engine;
import lastgood.engine.Parked;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;

/// Carries runs out, follows those that others carry out, and prints what became of them.
public final class Carry {

    /// How often a journal that somebody else writes is read: fast enough to feel live, slow enough to cost nothing.
    private static final Duration GLANCE = Duration.ofMillis(250);

    /// How long a run that wants to go on may be without a driver before we take it: its next one may be starting.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Tool tool;
    private final Session session;
    private final Screen screen;
    private final Consumer<Report> ended;

    public Carry(Tool tool, Session session, Screen screen, Common common) {
        this(tool, session, screen, report -> print(report, screen, common));
    }

    /// @param ended gets the report instead of the screen
    public Carry(Tool tool, Session session, Screen screen, Consumer<Report> ended) {
        this.tool = tool;
        this.session = session;
        this.screen = screen;
        this.ended = ended;
    }

    /// How a run is carried out.
    ///
    /// @param timeout zero = never
    /// @param here whether this process carries it out; else the agent does
    public record How(String reason, boolean emergency, Duration timeout, boolean here, boolean explain) {

        public static How plainly(String reason) {
            return new How(reason, false, Duration.ZERO, true, false);
        }
    }

    /// Writes the run down and carries it out.
    public Exit out(Plan plan, List<String> remarks, How how) throws InterruptedException {
        // What the watch has made ready waits for people, and not people for it.
        if (!session.person().equals(Person.ITSELF)) {
            Standby.giveWay(session, screen);
        }
        refuseIfHeld();
        tool.ensureAgent(session, screen);
        var known = BeforeStepOne.again(session, plan, remarks);
        var run = tool.host().newRun(plan.kind());
        var watching =
                Watching.of(screen, session.ports().time(), session.effective().timezone(), run, plan, how.explain());
        session.engine(watching).open(new Engine.Order(run, plan, known, how.reason(), how.emergency(), how.timeout()));
        if (!how.here()) {
            screen.data(run.text());
            screen.say("the agent carries it out: lastgood attach %s".formatted(session.named(run)));
            return Exit.DONE;
        }
        return drive(run, watching);
    }

    /// Carries on a run that exists, whoever began it.
    public Exit on(RunId run) throws InterruptedException {
        tool.ensureAgent(session, screen);
        return drive(run, watching(run));
    }

    /// Follows a run that somebody else carries out; carries it on if nobody does and it wants to go on.
    public Exit attach(RunId run) throws InterruptedException {
        var watching = watching(run);
        var interrupts = Interrupts.listen(tool.host(), session, run, watching::note);
        journal(run).records().forEach(watching::record);
        return follow(run, watching, interrupts, journal(run).records().size());
    }

    private Watching watching(RunId run) {
        return Watching.of(
                screen,
                session.ports().time(),
                session.effective().timezone(),
                run,
                journal(run).state().plan(),
                false);
    }

    private Journal journal(RunId run) {
        return Journal.open(session.ports().journals(), run);
    }

    private Exit drive(RunId run, Watching watching) throws InterruptedException {
        var interrupts = Interrupts.listen(tool.host(), session, run, watching::note);
        try {
            while (true) {
                interrupts.following(false);
                var parked = session.engine(watching).drive(run, interrupts::stop);
                switch (parked) {
                    case Parked.At(var status) -> {
                        if (status == RunState.Status.AWAITING_APPROVAL && approvesItself(run)) {
                            continue;
                        }
                        return finish(
                                run, watching, Exit.of(parked, journal(run).state(), interrupts.stop()));
                    }
                    case Parked.TakenOverBy(var owner) -> {
                        watching.note("%s carries it on now; following".formatted(owner));
                        return follow(
                                run,
                                watching,
                                interrupts,
                                journal(run).records().size());
                    }
                    case Parked.Locked(var holder) -> {
                        watching.end();
                        throw Holder.refusal(session, holder);
                    }
                }
            }
        } catch (Forbidden | Unreachable e) {
            watching.end();
            throw stranded(run, e);
        }
    }

    /// The world or the disk failed under a run: what matters is whether production was touched by then.
    private RuntimeException stranded(RunId run, RuntimeException e) {
        var touched = touched(run);
        var lines = String.valueOf(e.getMessage()).lines().toList();
        return touched
                ? new Failure(
                        Exit.NEEDS_PERSON,
                        lines.getFirst(),
                        List.of(),
                        "%s had changed something already and stands where it was".formatted(run),
                        "mend that, then: lastgood resume %s".formatted(session.named(run)))
                : e;
    }

    private boolean touched(RunId run) {
        try {
            var journal = journal(run);
            return !journal.isEmpty()
                    && journal.state().isPlanned()
                    && journal.state().mayHaveChangedProduction();
        } catch (RuntimeException unreadable) {
            return true;
        }
    }

    /// The runbook's SEV-3 asks for the on-call engineer's decision; whoever typed the command and has the role has
    /// given it. Nobody typed what a watch does by itself.
    private boolean approvesItself(RunId run) {
        var state = journal(run).state();
        return state.plan().approval() instanceof ApprovalRule.Before(var _, var users, var self)
                && self
                && !session.person().equals(Person.ITSELF)
                && (users.isEmpty() || users.contains(session.person().name()))
                && session.control().approve(run, session.person()) instanceof Control.Said.Ok;
    }

    private Exit follow(RunId run, Watching watching, Interrupts interrupts, int from) throws InterruptedException {
        interrupts.following(true);
        var journal = journal(run);
        journal.records().stream().skip(from).forEach(watching::record);
        var time = session.ports().time();
        var aliveAt = time.now();
        while (true) {
            var state = journal.state();
            var alive = session.ports().drivers().alive(run).isPresent();
            if (alive) {
                aliveAt = time.now();
            }
            if (state.closed().isPresent() || (!alive && !wantsToGoOn(state))) {
                return finish(run, watching, Exit.of(state, false));
            }
            if (longEnough(aliveAt, time.now())) {
                watching.note("nobody carries it on any more; this process does now");
                return on(run);
            }
            if (alive) {
                waits(run, state, watching);
            }
            time.pause(GLANCE);
            journal.refresh().forEach(watching::record);
        }
    }

    /// What the driver said before its last record is past, so a step that has ended is not waited for.
    private void waits(RunId run, RunState state, Watching watching) {
        session.ports()
                .drivers()
                .waiting(run)
                .ifPresent(waiting -> state.plan().steps().stream()
                        .filter(s -> s.id().equals(waiting.step()) && !state.finished(s))
                        .findFirst()
                        .ifPresent(step -> watching.waiting(step, waiting.words())));
    }

    private static boolean longEnough(Instant aliveAt, Instant now) {
        return aliveAt.plus(PATIENCE).isBefore(now);
    }

    static boolean wantsToGoOn(RunState state) {
        return switch (state.status()) {
            case PLANNED, RUNNING, VERIFYING -> true;
            case AWAITING_APPROVAL, PAUSED, NEEDS_HUMAN ->
                state.cancel().isPresent() || state.rejected().isPresent();
            case RECOVERED, NOT_RECOVERED, DONE, FAILED, CANCELLED -> false;
        };
    }

    private Exit finish(RunId run, Watching watching, Exit exit) {
        watching.end();
        return report(run, exit);
    }

    /// Prints how a run stands.
    public Exit report(RunId run, Exit exit) {
        ended.accept(new Report(session, journal(run), exit));
        return exit;
    }

    static void print(Report report, Screen screen, Common common) {
        switch (common.format()) {
            case JSON, YAML -> screen.data(Data.text(report.data(), common.format()));
            case NAME -> screen.data(report.run().text());
            case TABLE, MD -> screen.data(report.lines(screen));
        }
    }

    public Exit report(RunId run) {
        return report(run, Exit.of(journal(run).state(), false));
    }

    private void refuseIfHeld() {
        Holder.of(session).ifPresent(holder -> {
            throw Holder.refusal(session, holder);
        });
    }

    /// The world is as asked; that is a success.
    public static Exit nothingToDo(Screen screen, Common common, Session session, String why) {
        if (common.format() == Format.JSON || common.format() == Format.YAML) {
            screen.data(Data.text(
                    Data.document("NothingToDo")
                            .put("service", session.service().toString())
                            .put("why", why),
                    common.format()));
        } else {
            screen.data("nothing to do: " + why);
        }
        return Exit.DONE;
    }
}
