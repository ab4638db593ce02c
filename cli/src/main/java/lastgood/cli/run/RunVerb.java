package lastgood.cli.run;

import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.core.Reason;
import lastgood.engine.Control;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A word to a run that exists.
abstract class RunVerb extends Verb {

    private final Tool tool;

    @Parameters(paramLabel = "RUN", description = "the run, as it was printed")
    private String run = "";

    @Mixin
    private Where where = new Where();

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, in one line; goes into the record")
    private @Nullable String reason;

    RunVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public final Exit say() throws InterruptedException {
        var why = reason();
        var found = tool.run(run, where);
        var screen = tool.screen(where.common());
        return say(found, new Carry(tool, found.session(), screen, where.common()), screen, why);
    }

    abstract Exit say(Tool.FoundRun found, Carry carry, Screen screen, String reason) throws InterruptedException;

    private String reason() {
        return reason == null ? "no reason was given" : new Reason(reason).text();
    }

    /// Exit 3 with its own words if the run does not take it.
    static void taken(Tool.FoundRun found, Control.Said said) {
        if (said instanceof Control.Said.No(var why)) {
            throw Failure.refused("%s: %s".formatted(found.run(), why), java.util.List.of(), "");
        }
    }
}
