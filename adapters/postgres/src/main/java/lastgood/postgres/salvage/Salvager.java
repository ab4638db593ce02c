package lastgood.postgres.salvage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Salvaged;
import lastgood.postgres.salvage.Spool.What;
import lastgood.postgres.salvage.Staging.Staged;
import lastgood.postgres.sql.Marks;
import lastgood.postgres.sql.Sessions;

/// Puts back what an assessment wrote down: all of it or nothing, in one transaction that holds its own marker.
///
/// A crash at any place leaves either a database in which nothing happened or one that says that it is done; a look
/// tells which. Each row is changed only if it is still as it was assessed. The tables are locked against writers from
/// the first row that is read to the commit; writers should be shut out already, and if one is not, we give way.
public final class Salvager {

    /// One set-based statement on ten million rows takes minutes.
    private static final Duration LIMIT = Duration.ofHours(1);

    /// Rows that a look compares; the salvage itself compares all of them.
    private static final int LOOKED_AT = 10_000;

    private static final int BATCH = 1_000;

    private final Function<ServiceRef, Sessions> databases;
    private final Spool spool;

    /// @param databases the live database of a service
    /// @param spools the same folder that [Assessor] has
    public Salvager(Function<ServiceRef, Sessions> databases, Path spools) {
        this.databases = databases;
        this.spool = new Spool(spools);
    }

    public Salvaged salvaged(ServiceRef service, String scratch, Digest assessment) {
        var sessions = databases.apply(service);
        var before = standing(sessions, assessment);
        if (before.isPresent()) {
            return before.get();
        }
        var outline = spool.outline(assessment);
        if (outline.isEmpty()) {
            return new Salvaged.Stale("what was assessed is not kept here, or was altered; assess again");
        }
        if (!outline.get().head().scratch().equals(scratch)) {
            return new Salvaged.Stale("the assessment is of the scratch `%s`, not of `%s`"
                    .formatted(outline.get().head().scratch(), scratch));
        }
        return compared(sessions, assessment, outline.get());
    }

    /// A salvage that began after we asked for it has the rows' locks, and changes the same rows: so whoever finds them
    /// locked or changed asks again.
    private Salvaged compared(Sessions sessions, Digest assessment, Spool.Outline outline) {
        Optional<String> moved;
        try {
            moved = sessions.look("compare rows with the assessment", s -> moved(s, assessment, outline));
        } catch (WorldMoved locked) {
            return standing(sessions, assessment).orElseThrow(() -> locked);
        }
        return moved.isEmpty()
                ? new Salvaged.NotYet()
                : standing(sessions, assessment).orElseGet(() -> new Salvaged.Stale(moved.get()));
    }

    /// Done or underway, if it is.
    private static Optional<Salvaged> standing(Sessions sessions, Digest assessment) {
        return sessions.look("look for the salvage's marker", session -> {
            // The lock before the marker: whoever lets go of it has committed, or never will.
            var underway = underway(session, assessment);
            return underway.isPresent() ? underway : marker(session, assessment).map(Salvaged.Done::new);
        });
    }

    private static Optional<Salvaged> underway(Connection session, Digest assessment) throws SQLException {
        try (var ask = session.prepareStatement("""
                SELECT l.pid, coalesce(a.application_name, '')
                FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND l.classid = CAST(? AS bigint)::oid AND l.objid = CAST(? AS bigint)::oid""")) {
            ask.setLong(1, lock(assessment) >>> 32);
            ask.setLong(2, lock(assessment) & 0xffff_ffffL);
            try (var rows = ask.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Salvaged.Underway(
                                "session %d of %s puts rows back".formatted(rows.getInt(1), rows.getString(2))))
                        : Optional.empty();
            }
        }
    }

    private static Optional<String> marker(Connection session, Digest assessment) throws SQLException {
        return Marks.find(session, name(assessment)).map(Marks.Mark::detail);
    }

    private static String name(Digest assessment) {
        return "salvage/" + assessment;
    }

    private static long lock(Digest assessment) {
        return Long.parseUnsignedLong(assessment.text().substring("sha256:".length(), "sha256:".length() + 16), 16);
    }

    /// Why what was assessed is not so any more, if it is not, by the first rows of it.
    private Optional<String> moved(Connection session, Digest assessment, Spool.Outline outline) throws SQLException {
        Reading.sameTexts(session);
        var live = Tables.read(session);
        var rows = new ArrayList<Spool.Planned>();
        spool.read(assessment, line -> {
            if (line.row() != null && rows.size() < LOOKED_AT) {
                rows.add(line.row());
            }
        });
        for (var entry : outline.tables().values()) {
            var table = live.get(entry.title());
            if (table == null) {
                return Optional.of(entry.title() + " is gone since it was assessed");
            }
            var mine = rows.stream().filter(r -> r.table() == entry.index()).toList();
            for (int from = 0; from < mine.size(); from += BATCH) {
                var batch = mine.subList(from, Math.min(mine.size(), from + BATCH));
                var different = different(session, entry, table, batch);
                if (different > 0) {
                    return Optional.of(
                            "%d rows of %s changed after the assessment".formatted(different, entry.title()));
                }
            }
        }
        return Optional.empty();
    }

    private static long different(Connection session, Spool.Entry entry, Table live, List<Spool.Planned> rows)
            throws SQLException {
        var width = entry.key().size();
        var names = IntStream.range(0, width).mapToObj(i -> "k" + i).toList();
        var sql =
                "SELECT count(*) FROM unnest(?::text[], %s) AS w(stamp, %s) LEFT JOIN %s t ON %s WHERE CASE WHEN t.%s IS NULL THEN '' ELSE %s END <> w.stamp"
                        .formatted(
                                names.stream().map(_ -> "?::text[]").collect(Collectors.joining(", ")),
                                String.join(", ", names),
                                live.from(),
                                TableScan.keyIs(live, new Table.Key(entry.key()), "t", "w.k"),
                                Quoted.name(entry.key().getFirst()),
                                live.stamp("t"));
        try (var ask = session.prepareStatement(sql)) {
            ask.setArray(
                    1,
                    session.createArrayOf(
                            "text", rows.stream().map(Spool.Planned::stamp).toArray()));
            for (int k = 0; k < width; k++) {
                var column = k;
                ask.setArray(
                        k + 2,
                        session.createArrayOf(
                                "text",
                                rows.stream().map(r -> r.key().get(column)).toArray()));
            }
            try (var row = ask.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /// @throws WorldMoved if a row is not as it was assessed, or somebody else is at it; nothing was changed
    public void salvage(ServiceRef service, String scratch, Digest assessment, Fence fence) {
        var outline = spool.outline(assessment)
                .filter(o -> o.head().scratch().equals(scratch))
                .orElseThrow(() -> new WorldMoved(
                        "what was assessed is not kept here, or was altered\nnothing was changed\nhint: assess again"));
        databases.apply(service).change("put rows back", LIMIT, session -> {
            one(session, assessment);
            if (marker(session, assessment).isEmpty()) {
                putBack(session, assessment, outline);
                Marks.set(session, name(assessment), fence, words(outline) + " (" + fence.key() + ")");
            }
            return true;
        });
    }

    private static void one(Connection session, Digest assessment) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("SELECT pg_try_advisory_xact_lock(%d)".formatted(lock(assessment)))) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new WorldMoved("another session is putting these rows back\nnothing was changed");
            }
        }
    }

    private static String words(Spool.Outline outline) {
        return outline.counted().isEmpty()
                ? "nothing was damaged"
                : outline.counted().stream()
                        .map(c -> "%s: %d repaired, %d kept, %d in conflict, %d lost"
                                .formatted(c.table(), c.repaired(), c.kept(), c.conflicts(), c.lost()))
                        .collect(Collectors.joining("; "));
    }

    private void putBack(Connection session, Digest assessment, Spool.Outline outline) throws SQLException {
        Reading.sameTexts(session);
        var live = Tables.read(session);
        for (var entry : outline.tables().values()) {
            var table = live.get(entry.title());
            if (table == null) {
                throw new WorldMoved(entry.title() + " is gone since it was assessed\nnothing was changed");
            }
            Staging.run(session, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE".formatted(table.sql()));
        }
        var staging = new Staging(session);
        staging.load(live, reader -> spool.read(assessment, reader));
        for (var staged : staging.tables().values()) {
            staging.takeUp(staged);
            var refused = staging.makeFresh(staged);
            if (!refused.isEmpty()) {
                throw new WorldMoved("%d rows of %s cannot be put back any more: %s\nnothing was changed"
                        .formatted(
                                refused.size(),
                                staged.live().title(),
                                refused.getFirst().why()));
            }
        }
        write(staging, outline);
    }

    private static void write(Staging staging, Spool.Outline outline) throws SQLException {
        var keys = Obstacles.foreignKeys(staging.session());
        var triggers = Triggers.off(
                staging.session(),
                staging.tables().values().stream().map(Staged::live).toList());
        var ordered = parentsFirst(staging.tables().values(), keys);
        for (var staged : ordered) {
            openIdentities(staging, staged, true);
        }
        for (var staged : ordered.reversed()) {
            delete(staging, staged);
        }
        for (var staged : ordered) {
            insert(staging, staged);
        }
        for (var staged : ordered) {
            update(staging, staged, triggers.areForeignKeysOff());
        }
        for (var staged : ordered) {
            verify(staging, staged);
        }
        for (var key : keys) {
            verify(staging, key);
        }
        Staging.run(staging.session(), "SET CONSTRAINTS ALL IMMEDIATE");
        for (var staged : ordered) {
            openIdentities(staging, staged, false);
        }
        triggers.on();
        verify(outline, staging);
        for (var staged : ordered) {
            forward(staging, staged);
        }
    }

    /// Rows of a parent before those of its children; tables in a circle in the order of their names.
    static List<Staged> parentsFirst(java.util.Collection<Staged> tables, List<Obstacles.ForeignKey> keys) {
        var left = new TreeMap<String, Staged>();
        tables.forEach(t -> left.put(t.live().title(), t));
        var ordered = new LinkedHashSet<Staged>();
        while (!left.isEmpty()) {
            var free = left.keySet().stream()
                    .filter(t -> keys.stream()
                            .noneMatch(k -> k.table().equals(t)
                                    && !k.references().equals(t)
                                    && left.containsKey(k.references())))
                    .toList();
            (free.isEmpty() ? List.of(left.firstKey()) : free).forEach(t -> ordered.add(left.remove(t)));
        }
        return List.copyOf(ordered);
    }

    private static void expect(String table, long wanted, long got) {
        if (wanted != got) {
            throw new WorldMoved("%d rows of %s were to be changed, and %d would have been\nnothing was changed"
                    .formatted(wanted, table, got));
        }
    }

    private static void delete(Staging staging, Staged staged) throws SQLException {
        if (staged.count(What.DELETE) == 0) {
            return;
        }
        expect(
                staged.live().title(),
                staged.count(What.DELETE),
                staging.update("DELETE FROM %s t USING %s o, %s p WHERE p.n = o.lg_n AND p.what = 'DELETE' AND %s"
                        .formatted(staged.live().from(), staged.old(), staged.plan(), staged.same("t", "o"))));
    }

    private static void insert(Staging staging, Staged staged) throws SQLException {
        if (staged.count(What.INSERT) > 0) {
            expect(staged.live().title(), staged.count(What.INSERT), staging.update(insertSql(staged, What.INSERT)));
        }
    }

    private static String insertSql(Staged staged, What what) {
        var columns = staged.live().written().stream().map(Table.Column::name).toList();
        return "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s f JOIN %s p ON p.n = f.lg_n WHERE p.what = '%s'"
                .formatted(
                        staged.live().sql(),
                        Quoted.names(columns),
                        columns.stream().map(c -> "f." + Quoted.name(c)).collect(Collectors.joining(", ")),
                        staged.fresh(),
                        staged.plan(),
                        what);
    }

    /// An update of a value that must be unique looks at the rows one by one, and fails where two of them change
    /// places. Where nothing hangs on it, the rows are taken out and put in again.
    private static void update(Staging staging, Staged staged, boolean foreignKeysAreOff) throws SQLException {
        if (staged.count(What.UPDATE) == 0) {
            return;
        }
        var title = staged.live().title();
        if (foreignKeysAreOff && Obstacles.changesUnique(staging, staged)) {
            expect(
                    title,
                    staged.count(What.UPDATE),
                    staging.update("DELETE FROM %s t USING %s o, %s p WHERE p.n = o.lg_n AND p.what = 'UPDATE' AND %s"
                            .formatted(staged.live().from(), staged.old(), staged.plan(), staged.same("t", "o"))));
            expect(title, staged.count(What.UPDATE), staging.update(insertSql(staged, What.UPDATE)));
            return;
        }
        var sets = staged.written().stream()
                .mapToObj(i -> Quoted.name(staged.columns().get(i)))
                .map(c -> c + " = f." + c)
                .collect(Collectors.joining(", "));
        expect(
                title,
                staged.count(What.UPDATE),
                staging.update("UPDATE %s t SET %s FROM %s f JOIN %s p ON p.n = f.lg_n WHERE p.what = 'UPDATE' AND %s"
                        .formatted(staged.live().from(), sets, staged.fresh(), staged.plan(), staged.same("t", "f"))));
    }

    /// What is there now must be what was to be there: a trigger or a rule that interfered shows here.
    private static void verify(Staging staging, Staged staged) throws SQLException {
        var live = staged.live();
        expect(
                live.title(),
                staged.count(What.UPDATE) + staged.count(What.INSERT),
                Reading.number(
                        staging.session(),
                        "SELECT count(*) FROM %s f JOIN %s t ON %s WHERE %s = %s"
                                .formatted(
                                        staged.fresh(),
                                        live.from(),
                                        staged.same("t", "f"),
                                        live.stamp("t"),
                                        live.stamp("f"))));
    }

    private static void verify(Staging staging, Obstacles.ForeignKey key) throws SQLException {
        var broken = new ArrayList<>(Obstacles.withoutParent(staging, key, true));
        broken.addAll(Obstacles.leavesChildren(staging, key, true));
        if (!broken.isEmpty()) {
            throw new WorldMoved(
                    "%d rows would break %s of %s: %s\nnothing was changed\nhint: assess again, somebody wrote meanwhile"
                            .formatted(
                                    broken.size(),
                                    key.name(),
                                    key.table(),
                                    broken.getFirst().why()));
        }
    }

    private static void verify(Spool.Outline outline, Staging staging) {
        Map<String, Long> repaired =
                outline.counted().stream().collect(Collectors.toMap(Spool.Counted::table, Spool.Counted::repaired));
        for (var staged : staging.tables().values()) {
            var all = staged.rows().values().stream().mapToLong(n -> n).sum();
            expect(staged.live().title(), repaired.getOrDefault(staged.live().title(), 0L), all);
        }
    }

    /// A column that takes no value but its own is opened for the transaction, if it was damaged.
    private static void openIdentities(Staging staging, Staged staged, boolean open) throws SQLException {
        for (var i : staged.written().stream().boxed().toList()) {
            var column = staged.live().column(staged.columns().get(i)).orElseThrow();
            if (column.identityAlways()) {
                staging.execute("ALTER TABLE %s ALTER COLUMN %s SET GENERATED %s"
                        .formatted(staged.live().sql(), Quoted.name(column.name()), open ? "BY DEFAULT" : "ALWAYS"));
            }
        }
    }

    /// Sequences go on behind what was put back, and never back. This is not undone if the commit fails, and does no
    /// harm then.
    private static void forward(Staging staging, Staged staged) throws SQLException {
        var sequences = new TreeMap<String, String>();
        try (var ask = staging.session().createStatement();
                var rows = ask.executeQuery("""
                        SELECT format('%%I.%%I', n.nspname, s.relname), a.attname
                        FROM pg_attribute a
                        LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
                        JOIN pg_depend d ON (d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                                             AND d.refclassid = 'pg_class'::regclass
                                             AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum)
                                         OR (d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
                                             AND d.refclassid = 'pg_class'::regclass)
                        JOIN pg_class s ON s.relkind = 'S'
                             AND s.oid = CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid ELSE d.refobjid END
                        JOIN pg_namespace n ON n.oid = s.relnamespace
                        WHERE a.attrelid = %d""".formatted(staged.live().oid()))) {
            while (rows.next()) {
                sequences.put(rows.getString(1), rows.getString(2));
            }
        }
        for (var sequence : sequences.entrySet()) {
            var column = Quoted.name(sequence.getValue());
            staging.execute("""
                    SELECT setval(%s::regclass, m.top)
                    FROM (SELECT max(CAST(CAST(%s AS text) AS numeric))::bigint AS top FROM %s) m,
                         (SELECT last_value, is_called FROM %s) s,
                         (SELECT seqincrement, seqmax FROM pg_sequence WHERE seqrelid = %s::regclass) q
                    WHERE q.seqincrement > 0 AND m.top <= q.seqmax
                      AND (m.top > s.last_value OR (m.top = s.last_value AND NOT s.is_called))""".formatted(
                            Quoted.text(sequence.getKey()),
                            column,
                            staged.fresh(),
                            sequence.getKey(),
                            Quoted.text(sequence.getKey())));
        }
    }

    /// Triggers that would act on what we write, and how they were.
    private static final class Triggers {
        private final Connection session;
        private final List<Trigger> off;
        private final boolean replica;

        private record Trigger(String table, String name, String enabled) {}

        private Triggers(Connection session, List<Trigger> off, boolean replica) {
            this.session = session;
            this.off = off;
            this.replica = replica;
        }

        /// A superuser writes as a replica does: no trigger, no rule, no foreign key. Anybody else takes the tables'
        /// own triggers out one by one, and the foreign keys go on acting.
        static Triggers off(Connection session, List<Table> tables) throws SQLException {
            var replica = maySetReplica(session);
            if (replica) {
                Staging.run(session, "SET LOCAL session_replication_role = replica");
            } else {
                Staging.run(session, "SET CONSTRAINTS ALL DEFERRED");
                refuseRules(session, tables);
            }
            var acting = replica ? "'A', 'R'" : "'O', 'A'";
            var found = new ArrayList<Trigger>();
            for (var table : tables) {
                try (var ask = session.createStatement();
                        var rows = ask.executeQuery("""
                                SELECT format('%%I.%%I', n.nspname, c.relname), g.tgname, g.tgenabled
                                FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
                                JOIN pg_namespace n ON n.oid = c.relnamespace
                                WHERE NOT g.tgisinternal AND g.tgenabled IN (%s)
                                  AND (c.oid = %d OR c.oid IN (SELECT relid FROM pg_partition_tree(%d)))
                                ORDER BY c.oid, g.oid""".formatted(acting, table.oid(), table.oid()))) {
                    while (rows.next()) {
                        found.add(new Trigger(rows.getString(1), rows.getString(2), rows.getString(3)));
                    }
                }
            }
            for (var trigger : found) {
                set(session, trigger, "DISABLE");
            }
            return new Triggers(session, Collections.unmodifiableList(found), replica);
        }

        private static boolean maySetReplica(Connection session) throws SQLException {
            var version = Reading.version(session);
            var granted = version >= 150_000 ? " OR has_parameter_privilege('session_replication_role', 'SET')" : "";
            return Reading.number(
                            session,
                            "SELECT CASE WHEN current_setting('is_superuser') = 'on'%s THEN 1 ELSE 0 END"
                                    .formatted(granted))
                    == 1;
        }

        private static void refuseRules(Connection session, List<Table> tables) throws SQLException {
            for (var table : tables) {
                if (Reading.number(
                                session,
                                "SELECT count(*) FROM pg_rewrite WHERE ev_class = %d AND ev_enabled IN ('O', 'A')"
                                        .formatted(table.oid()))
                        > 0) {
                    throw new Forbidden(
                            "%s has rewrite rules, which only a superuser can keep from acting\nnothing was changed\nhint: salvage as a superuser, or GRANT SET ON PARAMETER session_replication_role to the role"
                                    .formatted(table.title()));
                }
            }
        }

        boolean areForeignKeysOff() {
            return replica;
        }

        /// Each as it was; back in its own role, so that a commit is an ordinary one.
        void on() throws SQLException {
            for (var trigger : off) {
                set(
                        session,
                        trigger,
                        switch (trigger.enabled()) {
                            case "A" -> "ENABLE ALWAYS";
                            case "R" -> "ENABLE REPLICA";
                            default -> "ENABLE";
                        });
            }
            if (replica) {
                Staging.run(session, "SET LOCAL session_replication_role = origin");
            }
        }

        private static void set(Connection session, Trigger trigger, String how) throws SQLException {
            Staging.run(
                    session,
                    "ALTER TABLE %s%s %s TRIGGER %s"
                            .formatted("ONLY ", trigger.table(), how, Quoted.name(trigger.name())));
        }
    }
}
