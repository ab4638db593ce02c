package lastgood.cli.db;

import java.util.List;
import java.util.TreeMap;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.data.WriteAccess;
import lastgood.core.plan.DatabasePlanner;
import lastgood.core.plan.DatabasePlanner.Request;
import lastgood.engine.port.database.Access;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "unfence",
        mixinStandardHelpOptions = true,
        description = {
            "Lets exactly those write again who could before the fence, as the run that put it up recorded it.",
            "If somebody else shut them out, nobody but you knows who it was: say it with --logins."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood db unfence -e production",
            "  lastgood db unfence -e production --logins app,worker --limit 100"
        })
final class UnfenceVerb extends DatabaseVerb {

    @Option(names = "--logins", paramLabel = "ROLE,…", split = ",", description = "who may log in again")
    private @Nullable List<String> logins;

    @Option(names = "--limit", paramLabel = "N", description = "with --logins: connections (default: no limit)")
    private @Nullable Integer limit;

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    UnfenceVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() throws InterruptedException {
        if (limit != null && (logins == null || limit < 1)) {
            throw Failure.usage(
                    logins == null ? "--limit goes with --logins" : "--limit is %d".formatted(limit),
                    "without them, what the fence recorded is given back");
        }
        var session = session();
        var screen = screen();
        tool().ensureAgent(session, screen);
        var seen = session.ports().databases().access().look(session.service());
        var to = logins == null ? recorded(session, screen, seen) : named(seen.access(), logins);
        var facts = Look.facts(session).with(known(new LookAtDatabase(session, screen::say).asItIs()));
        return new Change(tool(), session, screen, common())
                .carry(
                        facts,
                        DatabasePlanner.plan(facts, new Request.Unfence(to)),
                        consent,
                        Danger.MODERATE,
                        "",
                        "lastgood db unfence %s%s"
                                .formatted(
                                        session.flags(),
                                        logins == null ? "" : " --logins " + Screen.plain(String.join(",", logins))));
    }

    private static WriteAccess recorded(Session session, Screen screen, Access.State seen) {
        if (!seen.access().isClosed()) {
            return seen.access();
        }
        var earlier = Earlier.access(session, seen.mark())
                .orElseThrow(() -> Failure.refused(
                        seen.mark().isEmpty()
                                ? "no run of ours shut the writers out, so nothing tells who could write before"
                                : "%s shut the writers out, and its journal is not here"
                                        .formatted(Screen.plain(seen.mark())),
                        List.of("roles that are shut out: "
                                + Screen.plain(
                                        String.join(", ", seen.access().logins().keySet()))),
                        "say who it was: --logins ROLE,ROLE, and --limit N if there was one"));
        screen.say("as it was before %s".formatted(earlier.run()));
        return earlier.access();
    }

    private WriteAccess named(WriteAccess now, List<String> roles) {
        var unknown = roles.stream().filter(r -> !now.logins().containsKey(r)).toList();
        if (!unknown.isEmpty()) {
            throw Failure.usage(
                    "`%s` is none of the roles that may write there".formatted(Screen.plain(unknown.getFirst())),
                    "known: " + Screen.plain(String.join(", ", now.logins().keySet())));
        }
        var open = new TreeMap<>(now.logins());
        roles.forEach(r -> open.put(r, true));
        return new WriteAccess(limit == null ? WriteAccess.NO_LIMIT : limit, open);
    }
}
