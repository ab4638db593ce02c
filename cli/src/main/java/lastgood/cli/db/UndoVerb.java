package lastgood.cli.db;

import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Change;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.Look;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.Words;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.plan.DatabaseFacts;
import lastgood.core.plan.DatabasePlanner;
import lastgood.core.plan.DatabasePlanner.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The runbook's `rollback-migration.ts`.
@Command(
        name = "undo",
        mixinStandardHelpOptions = true,
        description = {
            "Undoes a migration and those after it, behind the maintenance page and the write fence, after a backup",
            "that was read back. Tried on a copy first: what would be lost is said before you are asked."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood db undo -e production --migration 20260102_add_edge_weight --dry-run",
            "  lastgood db undo -e production --migration 20260102_add_edge_weight --confirm intelgraph-server"
        })
final class UndoVerb extends DatabaseVerb {

    @Option(names = "--migration", paramLabel = "M", required = true, description = "the oldest one to undo")
    private String migration = "";

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    @Option(
            names = "--inexact",
            description =
                    "also where the schema does not become what it was, if the older release is proved to work on it")
    private boolean inexact;

    @Option(names = "--dry-run", description = "try it on a copy, show the plan and change nothing")
    private boolean dryRun;

    UndoVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() throws InterruptedException {
        var session = session();
        var screen = screen();
        if (!dryRun) {
            tool().ensureAgent(session, screen);
        }
        var facts = Look.facts(session);
        var undo = new LookAtDatabase(session, screen::say).undoing(facts.ledger(), migration);
        if (undo.isEmpty()) {
            throw TargetOptions.unknown(
                    migration,
                    session.ports()
                            .databases()
                            .schemas()
                            .migrations(session.service())
                            .applied());
        }
        var known = known(undo.get());
        var with = facts.with(known);
        var planned = DatabasePlanner.plan(with, new Request.Undo(known.since().size(), inexact));
        var command = "lastgood db undo %s --migration %s%s"
                .formatted(session.flags(), Screen.plain(migration), inexact ? " --inexact" : "");
        var change = new Change(tool(), session, screen, common());
        known.since().forEach(m -> screen.say("%s: %s".formatted(Screen.plain(m), words(known, m))));
        new ProofLines(known.proof()).afterUndo().forEach(screen::say);
        return dryRun
                ? change.show(with, planned, command)
                : change.carry(with, planned, consent, Danger.SEVERE, why(session, known), command);
    }

    private static String why(Session session, DatabaseFacts.Known known) {
        var live = session.ports()
                .ledgers()
                .read(session.service())
                .live()
                .map(r -> " from under %s".formatted(r))
                .orElse("");
        var lost = known.proof().undo().stream().flatMap(u -> u.lost().stream()).toList();
        return "%s taken away%s%s%s"
                .formatted(
                        Words.count(known.since().size(), "migration")
                                + (known.since().size() == 1 ? " is" : " are"),
                        live,
                        lost.isEmpty() ? "" : ", and with it " + Screen.plain(String.join(", ", lost)),
                        known.proof().after() instanceof AfterUndo.Different left
                                ? "; the schema stays different from what it was in %s"
                                        .formatted(
                                                Words.count(left.differences().size(), "thing"))
                                : "");
    }

    private static String words(DatabaseFacts.Known known, String migration) {
        return known.proof().undo().stream()
                .filter(u -> u.migration().equals(migration))
                .findFirst()
                .map(UndoVerb::words)
                .orElse("undoing it was not tried");
    }

    static String words(UndoProof undo) {
        var how = switch (undo.standing()) {
            case EXACT -> "undoing it is exact";
            case INEXACT -> "undoing it is not exact: " + undo.detail();
            case FAILS -> "undoing it fails: " + undo.detail();
            case MISSING -> "there is no way down" + (undo.detail().isEmpty() ? "" : ": " + undo.detail());
            case UNTRIED -> "undoing it could not be tried: " + undo.detail();
        };
        return Screen.plain(
                undo.lost().isEmpty() ? how : "%s; loses %s".formatted(how, String.join(", ", undo.lost())));
    }
}
