package lastgood.cli.run;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import lastgood.core.decide.ApprovalRule;
import picocli.CommandLine.Command;

/// Says yes to a plan, before or afterwards.
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description = {
            "Approves a run's plan as it stands, and carries it out; or gives the approval that an emergency owes.",
            "Whoever asked for it may not approve it, unless the policy says so."
        },
        footer = {"", "Examples:", "  lastgood approvals", "  lastgood approve rb-0k3f9a2c"})
public final class ApproveVerb extends RunVerb {

    public ApproveVerb(Tool tool) {
        super(tool);
    }

    @Override
    Exit say(Tool.FoundRun found, Carry carry, Screen screen, String reason) throws InterruptedException {
        var session = found.session();
        if (found.journal().state().plan().approval() instanceof ApprovalRule.After) {
            taken(found, session.control().ratify(found.run(), session.person()));
            screen.data("approved afterwards: %s by %s".formatted(found.run(), session.person()));
            return Exit.DONE;
        }
        taken(found, session.control().approve(found.run(), session.person()));
        screen.say("approved by %s".formatted(session.person()));
        return session.ports().drivers().alive(found.run()).isPresent()
                ? carry.attach(found.run())
                : carry.on(found.run());
    }
}
