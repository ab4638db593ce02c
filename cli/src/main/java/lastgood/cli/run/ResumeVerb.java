package lastgood.cli.run;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import picocli.CommandLine.Command;

/// Goes on.
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Goes on with a run that was paused, timed out or needs a person: it looks again, then acts.",
        footer = {"", "Example:", "  lastgood resume rb-0k3f9a2c"})
public final class ResumeVerb extends RunVerb {

    public ResumeVerb(Tool tool) {
        super(tool);
    }

    @Override
    Exit say(Tool.FoundRun found, Carry carry, Screen screen, String reason) throws InterruptedException {
        taken(
                found,
                found.session().control().resume(found.run(), found.session().person(), reason));
        return found.session().ports().drivers().alive(found.run()).isPresent()
                ? carry.attach(found.run())
                : carry.on(found.run());
    }
}
