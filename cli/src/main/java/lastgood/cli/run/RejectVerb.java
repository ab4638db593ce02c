package lastgood.cli.run;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import picocli.CommandLine.Command;

/// Says no to a plan.
@Command(
        name = "reject",
        mixinStandardHelpOptions = true,
        description = "Rejects a plan that waits for an approval. The run is closed and nothing is changed.",
        footer = {"", "Example:", "  lastgood reject rb-0k3f9a2c --reason \"the errors come from the database\""})
public final class RejectVerb extends RunVerb {

    public RejectVerb(Tool tool) {
        super(tool);
    }

    @Override
    Exit say(Tool.FoundRun found, Carry carry, Screen screen, String reason) throws InterruptedException {
        var session = found.session();
        var said = session.control().reject(found.run(), session.person(), reason);
        taken(found, said);
        Rollouts.settle(session, found.run(), said);
        return carry.report(found.run(), Exit.DONE);
    }
}
