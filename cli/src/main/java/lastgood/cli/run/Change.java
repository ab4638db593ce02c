package lastgood.cli.run;

import java.util.function.Consumer;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.core.plan.ChangePlanner;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Planned;

/// Carries out one of the runbook's single changes, through the same engine as a rollback.
public final class Change {

    private final Tool tool;
    private final Session session;
    private final Screen screen;
    private final Common common;
    private final Consumer<Report> ended;

    public Change(Tool tool, Session session, Screen screen, Common common) {
        this(tool, session, screen, common, report -> Carry.print(report, screen, common));
    }

    /// @param ended gets the report instead of the screen
    public Change(Tool tool, Session session, Screen screen, Common common, Consumer<Report> ended) {
        this.tool = tool;
        this.session = session;
        this.screen = screen;
        this.common = common;
        this.ended = ended;
    }

    /// One that nobody has to be asked about.
    public Exit mild(ChangePlanner.Request request) throws InterruptedException {
        return plan(request, new ConsentOptions(), Consent.Danger.MILD, "", "");
    }

    /// @param why what makes it severe, if it is
    /// @param command that would do it without a question
    public Exit plan(
            ChangePlanner.Request request, ConsentOptions consent, Consent.Danger danger, String why, String command)
            throws InterruptedException {
        tool.ensureAgent(session, screen);
        var facts = Look.facts(session);
        return carry(facts, ChangePlanner.plan(facts, request), consent, danger, why, command);
    }

    public Exit carry(
            Facts facts, Planned planned, ConsentOptions consent, Consent.Danger danger, String why, String command)
            throws InterruptedException {
        var proposal = Proposal.of(session, facts, planned);
        if (planned instanceof Planned.NothingToDo(var nothing)) {
            return Carry.nothingToDo(screen, common, session, nothing);
        }
        var ready = proposal.ready();
        var shown = new PlanScreen(session, facts, ready).lines("Plan");
        new Consent(screen, session, consent).require(danger, shown, why, command);
        return new Carry(tool, session, screen, ended)
                .out(
                        ready.plan(),
                        ready.remarks(),
                        Carry.How.plainly(command.isEmpty() ? "by hand" : command.replace("lastgood ", "")));
    }

    /// Shows what would be done, and does nothing.
    public Exit show(Facts facts, Planned planned, String command) {
        var proposal = Proposal.of(session, facts, planned);
        if (planned instanceof Planned.NothingToDo(var nothing)) {
            return Carry.nothingToDo(screen, common, session, nothing);
        }
        var plan = new PlanScreen(session, facts, proposal.ready());
        if (common.format() == Format.JSON || common.format() == Format.YAML) {
            screen.data(Data.text(plan.data(), common.format()));
        } else {
            screen.data(plan.lines("Plan (dry run)"));
            screen.data("Nothing was changed. Run:  " + command);
        }
        return Exit.DONE;
    }
}
