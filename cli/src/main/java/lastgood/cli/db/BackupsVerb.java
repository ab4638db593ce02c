package lastgood.cli.db;

import com.fasterxml.jackson.databind.node.ObjectNode;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.cli.out.When;
import lastgood.cli.run.BackupsInWords;
import lastgood.core.Words;
import lastgood.core.data.Backup;
import picocli.CommandLine.Command;

@Command(
        name = "backups",
        mixinStandardHelpOptions = true,
        description =
                "Lists the backups, newest first: whether each can be read back, and whether it was ever restored.",
        footer = {"", "Example:", "  lastgood db backups -e production"})
final class BackupsVerb extends DatabaseVerb {

    BackupsVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        var all = session.ports().databases().backups().all(session.service());
        var screen = screen();
        var format = common().format();
        switch (format) {
            case JSON, YAML -> {
                var doc = Data.document("BackupList")
                        .put("service", session.service().toString());
                var items = doc.putArray("items");
                all.forEach(b -> items.add(json(b)));
                data(doc);
            }
            case NAME -> screen.data(all.stream().map(Backup::name).toList());
            case TABLE, MD -> {
                var table = new Table("NAME", "ALIAS", "KIND", "TAKEN", "SIZE", "RELEASE", "READ BACK", "RESTORED");
                var zone = session.effective().timezone();
                all.forEach(b -> table.row(
                        Screen.plain(b.name()),
                        or(b.alias()),
                        b.kind(),
                        When.full(b.finished(), zone),
                        BackupsInWords.sizeOf(b),
                        or(b.release()),
                        proof(b),
                        rehearsal(b)));
                screen.data(format == Format.MD ? table.markdown() : table.lines());
                var words = new BackupsInWords(all, session.ports().time().now());
                words.lines().forEach(screen::say);
                if (all.isEmpty()) {
                    screen.say("lastgood db backup %s --reason TEXT takes one".formatted(session.flags()));
                }
            }
        }
        return Exit.DONE;
    }

    private static String or(String text) {
        return text.isEmpty() ? "-" : Screen.plain(text);
    }

    private static String proof(Backup b) {
        return switch (b.proof()) {
            case Backup.Proof.Unverified() -> "no";
            case Backup.Proof.Verified(var _, var how) -> "yes (%s)".formatted(Screen.plain(how));
            case Backup.Proof.Vouched(var _, var word) -> "no: taken on trust (%s)".formatted(Screen.plain(word));
            case Backup.Proof.Broken(var _, var why) -> "BROKEN: " + Screen.plain(why);
        };
    }

    private static String rehearsal(Backup b) {
        return switch (b.rehearsal()) {
            case Backup.Rehearsal.Never() -> "never: UNPROVEN";
            case Backup.Rehearsal.Restored(var _, var took, var _) -> "in " + Words.duration(took);
        };
    }

    static ObjectNode json(Backup b) {
        var doc = Data.object()
                .put("name", b.name())
                .put("alias", b.alias())
                .put("kind", b.kind())
                .put("label", b.label())
                .put("system", b.system())
                .put("timeline", b.timeline())
                .put("startLsn", b.startLsn())
                .put("stopLsn", b.stopLsn())
                .put("started", b.started().toString())
                .put("finished", b.finished().toString())
                .put("bytes", b.bytes())
                .put("schema", b.schema())
                .put("release", b.release())
                .put("reason", b.reason());
        switch (b.proof()) {
            case Backup.Proof.Unverified() -> doc.put("readBack", "no");
            case Backup.Proof.Verified(var at, var how) ->
                doc.put("readBack", "yes").put("readBackAt", at.toString()).put("readBackBy", how);
            case Backup.Proof.Vouched(var at, var word) ->
                doc.put("readBack", "no").put("vouchedAt", at.toString()).put("vouchedBy", word);
            case Backup.Proof.Broken(var at, var why) ->
                doc.put("readBack", "broken").put("readBackAt", at.toString()).put("why", why);
        }
        switch (b.rehearsal()) {
            case Backup.Rehearsal.Never() -> doc.put("restored", false);
            case Backup.Rehearsal.Restored(var at, var took, var bytes) ->
                doc.put("restored", true)
                        .put("restoredAt", at.toString())
                        .put("restoredIn", took.toString())
                        .put("restoredBytes", bytes);
        }
        return doc;
    }
}
