package lastgood.cli.run;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import picocli.CommandLine.Command;

/// Watches a run.
@Command(
        name = "attach",
        mixinStandardHelpOptions = true,
        description = "Follows a run to its end, and carries it on if nobody does any more.",
        footer = {"", "Example:", "  lastgood attach rb-0k3f9a2c        exit code as if it had been begun here"})
public final class AttachVerb extends RunVerb {

    public AttachVerb(Tool tool) {
        super(tool);
    }

    @Override
    Exit say(Tool.FoundRun found, Carry carry, Screen screen, String reason) throws InterruptedException {
        return carry.attach(found.run());
    }
}
