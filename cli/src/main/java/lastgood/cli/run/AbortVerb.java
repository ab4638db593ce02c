package lastgood.cli.run;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import picocli.CommandLine.Command;

/// Ends a run.
@Command(
        name = "abort",
        mixinStandardHelpOptions = true,
        description =
                "Ends a run for good. What it did so far stays as it is; what it switched on for itself is switched off.",
        footer = {
            "",
            "Example:",
            "  lastgood abort rb-0k3f9a2c --reason \"fixed forward\"      exit 7 if something had been changed already"
        })
public final class AbortVerb extends RunVerb {

    private final Tool tool;

    public AbortVerb(Tool tool) {
        super(tool);
        this.tool = tool;
    }

    @Override
    Exit say(Tool.FoundRun found, Carry carry, Screen screen, String reason) throws InterruptedException {
        var session = found.session();
        var said = session.control().cancel(found.run(), session.person(), reason);
        if (found.journal().state().cancel().isEmpty()) {
            taken(found, said);
        }
        tool.ensureAgent(session, screen);
        Rollouts.settle(session, found.run(), said);
        found.journal().refresh();
        return carry.report(
                found.run(), found.journal().state().mayHaveChangedProduction() ? Exit.NEEDS_PERSON : Exit.DONE);
    }
}
