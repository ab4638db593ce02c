package lastgood.cli.run;

import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.core.plan.Planned;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows what `rollback` would do.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Shows what a rollback would do, how long it takes and what is lost. Changes nothing.",
        footer = {
            "",
            "Examples:",
            "  lastgood plan -e production --revision previous",
            "  lastgood plan -e production --revision v4.0.4 --out plan.json && lastgood rollback --plan plan.json",
            "  lastgood plan -e production --revision good --detailed-exitcode     10 if there is something to do"
        })
public final class PlanVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Mixin
    private RollbackOptions options = new RollbackOptions();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "save it; `rollback --plan FILE` carries out this plan or none")
    private @Nullable String out;

    @Option(names = "--detailed-exitcode", description = "exit 10 if there is something to do, 0 if not")
    private boolean detailedExitCode;

    public PlanVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var screen = tool.screen(where.common());
        var session = tool.session(where);
        var asked = options.asked(session);
        var proposal = Proposal.rollback(session, asked, screen::say);
        if (out != null) {
            if (proposal.planned() instanceof Planned.Ready ready) {
                // The relative word is resolved now: the file says which release was meant when somebody read it.
                var revision = proposal.target()
                        .map(r -> Integer.toString(r.number()))
                        .orElse(ready.plan().to());
                SavedPlan.write(
                        tool.host().workingFolder().resolve(out),
                        session,
                        new PlanScreen(session, proposal.facts(), ready),
                        options,
                        revision);
            }
        }
        return show(proposal, screen, where.common(), options, detailedExitCode);
    }

    static Exit show(
            Proposal proposal, Screen screen, Common common, RollbackOptions options, boolean detailedExitCode) {
        var session = proposal.session();
        if (proposal.planned() instanceof Planned.NothingToDo(var why)) {
            return Carry.nothingToDo(screen, common, session, why);
        }
        var ready = proposal.ready();
        var plan = new PlanScreen(session, proposal.facts(), ready);
        if (common.format() == Format.JSON || common.format() == Format.YAML) {
            screen.data(Data.text(plan.data(), common.format()));
        } else {
            screen.data(plan.lines("Rollback plan (dry run)"));
            Rollouts.underway(session)
                    .ifPresent(run -> screen.data("  FIRST the rollout %s would be cancelled".formatted(run)));
            screen.data("Nothing was changed. Run:  lastgood rollback %s %s"
                    .formatted(session.flags(), options.again(ready.plan())));
        }
        return detailedExitCode ? Exit.CHANGES : Exit.DONE;
    }
}
