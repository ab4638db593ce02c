package lastgood.cli.run;

import java.util.ArrayList;
import java.util.List;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.engine.Runs;
import lastgood.engine.journal.RunState;
import lastgood.engine.journal.RunState.Ratification;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// What waits for somebody's yes.
@Command(
        name = "approvals",
        mixinStandardHelpOptions = true,
        description = "Lists the plans that wait for an approval, and the approvals that emergencies still owe.",
        footer = {"", "Example:", "  lastgood approvals"})
public final class ApprovalsVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Common common = new Common();

    public ApprovalsVerb(Tool tool) {
        this.tool = tool;
    }

    /// One that is wanted.
    ///
    /// @param owed whether the change was made already
    public record Wanted(Session session, Runs.Listed.Known run, boolean owed, boolean overdue) {
        public String line() {
            var state = run.state();
            return "%s  %s of %s  %s → %s  %s: lastgood approve %s"
                    .formatted(
                            run.run(),
                            state.opened().kind().word(),
                            state.opened().service(),
                            state.plan().from(),
                            state.plan().to(),
                            owed ? overdue ? "approval OVERDUE" : "approval owed" : "waits for approval",
                            session.named(run.run()));
        }
    }

    @Override
    public Exit say() {
        var screen = tool.screen(common);
        var all = new ArrayList<Wanted>();
        var silent = new ArrayList<String>();
        for (var home : tool.homes(common)) {
            try {
                all.addAll(wanted(home, home.runs().all()));
            } catch (Unreachable | Forbidden e) {
                silent.add(Tool.silence(home, e));
            }
        }
        if (common.format() == Format.JSON || common.format() == Format.YAML) {
            screen.data(Data.text(data(all), common.format()));
        } else {
            screen.data(
                    all.isEmpty()
                            ? List.of("no approval is wanted")
                            : all.stream().map(Wanted::line).toList());
        }
        silent.forEach(screen::warn);
        return silent.isEmpty() ? Exit.DONE : Exit.UNREACHABLE;
    }

    public static List<Wanted> wanted(Session session, List<? extends Runs.Listed> runs) {
        var wanted = new ArrayList<Wanted>();
        var now = session.ports().time().now();
        for (var listed : runs) {
            if (listed instanceof Runs.Listed.Known known) {
                var ratification = known.state().ratification(now);
                var owed = known.state().closed().isPresent()
                        && (ratification == Ratification.PENDING || ratification == Ratification.OVERDUE);
                if (owed || known.state().status() == RunState.Status.AWAITING_APPROVAL) {
                    wanted.add(new Wanted(session, known, owed, ratification == Ratification.OVERDUE));
                }
            }
        }
        return wanted;
    }

    private static com.fasterxml.jackson.databind.JsonNode data(List<Wanted> all) {
        var doc = Data.document("ApprovalList");
        var items = doc.putArray("items");
        for (var w : all) {
            items.addObject()
                    .put("run", w.run().run().text())
                    .put("service", w.run().state().opened().service().toString())
                    .put("owed", w.owed())
                    .put("overdue", w.overdue());
        }
        return doc;
    }
}
