package lastgood.cli.db;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import lastgood.cli.Common;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.core.plan.DatabaseFacts;
import picocli.CommandLine.Mixin;

/// A verb about the database of one service. One that has none is refused before anything is looked at.
abstract class DatabaseVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    DatabaseVerb(Tool tool) {
        this.tool = tool;
    }

    final Tool tool() {
        return tool;
    }

    final Common common() {
        return where.common();
    }

    final Screen screen() {
        return tool.screen(common());
    }

    final Session session() {
        var session = tool.session(where);
        if (!session.hasDatabase()) {
            throw none(session);
        }
        return session;
    }

    static Failure none(Session session) {
        return Failure.refused(
                "no database is configured for %s".formatted(session.service()),
                List.of(),
                session.effective().address().isFromFile()
                        ? "say where it is: services.%s.database.url"
                                .formatted(session.service().service())
                        : "a database is named in a configuration: services.%s.database.url, and -e instead of -n"
                                .formatted(session.service().service()));
    }

    final boolean isData() {
        return common().format() == Format.JSON || common().format() == Format.YAML;
    }

    final void data(JsonNode node) {
        screen().data(Data.text(node, common().format()));
    }

    /// What a change of the database rests on; if it cannot be looked at, the planner refuses with the reason.
    static DatabaseFacts.Known known(DatabaseFacts facts) {
        return switch (facts) {
            case DatabaseFacts.Known known -> known;
            case DatabaseFacts.Unknown(var why) ->
                throw new Failure(
                        lastgood.cli.Exit.UNREACHABLE,
                        "the database could not be looked at: %s".formatted(why),
                        "lastgood db status says more");
            case DatabaseFacts.None() -> throw new IllegalStateException("asked before");
        };
    }
}
