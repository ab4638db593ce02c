package lastgood.cli.db;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.cli.run.BackupsInWords;
import lastgood.core.Words;
import lastgood.core.data.Backup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "rehearse",
        mixinStandardHelpOptions = true,
        description = {
            "Restores a backup beside the database, checks it, measures how long it took and throws it away.",
            "Plans predict from that; without it they say UNPROVEN."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood db rehearse -e production                      the newest that was read back",
            "  lastgood db rehearse -e production --backup pre-migration-v4.0.5"
        })
final class RehearseVerb extends DatabaseVerb {

    @Option(names = "--backup", paramLabel = "NAME", description = "name or alias (default: the newest verified one)")
    private @Nullable String backup;

    RehearseVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        var screen = screen();
        var chosen = chosen(session);
        screen.say("restoring %s beside the database".formatted(Screen.plain(chosen.name())));
        var done = session.questions()
                .rehearse(session.service(), chosen.name(), line -> screen.say("  " + Screen.plain(line)));
        if (isData()) {
            var doc =
                    Data.document("Rehearsal").put("service", session.service().toString());
            doc.set("backup", BackupsVerb.json(done));
            data(doc);
        } else {
            screen.data(words(done));
        }
        return done.rehearsal() instanceof Backup.Rehearsal.Restored ? Exit.DONE : Exit.NOT_RECOVERED;
    }

    private Backup chosen(Session session) {
        if (backup != null) {
            return NamedBackup.in(session, backup);
        }
        var all = session.ports().databases().backups().all(session.service());
        return new BackupsInWords(all, session.ports().time().now())
                .newestVerified()
                .orElseThrow(() -> Failure.refused(
                        "no backup of %s was ever read back".formatted(session.service()),
                        List.of(),
                        "lastgood db backup %s --reason rehearsal takes one; or name one with --backup"
                                .formatted(session.flags())));
    }

    private static String words(Backup done) {
        return switch (done.rehearsal()) {
            case Backup.Rehearsal.Never() -> "%s could not be restored".formatted(Screen.plain(done.name()));
            case Backup.Rehearsal.Restored(var _, var took, var bytes) ->
                "%s was restored in %s%s and thrown away"
                        .formatted(
                                Screen.plain(done.name()),
                                Words.duration(took),
                                bytes == 0 ? "" : " (%s)".formatted(BackupsInWords.size(bytes)));
        };
    }
}
