package lastgood.cli.db;

import java.util.List;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.core.Ledger;
import lastgood.core.data.Migrations;
import lastgood.engine.port.TeamCommands;
import picocli.CommandLine.Command;

/// The runbook's `migration-status.ts`.
@Command(
        name = "migrations",
        mixinStandardHelpOptions = true,
        description = "Lists the migrations, the newest first: what brought each, and how it can be undone.",
        footer = {
            "",
            "With migrations.status, your own command is run too, and what it says is shown. Where it fails, so does this.",
            "",
            "Example:",
            "  lastgood db migrations -e production"
        })
final class MigrationsVerb extends DatabaseVerb {

    MigrationsVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        var history = session.ports().databases().schemas().migrations(session.service());
        var ledger = session.ports().ledgers().read(session.service());
        var screen = screen();
        var format = common().format();
        // A list of names is for scripts, which did not ask for it.
        var status = format == Format.NAME
                ? Optional.<TeamCommands.Ended>empty()
                : session.questions().migrationStatus(session.service());
        switch (format) {
            case JSON, YAML -> {
                var doc = Data.document("MigrationList")
                        .put("service", session.service().toString())
                        .put("tool", history.tool())
                        .put("history", history.history());
                var items = doc.putArray("items");
                for (var a : history.applied().reversed()) {
                    items.addObject()
                            .put("name", a.name())
                            .put("at", a.at())
                            .put("done", a.done())
                            .put("xid", Long.toUnsignedString(a.xid()))
                            .put("release", release(ledger, a.name()))
                            .put("undo", undo(a.undo()));
                }
                doc.set("remarks", Data.texts(history.remarks()));
                status.ifPresent(
                        s -> doc.putObject("status").put("exit", s.code()).set("lines", Data.texts(s.lastLines())));
                data(doc);
            }
            case NAME ->
                screen.data(history.applied().reversed().stream()
                        .map(a -> Screen.plain(a.name()))
                        .toList());
            case TABLE, MD -> {
                var table = new Table("MIGRATION", "APPLIED", "STATE", "RELEASE", "TRANSACTION", "UNDO");
                for (var a : history.applied().reversed()) {
                    table.row(
                            Screen.plain(a.name()),
                            or(a.at()),
                            a.done() ? "applied" : "HALF DONE",
                            or(release(ledger, a.name())),
                            a.xid() == 0 ? "-" : Long.toUnsignedString(a.xid()),
                            undo(a.undo()));
                }
                screen.data(format == Format.MD ? table.markdown() : table.lines());
                screen.say(
                        history.tool().equals("none")
                                ? "no migration tool's history was found; services.%s.database.migrations.tool names one"
                                        .formatted(session.service().service())
                                : "read from %s (%s)".formatted(Screen.plain(history.history()), history.tool()));
                history.remarks().forEach(r -> screen.say("note: " + Screen.plain(r)));
                status.ifPresent(s -> {
                    screen.say(
                            s.code() == 0
                                    ? "your own command for the status says:"
                                    : "your own command for the status ended with %d and said:".formatted(s.code()));
                    s.lastLines().forEach(l -> screen.say("  " + Screen.plain(l)));
                });
            }
        }
        return status.filter(s -> s.code() != 0).isPresent() ? Exit.FAILED : Exit.DONE;
    }

    private static String release(Ledger ledger, String migration) {
        return ledger.releases().stream()
                .filter(r -> r.migrations().contains(migration))
                .map(r -> r.version().text())
                .findFirst()
                .orElse("");
    }

    static String undo(Migrations.Undo undo) {
        return switch (undo) {
            case Migrations.Undo.Sql(var source, var transactional) ->
                "%s%s".formatted(Screen.plain(source), transactional ? "" : " (not in a transaction)");
            case Migrations.Undo.Command(List<String> words) -> Screen.plain(String.join(" ", words));
            case Migrations.Undo.None(var why) -> "none: " + Screen.plain(why);
        };
    }

    private static String or(String text) {
        return text.isEmpty() ? "-" : Screen.plain(text);
    }
}
