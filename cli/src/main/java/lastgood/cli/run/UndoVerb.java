package lastgood.cli.run;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Consent.Danger;
import lastgood.core.RunId;
import lastgood.core.plan.ChangePlanner;
import lastgood.core.plan.Planned;
import lastgood.engine.journal.Journal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The way back from the way back.
@Command(
        name = "undo",
        mixinStandardHelpOptions = true,
        description = "Undoes a run: each of its changes turned round, in the opposite order.",
        footer = {
            "",
            "Examples:",
            "  lastgood undo rb-0k3f9a2c            undoes that run",
            "  lastgood undo -e production          undoes the last run of the service there",
            "  lastgood undo -e production --dry-run"
        })
public final class UndoVerb extends Verb {

    private final Tool tool;

    @Parameters(paramLabel = "RUN", arity = "0..1", description = "the run, as it was printed (default: the last one)")
    private @Nullable String run;

    @Mixin
    private Where where = new Where();

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    @Option(names = "--dry-run", description = "show the plan and change nothing")
    private boolean dryRun;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, in one line; goes into the record")
    private @Nullable String reason;

    public UndoVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() throws InterruptedException {
        var screen = tool.screen(where.common());
        var why = reason == null ? "" : new lastgood.core.Reason(reason).text();
        if (run != null) {
            var found = tool.run(run, where);
            return undo(found.session(), screen, found.journal(), why);
        }
        var session = tool.session(where);
        return undo(session, screen, last(session), why);
    }

    private static Journal last(Session session) {
        return session.runs().of(session.service()).stream()
                .filter(r -> r.state().closed().isPresent() && r.state().mayHaveChangedProduction())
                .findFirst()
                .orElseThrow(() -> Failure.refused(
                        "no run of %s has changed anything".formatted(session.service()), List.of(), ""))
                .journal();
    }

    private Exit undo(Session session, Screen screen, Journal done, String why) throws InterruptedException {
        if (done.state().closed().isEmpty()) {
            throw Failure.refused(
                    "%s is not over: it is %s"
                            .formatted(done.run(), done.state().status().words()),
                    List.of(),
                    "lastgood abort %s ends it; then it can be undone".formatted(session.named(done.run())));
        }
        Holder.of(session).ifPresent(holder -> {
            throw Holder.refusal(session, holder);
        });
        if (!dryRun) {
            tool.ensureAgent(session, screen);
        }
        var facts = Look.facts(session);
        var proposal = Proposal.of(
                session, facts, ChangePlanner.undo(facts, done.state().plan()));
        if (proposal.planned() instanceof Planned.NothingToDo(var nothing)) {
            return Carry.nothingToDo(screen, where.common(), session, nothing);
        }
        var ready = proposal.ready();
        var shown = new PlanScreen(session, facts, ready).lines("Undo of %s".formatted(done.run()));
        if (dryRun) {
            screen.data(shown);
            screen.data("Nothing was changed. Run:  lastgood undo %s".formatted(session.named(done.run())));
            return Exit.DONE;
        }
        new Consent(screen, session, consent)
                .require(Danger.MODERATE, shown, "", "lastgood undo %s".formatted(session.named(done.run())));
        return new Carry(tool, session, screen, where.common())
                .out(ready.plan(), ready.remarks(), Carry.How.plainly(words(done.run(), why)));
    }

    private static String words(RunId run, String why) {
        return why.isEmpty() ? "undo of %s".formatted(run) : "undo of %s: %s".formatted(run, why);
    }
}
