package lastgood.postgres.migrate;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.data.Migrations;
import lastgood.core.data.Migrations.Undo;

/// What was applied, oldest first, and how each can be undone: the history table and the team's files side by side.
///
/// @param found whose history it is
/// @param migrations also those that failed
/// @param pairs the files, in order
record Chronicle(History.Found found, List<Migration> migrations, List<Scripts.Pair> pairs, List<String> remarks) {

    Chronicle {
        migrations = List.copyOf(migrations);
        pairs = List.copyOf(pairs);
        remarks = List.copyOf(remarks);
    }

    static Chronicle read(Connection session, Migrated setup) throws SQLException {
        var pairs = setup.scripts().all();
        return switch (History.find(session, setup.tool())) {
            case History.Found.Of of -> of(of, History.rows(session, of), pairs, setup);
            case History.Found.Nothing nothing ->
                new Chronicle(
                        nothing,
                        List.of(),
                        pairs,
                        List.of(
                                pairs.isEmpty()
                                        ? "no history of migrations was found, of no tool that lastgood knows"
                                        : "no migration was applied yet"));
            case History.Found.Unclear unclear -> new Chronicle(unclear, List.of(), pairs, List.of(unclear.why()));
        };
    }

    private static Chronicle of(
            History.Found.Of found, List<History.Row> rows, List<Scripts.Pair> pairs, Migrated setup) {
        var all = found.tool() == Tool.GOLANG_MIGRATE ? spread(rows, pairs) : rows;
        var migrations =
                all.stream().map(r -> migration(found, r, pairs, setup)).toList();
        var remarks = new ArrayList<String>();
        migrations.stream()
                .filter(m -> !m.done())
                .forEach(m -> remarks.add("%s was begun and failed, says %s".formatted(m.name(), found.table())));
        if (migrations.stream().noneMatch(m -> !(m.undo() instanceof Undo.None)) && !migrations.isEmpty()) {
            remarks.add(
                    "none of them can be undone: lastgood sees no file with a way down, and no command is configured"
                            + " for %s".formatted(found.tool().label()));
        }
        return new Chronicle(found, migrations, pairs, remarks);
    }

    /// Its history is one number; what lies below it follows from the files.
    private static List<History.Row> spread(List<History.Row> rows, List<Scripts.Pair> pairs) {
        if (rows.isEmpty()) {
            return rows;
        }
        var current = rows.getFirst();
        var below = new ArrayList<History.Row>();
        for (var pair : pairs) {
            if (!pair.number().isEmpty()
                    && new BigInteger(pair.number()).compareTo(new BigInteger(current.key())) < 0) {
                below.add(new History.Row(pair.name(), "", true, 0, pair.number()));
            }
        }
        var name = pairs.stream()
                .filter(p -> p.number().equals(current.key()))
                .map(Scripts.Pair::name)
                .findFirst()
                .orElse(current.key());
        below.add(new History.Row(name, "", current.done(), current.xid(), current.key()));
        return below;
    }

    private static Migration migration(
            History.Found.Of found, History.Row row, List<Scripts.Pair> pairs, Migrated setup) {
        var files = pairs.stream().filter(p -> belongs(found.tool(), row, p)).toList();
        var down = files.size() == 1 && found.tool().runsDownScripts()
                ? files.getFirst().down()
                : Optional.<Scripts.Side>empty();
        return new Migration(
                row.name(), row.at(), row.done(), row.xid(), row.key(), down, undo(row, files.size(), down, setup));
    }

    private static boolean belongs(Tool tool, History.Row row, Scripts.Pair pair) {
        return switch (tool) {
            case GOLANG_MIGRATE -> pair.number().equals(row.key());
            case RAILS -> row.key().matches("[0-9]+") && pair.number().equals(new BigInteger(row.key()).toString());
            case FLYWAY -> Scripts.version(pair.name()).equals(row.key());
            case OURS,
                    LIQUIBASE,
                    ECTO,
                    NODE_PG_MIGRATE,
                    PRISMA,
                    KNEX,
                    SEQUELIZE,
                    TYPEORM,
                    ALEMBIC,
                    DJANGO,
                    ATLAS,
                    PGROLL -> pair.name().equals(row.name());
        };
    }

    /// The file goes before the command: it runs in one transaction with the check of what came of it.
    private static Undo undo(History.Row row, int files, Optional<Scripts.Side> down, Migrated setup) {
        if (files > 1) {
            return new Undo.None("there are %d files for %s: which one is it?".formatted(files, row.name()));
        }
        if (down.isPresent()) {
            var script = down.get().script();
            var refusal = script.refusal();
            return refusal.isPresent()
                    ? new Undo.None(refusal.get())
                    : new Undo.Sql(script.source(), script.transactional());
        }
        return setup.undo().isEmpty()
                ? new Undo.None(
                        "%s has no way down: no file with it, and no command is configured".formatted(row.name()))
                : new Undo.Command(Migrated.filled(setup.undo(), row.name()));
    }

    /// Names of those that are applied to the end.
    List<String> applied() {
        return migrations.stream().filter(Migration::done).map(Migration::name).toList();
    }

    Optional<Migration> called(String name) {
        return migrations.stream().filter(m -> m.name().equals(name)).findFirst();
    }

    /// The one before, if any.
    Optional<Migration> before(Migration migration) {
        var at = migrations.indexOf(migration);
        return at > 0 ? Optional.of(migrations.get(at - 1)) : Optional.empty();
    }

    String tool() {
        return switch (found) {
            case History.Found.Of of -> of.tool().label();
            case History.Found.Nothing _ -> pairs.isEmpty() ? "none" : Tool.OURS.label();
            case History.Found.Unclear _ -> "unknown";
        };
    }

    Migrations shown() {
        var table = found instanceof History.Found.Of of ? of.table().replace("\"", "") : "";
        return new Migrations(
                tool(), table, migrations.stream().map(Migration::shown).toList(), remarks);
    }
}
