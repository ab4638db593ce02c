package lastgood.cli.release;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import picocli.CommandLine.Command;

@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        description = "Puts releases out, lists them, and says which are good.",
        footer = {
            "",
            "Examples:",
            "  lastgood release deploy v4.0.5 -e production",
            "  lastgood release list -e production",
            "  lastgood release mark bad v4.0.5 -e production --reason \"loses sessions\""
        })
public final class ReleaseVerbs extends Verb {

    private final Tool tool;

    public ReleaseVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(
                new DeployVerb(tool),
                new RecordVerb(tool),
                new ListVerb(tool),
                new ShowVerb(tool),
                new DiffVerb(tool),
                new MarkVerb(tool),
                new CurrentVerb(tool),
                new RolloutVerbs.Pause(tool),
                new RolloutVerbs.Resume(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }
}
