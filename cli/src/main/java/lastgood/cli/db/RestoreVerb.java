package lastgood.cli.db;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.run.ConsentOptions;
import lastgood.cli.run.RestoredAge;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The runbook's `restore-database.sh`.
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Restores an earlier state beside the database, counts what would be lost, and then, if you say so by",
            "name, makes it the database. The old one is kept. Often `db salvage` loses nothing instead."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood db restore -e production --backup pre-migration-v4.0.5",
            "  lastgood db restore -e production --point-in-time \"2026-01-02 14:30:00\" --dry-run",
            "  lastgood db restore -e production --before-migration 20260102_add_edge_weight --confirm intelgraph-server"
        })
final class RestoreVerb extends DatabaseVerb {

    @Mixin
    private TargetOptions target = new TargetOptions();

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    @Option(names = "--in-place", description = "over the server's own files; refused, and why")
    private boolean inPlace;

    @Option(names = "--dry-run", description = "count and show the plan, and change nothing")
    private boolean dryRun;

    @Option(
            names = "--older-backup",
            description = "also the state of a backup that is older than backup.maxAgeForRestore")
    private boolean older;

    RestoreVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() throws InterruptedException {
        if (inPlace) {
            throw Failure.refused(
                    "a restore in place overwrites the only copy of what was written since, and is never done",
                    List.of(
                            "if it fails half-way there is neither the old database nor the restored one",
                            "nobody could count before it what would be lost by it"),
                    "leave --in-place out: the state is restored beside the database, counted, and then swapped in, and the old one is kept; or `db salvage`, which keeps what was written since");
        }
        if (!target.isSaid()) {
            throw Failure.usage(
                    "it was not said which state to restore",
                    "--backup NAME, --point-in-time TIME, --before-migration M, --name POINT, --xid N, --lsn LSN or --scratch NAME");
        }
        var session = session();
        target.backup(session).flatMap(b -> RestoredAge.tooOld(session, b)).ifPresent(this::refuseUnlessSaid);
        var assessment = target.assess(session, screen());
        RestoredAge.tooOld(session, assessment).ifPresent(this::refuseUnlessSaid);
        return new Mend(tool(), session, screen(), common()).out(assessment, true, consent, dryRun);
    }

    private void refuseUnlessSaid(String why) {
        if (!older) {
            throw Failure.refused(
                    why,
                    List.of("everything that was written since would be gone"),
                    "--point-in-time or --before-migration loses less; or say that it shall be: --older-backup");
        }
    }
}
