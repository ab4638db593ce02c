package lastgood.postgres.points;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.data.LogKept;
import lastgood.core.data.Migrations;
import lastgood.core.data.Migrations.Applied;
import lastgood.core.data.RestorePoint;
import lastgood.core.schema.Catalog;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.database.Points;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.prove.Capture;
import lastgood.postgres.prove.Prover.Recorded;
import lastgood.postgres.sql.Marks;
import lastgood.postgres.sql.Sessions;
import org.jspecify.annotations.Nullable;

/// Keeps what was written down around deploys in the service's own database, in a schema of ours: it is there when the
/// database is, it is in every backup, and it needs no second place that could be lost on its own.
///
/// First the restore point is made in the write-ahead log, then one transaction writes everything about it. A crash
/// between the two leaves a restore point that nobody knows, which harms nobody; the next try makes another of the same
/// name, and its own LSN is what is written down, because PostgreSQL would stop at the first of that name.
public final class RestorePoints implements Points {

    private static final Duration STEP = Duration.ofSeconds(15);

    private static final String TABLES = """
            CREATE TABLE IF NOT EXISTS lastgood.document (
              digest text PRIMARY KEY, content bytea NOT NULL);
            CREATE TABLE IF NOT EXISTS lastgood.restore_point (
              name text PRIMARY KEY,
              service text NOT NULL,
              release text NOT NULL,
              system text NOT NULL,
              timeline integer NOT NULL,
              lsn text NOT NULL,
              at timestamptz NOT NULL,
              catalog text NOT NULL REFERENCES lastgood.document,
              statements text NOT NULL REFERENCES lastgood.document,
              applied text[] NOT NULL,
              xids bigint[] NOT NULL DEFAULT '{}',
              in_log boolean NOT NULL,
              wal_level text,
              archive text,
              archive_detail text,
              written_by text NOT NULL)""";

    /// For a table that an earlier version made.
    private static final String LATER_COLUMNS = """
            ALTER TABLE lastgood.restore_point
              ADD COLUMN IF NOT EXISTS wal_level text,
              ADD COLUMN IF NOT EXISTS archive text,
              ADD COLUMN IF NOT EXISTS archive_detail text""";

    private final Function<ServiceRef, Marked> databases;
    private final Function<ServiceRef, Migrations> migrations;

    /// @param roles that the application enters as
    public record Marked(Sessions sessions, Set<String> roles) {
        public Marked {
            roles = Set.copyOf(roles);
        }
    }

    /// @param migrations what the migration tool's history says now
    public RestorePoints(Function<ServiceRef, Marked> databases, Function<ServiceRef, Migrations> migrations) {
        this.databases = databases;
        this.migrations = migrations;
    }

    @Override
    public Optional<RestorePoint> find(ServiceRef service, String name) {
        return all(service).stream().filter(p -> p.name().equals(name)).findFirst();
    }

    @Override
    public List<RestorePoint> all(ServiceRef service) {
        return databases.apply(service).sessions().look("read the restore points", s -> {
            if (!isThere(s)) {
                return List.of();
            }
            try (var ask = s.prepareStatement("""
                    SELECT name, release, system, timeline, lsn, at, catalog, xids, to_jsonb(p) ->> 'wal_level',
                      to_jsonb(p) ->> 'archive', to_jsonb(p) ->> 'archive_detail' FROM lastgood.restore_point p
                    WHERE service = ? ORDER BY at DESC, name DESC""")) {
                ask.setString(1, service.toString());
                var points = new ArrayList<RestorePoint>();
                try (var row = ask.executeQuery()) {
                    while (row.next()) {
                        points.add(point(row));
                    }
                }
                return points;
            }
        });
    }

    private static RestorePoint point(ResultSet row) throws SQLException {
        var xids = Stream.of((Long[]) row.getArray(8).getArray()).toList();
        return new RestorePoint(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getInt(4),
                row.getString(5),
                row.getTimestamp(6).toInstant(),
                new Digest(row.getString(7)),
                log(row.getString(9), row.getString(10), row.getString(11)),
                xids);
    }

    private static LogKept log(@Nullable String level, @Nullable String archive, @Nullable String detail) {
        return level == null || archive == null
                ? LogKept.unknown()
                : new LogKept(level, LogKept.Archive.valueOf(archive), detail == null ? "" : detail);
    }

    /// What was written down with it: what a proof needs.
    public Optional<Recorded> recorded(ServiceRef service, String name) {
        return databases.apply(service).sessions().look("read what was written down", s -> {
            if (!isThere(s)) {
                return Optional.empty();
            }
            try (var ask = s.prepareStatement("""
                    SELECT c.content, t.content FROM lastgood.restore_point p
                      JOIN lastgood.document c ON c.digest = p.catalog
                      JOIN lastgood.document t ON t.digest = p.statements
                    WHERE p.service = ? AND p.name = ?""")) {
                ask.setString(1, service.toString());
                ask.setString(2, name);
                try (var row = ask.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Recorded(
                                    Catalog.parse(Pages.unpacked(row.getBytes(1))), Pages.statements(row.getBytes(2))))
                            : Optional.empty();
                }
            }
        });
    }

    /// A catalog that was written down once, by its fingerprint: to say what is different from it.
    public static Optional<Catalog> catalog(Connection session, Digest digest) throws SQLException {
        if (!isThere(session)) {
            return Optional.empty();
        }
        try (var ask = session.prepareStatement("SELECT content FROM lastgood.document WHERE digest = ?")) {
            ask.setString(1, digest.text());
            try (var row = ask.executeQuery()) {
                return row.next() ? Optional.of(Catalog.parse(Pages.unpacked(row.getBytes(1)))) : Optional.empty();
            }
        }
    }

    private static boolean isThere(Connection session) throws SQLException {
        try (var row =
                session.createStatement().executeQuery("SELECT to_regclass('lastgood.restore_point') IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public void mark(ServiceRef service, String name, String release, Fence fence) {
        var database = databases.apply(service);
        if (find(service, name).isPresent()) {
            return;
        }
        var statements = Pages.packed(new Capture(database.roles()).read(database.sessions()));
        var applied =
                migrations.apply(service).applied().stream().map(Applied::name).toArray(String[]::new);
        var place = database.sessions().in("mark a restore point", STEP, s -> mark(s, name));
        var catalog = CatalogReader.read(database.sessions());
        database.sessions().change("write down a restore point", STEP, s -> {
            prepare(s);
            keep(s, catalog.fingerprint(), Pages.packed(catalog.text()));
            keep(s, Digest.of(statements), statements);
            try (var write = s.prepareStatement("""
                    INSERT INTO lastgood.restore_point
                      (name, service, release, system, timeline, lsn, at, catalog, statements, applied, in_log, written_by,
                       wal_level, archive, archive_detail)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING""")) {
                write.setString(1, name);
                write.setString(2, service.toString());
                write.setString(3, release);
                write.setString(4, place.system());
                write.setInt(5, place.timeline());
                write.setString(6, place.lsn());
                write.setTimestamp(7, place.at());
                write.setString(8, catalog.fingerprint().text());
                write.setString(9, Digest.of(statements).text());
                write.setArray(10, s.createArrayOf("text", applied));
                write.setBoolean(11, !place.log().isTooLittle());
                write.setString(12, fence.key());
                write.setString(13, place.log().level());
                write.setString(14, place.log().archive().name());
                write.setString(15, place.log().detail());
                return write.executeUpdate();
            }
        });
    }

    /// Looked up first: making what is there already asks for rights that nobody needs any more.
    private static void prepare(Connection session) throws SQLException {
        if (!isThere(session)) {
            Marks.makeHome(session);
            session.createStatement().execute(TABLES);
        } else if (ask(session, """
                SELECT count(*) FROM pg_catalog.pg_attribute
                WHERE attrelid = 'lastgood.restore_point'::regclass AND attname = 'archive_detail'""").equals("0")) {
            session.createStatement().execute(LATER_COLUMNS);
        }
    }

    private static void keep(Connection session, Digest digest, byte[] content) throws SQLException {
        try (var write = session.prepareStatement(
                "INSERT INTO lastgood.document (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING")) {
            write.setString(1, digest.text());
            write.setBytes(2, content);
            write.executeUpdate();
        }
    }

    /// @param log with `minimal` there is too little of it for a name to be in it
    private record Place(String system, int timeline, String lsn, Timestamp at, LogKept log) {}

    private static Place mark(Connection session, String name) throws SQLException {
        var log = log(session);
        String lsn;
        try {
            lsn = log.isTooLittle()
                    ? ask(session, "SELECT pg_current_wal_insert_lsn()")
                    : ask(session, "SELECT pg_create_restore_point(?)", name);
        } catch (SQLException e) {
            if ("42501".equals(e.getSQLState())) {
                throw new Forbidden("""
                        may not mark a restore point
                        nothing was changed
                        hint: GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO "%s\"""".formatted(session.getMetaData().getUserName()));
            }
            throw e;
        }
        try (var row = session.createStatement().executeQuery("""
                SELECT (SELECT system_identifier::text FROM pg_control_system()),
                  ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int,
                  clock_timestamp()""")) {
            row.next();
            return new Place(row.getString(1), row.getInt(2), lsn, row.getTimestamp(3), log);
        }
    }

    /// Whoever comes later cannot ask any more how it was.
    private static LogKept log(Connection session) throws SQLException {
        try (var row = session.createStatement().executeQuery("""
                SELECT current_setting('wal_level'),
                  CASE WHEN current_setting('archive_mode') = 'off' THEN 'OFF'
                       WHEN last_failed_time > coalesce(last_archived_time, '-infinity') THEN 'FAILING'
                       WHEN last_archived_time IS NULL THEN 'UNTRIED' ELSE 'WORKING' END,
                  CASE WHEN current_setting('archive_mode') = 'off' THEN ''
                       WHEN last_failed_time > coalesce(last_archived_time, '-infinity') THEN 'at ' || last_failed_wal
                       ELSE coalesce('last ' || last_archived_wal, '') END
                FROM pg_catalog.pg_stat_archiver""")) {
            row.next();
            return new LogKept(row.getString(1), LogKept.Archive.valueOf(row.getString(2)), row.getString(3));
        }
    }

    private static String ask(Connection session, String question, String... values) throws SQLException {
        try (var ask = session.prepareStatement(question)) {
            for (var i = 0; i < values.length; i++) {
                ask.setString(i + 1, values[i]);
            }
            try (var row = ask.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Override
    public void close(ServiceRef service, String name, Fence fence) {
        var point = find(service, name)
                .orElseThrow(() -> new Forbidden("there is no restore point %s\nnothing was changed".formatted(name)));
        if (!point.xids().isEmpty()) {
            return;
        }
        var sessions = databases.apply(service).sessions();
        var before = sessions.look("read a restore point", s -> applied(s, name));
        var since = migrations.apply(service).applied().stream()
                .filter(m -> !before.contains(m.name()))
                .toList();
        var xids = since.stream().map(Applied::xid).filter(x -> x > 0).toArray(Long[]::new);
        if (xids.length == 0) {
            throw new Forbidden("%s since %s\nnothing was changed"
                    .formatted(
                            since.isEmpty()
                                    ? "no migration was applied"
                                    : "the history no longer tells the transaction of what was applied",
                            name));
        }
        sessions.change("write down the migrations' transactions", STEP, s -> {
            try (var write =
                    s.prepareStatement("UPDATE lastgood.restore_point SET xids = ? WHERE name = ? AND xids = '{}'")) {
                write.setArray(1, s.createArrayOf("bigint", xids));
                write.setString(2, name);
                return write.executeUpdate();
            }
        });
    }

    private static Set<String> applied(Connection session, String name) throws SQLException {
        try (var ask = session.prepareStatement("SELECT applied FROM lastgood.restore_point WHERE name = ?")) {
            ask.setString(1, name);
            try (var row = ask.executeQuery()) {
                return row.next() ? Set.of((String[]) row.getArray(1).getArray()) : Set.of();
            }
        }
    }
}
