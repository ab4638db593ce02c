package lastgood.postgres.prove;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.core.schema.Change;
import lastgood.core.schema.Item;
import lastgood.core.schema.Item.Kind;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.postgres.sql.Sessions;

/// Counts what an undo throws away, on the database where it would be thrown away.
final class Stakes {

    private Stakes() {}

    /// @param changes from the older catalog to the newer one
    /// @param kept paths of tables and columns that the undo leaves there under another name
    static List<String> count(Sessions live, List<Change> changes, Set<List<String>> kept) {
        var lost = new ArrayList<String>();
        var newTables = changes.stream()
                .filter(c -> c instanceof Change.Added && c.subject().kind() == Kind.TABLE)
                .map(c -> c.subject().path())
                .collect(Collectors.toSet());
        for (var change : changes) {
            if (kept.contains(change.subject().path()) && change instanceof Change.Added) {
                continue;
            }
            one(live, change, newTables, lost);
        }
        return List.copyOf(lost);
    }

    private static void one(Sessions live, Change change, Set<List<String>> newTables, List<String> lost) {
        var item = change.subject();
        if (change instanceof Change.Added && item.kind() == Kind.TABLE) {
            lost.add("table %s: %s rows"
                    .formatted(item.qualified(), counted(live, "SELECT count(*) FROM " + Quoted.path(item.path()))));
        } else if (change instanceof Change.Added
                && item.kind() == Kind.COLUMN
                && !newTables.contains(item.parent())
                && !item.has("generated")) {
            lost.add("column %s: %s values".formatted(item.qualified(), counted(live, values(item))));
        } else if (change instanceof Change.Changed c && c.fact().equals("type") && item.kind() == Kind.COLUMN) {
            lost.add("column %s: back from %s to %s; values that do not fit are refused or changed"
                    .formatted(
                            item.qualified(),
                            c.subject().fact("type"),
                            c.before().fact("type")));
        }
    }

    /// A value that everyone gets is none that somebody wrote.
    private static String values(Item column) {
        var name = Quoted.name(column.name());
        var plain = column.fact("default").matches("'[^']*'::[\\w. ]+|-?[\\d.]+|true|false");
        return "SELECT count(%s)%s FROM %s"
                .formatted(
                        name,
                        plain ? " FILTER (WHERE %s IS DISTINCT FROM (%s))".formatted(name, column.fact("default")) : "",
                        Quoted.path(column.parent()));
    }

    private static String counted(Sessions live, String question) {
        try {
            return live.look("count what is at stake", s -> {
                try (var row = s.createStatement().executeQuery(question)) {
                    return count(row);
                }
            });
        } catch (Forbidden | Unreachable | WorldMoved _) {
            return "an unknown number of";
        }
    }

    private static String count(java.sql.ResultSet row) throws SQLException {
        row.next();
        return "%,d".formatted(row.getLong(1));
    }
}
