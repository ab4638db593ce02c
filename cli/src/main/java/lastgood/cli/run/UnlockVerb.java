package lastgood.cli.run;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.core.Reason;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.journal.Damaged;
import lastgood.engine.journal.Journal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Frees a service whose run nobody carries on.
@Command(
        name = "unlock",
        mixinStandardHelpOptions = true,
        description = {
            "Frees a service that a dead run holds: the run is cancelled and closed, or, if its journal is damaged,",
            "only the lock is taken off. Refused while somebody carries the run on."
        },
        footer = {"", "Example:", "  lastgood unlock production/web --reason \"journal damaged by a full disk\""})
public final class UnlockVerb extends Verb {

    private final Tool tool;

    @Parameters(paramLabel = "SERVICE", description = "environment/service; with -n, KIND/NAME")
    private String service = "";

    @Mixin
    private Where where = new Where();

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            required = true,
            description = "why, in one line; goes into the record")
    private String reason = "";

    public UnlockVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() throws InterruptedException {
        var why = new Reason(reason).text();
        var session = session();
        var screen = tool.screen(where.common());
        var holder = session.ports().locks().holder(session.service());
        if (holder.isEmpty()) {
            screen.data("nothing to do: no run holds %s".formatted(session.service()));
            return Exit.DONE;
        }
        var run = holder.get();
        session.ports().drivers().alive(run).ifPresent(driver -> {
            throw Failure.refused(
                    "%s is alive: %s carries it on".formatted(run, driver),
                    List.of(),
                    "lastgood abort %s ends it in good order".formatted(session.named(run)));
        });
        free(session, screen, run, why);
        return Exit.DONE;
    }

    private Session session() {
        if (!service.contains("/") || where.common().namespace() != null) {
            return tool.session(where.withService(service));
        }
        var ref = ServiceRef.parse(service);
        return tool.session(where.or(ref.environment(), ref.service()));
    }

    private static void free(Session session, Screen screen, RunId run, String why) throws InterruptedException {
        try {
            var journal = Journal.open(session.ports().journals(), run);
            if (!journal.isEmpty()
                    && journal.state().isPlanned()
                    && journal.state().closed().isEmpty()) {
                var said = session.control().cancel(run, session.person(), "unlocked: " + why);
                Rollouts.settle(session, run, said);
                screen.data("%s is free; %s is cancelled and closed".formatted(session.service(), run));
                return;
            }
        } catch (Damaged e) {
            screen.warn(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        session.ports().locks().release(session.service(), run);
        session.notices()
                .send(run, "%s/unlocked".formatted(run), "unlocked by %s: %s".formatted(session.person(), why));
        screen.data("%s is free; %s left no journal that could be closed".formatted(session.service(), run));
        screen.data(" next: lastgood status %s".formatted(session.flags()));
    }
}
