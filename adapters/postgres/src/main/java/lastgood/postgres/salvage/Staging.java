package lastgood.postgres.salvage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.WorldMoved;
import lastgood.postgres.sql.Failures;
import org.jspecify.annotations.Nullable;

/// What is planned, as temporary tables beside the live ones, so that the server itself says what fits and then puts
/// it back, set by set. For each table there is the plan as texts, the rows as they are (`old`), and the rows as they
/// are to be (`fresh`), which has the live table's types, CHECK constraints and generated columns.
///
/// Assessing makes it, asks it and throws it away; salvaging makes the same again and acts on it.
final class Staging {

    /// More than this that cannot be put back one by one, and the rest of a batch is not tried.
    private static final int TRIED_ONE_BY_ONE = 1_000;

    /// A chunk is held here whole.
    private static final int CHUNK_ROWS = 1_000;

    private static final int CHUNK_CHARACTERS = 1 << 20;

    private final Connection session;
    private final SortedMap<Integer, Staged> tables = new TreeMap<>();

    /// One table of the plan.
    ///
    /// @param live as it is now
    /// @param written columns with a `1` in any mask of an update
    record Staged(Spool.Entry entry, Table live, BitSet written, Map<Spool.What, Long> rows) {
        String plan() {
            return "pg_temp.lg_plan_" + entry.index();
        }

        String old() {
            return "pg_temp.lg_old_" + entry.index();
        }

        String fresh() {
            return "pg_temp.lg_fresh_" + entry.index();
        }

        Table.Key key() {
            return new Table.Key(entry.key());
        }

        long count(Spool.What what) {
            return rows.getOrDefault(what, 0L);
        }

        /// Joins a row of `fresh` or `old` to the live one.
        String same(String a, String b) {
            return entry.key().stream()
                    .map(k -> "%s.%s = %s.%s".formatted(a, Quoted.name(k), b, Quoted.name(k)))
                    .collect(Collectors.joining(" AND "));
        }

        /// Columns of the plan, by name.
        List<String> columns() {
            return entry.columns().stream().map(Spool.Typed::name).toList();
        }
    }

    /// @param why in words for people
    record Refused(long n, String why) {}

    Staging(Connection session) {
        this.session = session;
    }

    SortedMap<Integer, Staged> tables() {
        return tables;
    }

    Connection session() {
        return session;
    }

    /// @param lines gives all lines to whoever asks
    void load(Map<String, Table> live, Lines lines) throws SQLException {
        var copies = new TreeMap<Integer, Copy>();
        lines.to(line -> {
            if (line.table() != null) {
                var entry = line.table();
                var table = live.get(entry.title());
                if (table == null) {
                    throw new WorldMoved(
                            "%s is gone since it was assessed\nnothing was changed".formatted(entry.title()));
                }
                var staged = new Staged(entry, table, new BitSet(), new java.util.EnumMap<>(Spool.What.class));
                tables.put(entry.index(), staged);
                copies.put(entry.index(), new Copy(staged));
            } else if (line.row() != null) {
                java.util.Objects.requireNonNull(copies.get(line.row().table())).add(line.row());
            }
        });
        for (var copy : copies.values()) {
            copy.end();
        }
    }

    interface Lines {
        void to(Spool.Reader reader) throws SQLException;
    }

    /// Gathers rows for one table and sends them in chunks, so that tables may take turns in the spool.
    private final class Copy {
        private final Staged staged;
        private final List<Spool.Planned> waiting = new ArrayList<>();
        private long characters;

        Copy(Staged staged) throws SQLException {
            this.staged = staged;
            var columns = new ArrayList<String>();
            IntStream.range(0, staged.entry().key().size()).forEach(i -> columns.add("k" + i + " text"));
            IntStream.range(0, staged.entry().columns().size()).forEach(i -> columns.add("v" + i + " text"));
            execute("CREATE TEMPORARY TABLE lg_plan_%d (n bigint, what text, mask text, stamp text, %s) ON COMMIT DROP"
                    .formatted(staged.entry().index(), String.join(", ", columns)));
        }

        void add(Spool.Planned row) throws SQLException {
            staged.rows().merge(row.what(), 1L, Long::sum);
            if (row.what() == Spool.What.UPDATE) {
                IntStream.range(0, row.mask().length())
                        .filter(i -> row.mask().charAt(i) == '1')
                        .forEach(staged.written()::set);
            }
            waiting.add(row);
            for (var value : row.values()) {
                characters += value == null ? 0 : value.length();
            }
            if (waiting.size() >= CHUNK_ROWS || characters > CHUNK_CHARACTERS) {
                send();
            }
        }

        private void send() throws SQLException {
            var width =
                    3 + staged.entry().key().size() + staged.entry().columns().size();
            try (var insert = session.prepareStatement("INSERT INTO %s SELECT * FROM unnest(?::bigint[]%s)"
                    .formatted(staged.plan(), ", ?::text[]".repeat(width)))) {
                insert.setArray(
                        1,
                        session.createArrayOf(
                                "bigint", waiting.stream().map(Spool.Planned::n).toArray()));
                for (int i = 0; i < width; i++) {
                    var column = i;
                    insert.setArray(
                            i + 2,
                            session.createArrayOf(
                                    "text",
                                    waiting.stream().map(r -> field(r, column)).toArray()));
                }
                insert.executeUpdate();
            }
            waiting.clear();
            characters = 0;
        }

        private @Nullable String field(Spool.Planned row, int column) {
            return switch (column) {
                case 0 -> row.what().name();
                case 1 -> row.mask();
                case 2 -> row.stamp();
                default -> {
                    var i = column - 3 - row.key().size();
                    yield i < 0 ? row.key().get(column - 3) : row.values().get(i);
                }
            };
        }

        void end() throws SQLException {
            if (!waiting.isEmpty()) {
                send();
            }
            execute("CREATE INDEX ON %s (n)".formatted(staged.plan()));
            execute("ANALYZE " + staged.plan());
        }
    }

    /// Takes up the rows as they are now.
    ///
    /// @throws WorldMoved if one of them is not as it was assessed
    void takeUp(Staged staged) throws SQLException {
        var live = staged.live();
        execute(
                "CREATE TEMPORARY TABLE lg_old_%d ON COMMIT DROP AS SELECT p.n AS lg_n, t.* FROM %s p JOIN %s t ON %s WHERE p.what <> 'INSERT' AND p.stamp = %s"
                        .formatted(
                                staged.entry().index(),
                                staged.plan(),
                                live.from(),
                                TableScan.keyIs(live, staged.key(), "t", "p.k"),
                                live.stamp("t")));
        index(staged, staged.old());
        var found = Reading.number(session, "SELECT count(*) FROM " + staged.old());
        var wanted = staged.count(Spool.What.UPDATE) + staged.count(Spool.What.DELETE);
        if (found != wanted) {
            throw new WorldMoved(
                    "%d of %d rows of %s are not as they were assessed\nnothing was changed\nhint: assess again"
                            .formatted(wanted - found, wanted, live.title()));
        }
        var taken = Reading.number(
                session,
                "SELECT count(*) FROM %s p JOIN %s t ON %s WHERE p.what = 'INSERT'"
                        .formatted(staged.plan(), live.from(), TableScan.keyIs(live, staged.key(), "t", "p.k")));
        if (taken != 0) {
            throw new WorldMoved(
                    "%d rows of %s that were to be inserted are there again\nnothing was changed\nhint: assess again"
                            .formatted(taken, live.title()));
        }
    }

    private void index(Staged staged, String table) throws SQLException {
        execute("CREATE INDEX ON %s (%s)"
                .formatted(table, Quoted.names(staged.entry().key())));
        execute("CREATE INDEX ON %s (lg_n)".formatted(table));
        execute("ANALYZE " + table);
    }

    /// Makes the rows as they are to be.
    ///
    /// @return those that the live table cannot take
    List<Refused> makeFresh(Staged staged) throws SQLException {
        execute(
                "CREATE TEMPORARY TABLE lg_fresh_%d (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED) ON COMMIT DROP"
                        .formatted(staged.entry().index(), staged.live().sql()));
        execute("ALTER TABLE %s ADD COLUMN lg_n bigint".formatted(staged.fresh()));
        execute("CREATE INDEX ON %s (lg_n)".formatted(staged.fresh()));
        var refused = new ArrayList<Refused>();
        var last = Reading.number(session, "SELECT coalesce(max(n), 0) FROM " + staged.plan());
        for (var sql : List.of(freshUpdates(staged), freshInserts(staged))) {
            fill(staged, sql, 0, last, refused);
        }
        index(staged, staged.fresh());
        refused.addAll(inexact(staged));
        return refused;
    }

    private String freshUpdates(Staged staged) throws SQLException {
        var names = staged.columns();
        var targets = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (var column : staged.live().written()) {
            var quoted = Quoted.name(column.name());
            var at = names.indexOf(column.name());
            targets.add(quoted);
            values.add(
                    at < 0 || !staged.written().get(at)
                            ? "o." + quoted
                            : "CASE WHEN substr(p.mask, %d, 1) = '1' THEN %s ELSE o.%s END"
                                    .formatted(at + 1, value(staged, at), quoted));
        }
        return "INSERT INTO %s (lg_n, %s) SELECT p.n, %s FROM %s p JOIN %s o ON o.lg_n = p.n WHERE p.what = 'UPDATE'"
                .formatted(
                        staged.fresh(),
                        String.join(", ", targets),
                        String.join(", ", values),
                        staged.plan(),
                        staged.old());
    }

    private String freshInserts(Staged staged) throws SQLException {
        var names = staged.columns();
        var values = new ArrayList<String>();
        for (int i = 0; i < names.size(); i++) {
            values.add(value(staged, i));
        }
        return "INSERT INTO %s (lg_n, %s) SELECT p.n, %s FROM %s p WHERE p.what = 'INSERT'"
                .formatted(staged.fresh(), Quoted.names(names), String.join(", ", values), staged.plan());
    }

    /// A text of the plan as a value of the live column. One of another type goes by way of the type that it had:
    /// `2.00`
    /// is no integer, and the number that it stands for is.
    private String value(Staged staged, int i) throws SQLException {
        var was = staged.entry().columns().get(i);
        var is = staged.live().column(was.name()).orElseThrow();
        var text = "p.v" + i;
        if (is.type().equals(was.type())) {
            return "CAST(%s AS %s)".formatted(text, is.type());
        }
        var point = session.setSavepoint();
        var through = "CAST(CAST(%s AS %s) AS %s)";
        try {
            execute("SELECT " + through.formatted("NULL", was.type(), is.type()));
            session.releaseSavepoint(point);
            return through.formatted(text, was.type(), is.type());
        } catch (SQLException e) {
            if (!isAboutTheRow(e)) {
                throw e;
            }
            session.rollback(point);
            return "CAST(%s AS %s)".formatted(text, is.type());
        }
    }

    /// Tries all at once; halves what fails until the rows are found that cannot be taken.
    private void fill(Staged staged, String sql, long after, long last, List<Refused> refused) throws SQLException {
        if (last <= after) {
            return;
        }
        var point = session.setSavepoint();
        try {
            execute("%s AND p.n > %d AND p.n <= %d".formatted(sql, after, last));
            session.releaseSavepoint(point);
        } catch (SQLException e) {
            if (!isAboutTheRow(e)) {
                throw e;
            }
            session.rollback(point);
            if (last - after == 1 || refused.size() > TRIED_ONE_BY_ONE) {
                refuseAll(staged, sql, after, last, Failures.said(e), refused);
                return;
            }
            var middle = after + (last - after) / 2;
            fill(staged, sql, after, middle, refused);
            fill(staged, sql, middle, last, refused);
        }
    }

    /// Bad values (22), constraints (23), a type that is not there any more (42).
    private static boolean isAboutTheRow(SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("42");
    }

    private void refuseAll(Staged staged, String sql, long after, long last, String why, List<Refused> refused)
            throws SQLException {
        var what = sql.endsWith("'UPDATE'") ? "UPDATE" : "INSERT";
        refuse(
                "SELECT n FROM %s WHERE what = '%s' AND n > %d AND n <= %d".formatted(staged.plan(), what, after, last),
                why,
                refused);
    }

    private void refuse(String sql, String why, List<Refused> refused) throws SQLException {
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(sql)) {
            while (rows.next()) {
                refused.add(new Refused(rows.getLong(1), why));
            }
        }
    }

    /// A value that goes into a narrower type must come out of it as it was.
    private List<Refused> inexact(Staged staged) throws SQLException {
        var refused = new ArrayList<Refused>();
        for (int i = 0; i < staged.entry().columns().size(); i++) {
            var was = staged.entry().columns().get(i);
            var is = staged.live().column(was.name()).orElseThrow();
            if (is.type().equals(was.type())) {
                continue;
            }
            var point = session.setSavepoint();
            var changed = "substr(p.mask, %d, 1) = '1'".formatted(i + 1);
            var why = "%s is %s now and cannot hold what was %s".formatted(was.name(), is.type(), was.type());
            try {
                refuse(
                        "SELECT p.n FROM %s p JOIN %s f ON f.lg_n = p.n WHERE %s AND CAST(CAST(CAST(f.%s AS text) AS %s) AS text) IS DISTINCT FROM p.v%d"
                                .formatted(
                                        staged.plan(), staged.fresh(), changed, Quoted.name(was.name()), was.type(), i),
                        why,
                        refused);
                session.releaseSavepoint(point);
            } catch (SQLException e) {
                if (!isAboutTheRow(e)) {
                    throw e;
                }
                session.rollback(point);
                refuse("SELECT p.n FROM %s p WHERE %s".formatted(staged.plan(), changed), why, refused);
            }
        }
        return refused;
    }

    /// Takes rows out of the plan.
    void withdraw(Staged staged, List<Refused> refused) throws SQLException {
        var numbers = refused.stream().map(Refused::n).distinct().toArray(Long[]::new);
        for (var table : List.of(staged.plan(), staged.old(), staged.fresh())) {
            var column = table.equals(staged.plan()) ? "n" : "lg_n";
            try (var delete = session.prepareStatement("DELETE FROM %s WHERE %s = ANY (?)".formatted(table, column))) {
                delete.setArray(1, session.createArrayOf("bigint", numbers));
                delete.executeUpdate();
            }
        }
    }

    void execute(String sql) throws SQLException {
        run(session, sql);
    }

    static void run(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    long update(String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            return statement.executeLargeUpdate(sql);
        }
    }
}
