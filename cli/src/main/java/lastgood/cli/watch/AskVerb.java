package lastgood.cli.watch;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.run.Look;
import lastgood.core.decide.Decision.Act;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The question everybody has at 3 a.m., answered from what was counted.
@Command(
        name = "ask",
        mixinStandardHelpOptions = true,
        description = {
            "Should we roll back? In one screen: yes or no, how bad, since when, whose fault, how sure, what it",
            "would take, who has to approve, and how much of the time to decide is left. Changes nothing."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood ask -e production",
            "  lastgood ask -e production -o json",
            "  lastgood ask -e production --detailed-exitcode     10 if the answer is yes",
            "  lastgood ask --replay watch.jsonl                  the decisions of a recorded watch, once more"
        })
public final class AskVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Option(names = "--detailed-exitcode", description = "exit 10 if the answer is to roll back, else 0")
    private boolean detailed;

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = "decide again what a watch recorded (watch --record), and say whether it comes to the same")
    private @Nullable String replay;

    public AskVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        if (replay != null) {
            return new Replayed(
                            tool.host().workingFolder().resolve(replay),
                            where.common().format())
                    .say(tool.screen(where.common()));
        }
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var facts = Look.facts(session);
        var subject = Subject.of(session, facts);
        var view = subject.once(session).look(new Around(session).of(facts, subject));
        var advice = new Advice(session, view);
        var format = where.common().format();
        switch (format) {
            case JSON, YAML -> screen.data(Data.text(advice.data(), format));
            case NAME -> screen.data(view.decision().act().name());
            case TABLE, MD -> screen.data(advice.lines(screen));
        }
        return detailed && view.decision().act() == Act.ROLL_BACK ? Exit.CHANGES : Exit.DONE;
    }
}
