package lastgood.cli.run;

import java.time.Duration;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import picocli.CommandLine.Command;

/// Stops a run where it is safe.
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = "Pauses a run at its next safe point. It keeps the service until it is resumed or aborted.",
        footer = {"", "Example:", "  lastgood pause rb-0k3f9a2c --reason \"waiting for the database team\""})
public final class PauseVerb extends RunVerb {

    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(200);

    public PauseVerb(Tool tool) {
        super(tool);
    }

    @Override
    Exit say(Tool.FoundRun found, Carry carry, Screen screen, String reason) throws InterruptedException {
        taken(
                found,
                found.session().control().pause(found.run(), found.session().person(), reason));
        var time = found.session().ports().time();
        var until = time.now().plus(NOTICED_WITHIN);
        while (found.session().ports().drivers().alive(found.run()).isPresent()) {
            if (time.now().isAfter(until)) {
                screen.say("its driver has not noticed yet; it will at its next safe point");
                break;
            }
            time.pause(GLANCE);
        }
        carry.report(found.run());
        return Exit.DONE;
    }
}
