package lastgood.cli.db;

import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Carry;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.plan.DatabasePlanner;
import lastgood.core.plan.DatabasePlanner.Request;
import lastgood.core.plan.Planned;
import lastgood.engine.port.database.Access;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "fence",
        mixinStandardHelpOptions = true,
        description = {
            "Stops all writes: takes logins and connections from every role that may write, ends their sessions, and",
            "looks until none is left. Who could write before is kept; `db unfence` gives exactly that back."
        },
        footer = {"", "Example:", "  lastgood db fence -e production"})
final class FenceVerb extends DatabaseVerb {

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    FenceVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() throws InterruptedException {
        var session = session();
        var screen = screen();
        tool().ensureAgent(session, screen);
        var seen = session.ports().databases().access().look(session.service());
        seen.remarks().forEach(r -> screen.say("note: " + Screen.plain(r)));
        var facts = Look.facts(session).with(known(new LookAtDatabase(session, screen::say).asItIs()));
        var planned = DatabasePlanner.plan(facts, new Request.Fence());
        if (planned instanceof Planned.NothingToDo(var why)) {
            return Carry.nothingToDo(screen, common(), session, "%s: %s".formatted(why, who(session, seen)));
        }
        return new Change(tool(), session, screen, common())
                .carry(facts, planned, consent, Danger.MODERATE, "", "lastgood db fence " + session.flags());
    }

    /// Whose fence it is, for people.
    static String who(Session session, Access.State seen) {
        return Earlier.access(session, seen.mark())
                .map(e -> "%s shut them out; lastgood db unfence %s lets them in again"
                        .formatted(e.run(), session.flags()))
                .orElse("no run of ours shut them out");
    }
}
