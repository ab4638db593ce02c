package lastgood.postgres.status;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.schema.Quoted;
import lastgood.core.schema.SqlText;
import lastgood.engine.port.database.DatabaseQuestions.Fact;
import lastgood.postgres.sql.Blockers;
import lastgood.postgres.sql.Failures;
import lastgood.postgres.sql.Marks;
import lastgood.postgres.sql.Sessions;

/// What a person at 3 a.m. wants to know of a database, one line each. A question that cannot be answered is a line
/// too, `unknown`, with the reason; the others are still asked.
public final class StatusFacts {

    private static final int SHOWN_MAX = 3;

    /// What holds back vacuum and stands in the way of every change of the schema.
    private static final int LONG_SECONDS = 300;

    /// The archive is late if nothing came for so long while there was something to send.
    private static final int ARCHIVE_LATE_SECONDS = 600;

    private static final long LAG_BYTES = 64L * 1024 * 1024;

    private StatusFacts() {}

    @FunctionalInterface
    private interface Question {
        Fact ask(Connection session) throws SQLException;
    }

    private record Named(String what, Question question) {}

    private static final List<Named> QUESTIONS = List.of(
            new Named("server", StatusFacts::server),
            new Named("role", StatusFacts::role),
            new Named("standing", StatusFacts::standing),
            new Named("size", StatusFacts::size),
            new Named("connections", StatusFacts::connections),
            new Named("long transactions", StatusFacts::longTransactions),
            new Named("prepared transactions", StatusFacts::prepared),
            new Named("blocked sessions", StatusFacts::blocked),
            new Named("archive", StatusFacts::archive),
            new Named("replication", StatusFacts::replication),
            new Named("logical slots", StatusFacts::logicalSlots),
            new Named("checksums", StatusFacts::checksums),
            new Named("wal_level", StatusFacts::walLevel),
            new Named("pg_stat_statements", StatusFacts::statements),
            new Named("invalid indexes", StatusFacts::invalidIndexes),
            new Named("fence", StatusFacts::fence));

    public static List<Fact> read(Sessions sessions) {
        return sessions.look("read the database's status", session -> {
            var facts = new ArrayList<Fact>();
            for (var named : QUESTIONS) {
                facts.add(answer(session, named));
            }
            return List.copyOf(facts);
        });
    }

    private static Fact answer(Connection session, Named named) throws SQLException {
        Savepoint before = session.setSavepoint();
        try {
            return named.question().ask(session);
        } catch (SQLException e) {
            if (e.getSQLState() == null
                    || e.getSQLState().startsWith("08")
                    || e.getSQLState().startsWith("57P")) {
                throw e;
            }
            session.rollback(before);
            return new Fact(named.what(), Failures.said(e), "unknown", "");
        }
    }

    private static Fact server(Connection session) throws SQLException {
        return one(
                session,
                "SELECT current_setting('server_version'), current_setting('server_version_num')::int",
                r -> r.getInt(2) >= 130000
                        ? ok("server", "PostgreSQL " + r.getString(1))
                        : new Fact(
                                "server",
                                "PostgreSQL " + r.getString(1),
                                "failing",
                                "lastgood knows PostgreSQL 13 and later"));
    }

    /// Each right that is missing, with what gives it.
    private static Fact role(Connection session) throws SQLException {
        return one(session, """
                SELECT current_user, r.rolsuper, pg_has_role('pg_read_all_stats', 'USAGE'),
                       pg_has_role('pg_signal_backend', 'USAGE'), r.rolcreaterole,
                       pg_has_role(d.datdba, 'USAGE'), current_database(),
                       has_database_privilege(current_database(), 'CREATE')
                  FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()""", r -> {
            var role = Quoted.name(r.getString(1));
            if (r.getBoolean(2)) {
                return ok("role", r.getString(1) + ", superuser");
            }
            var missing = new ArrayList<String>();
            add(missing, !r.getBoolean(3), "GRANT pg_read_all_stats TO " + role);
            add(missing, !r.getBoolean(4), "GRANT pg_signal_backend TO " + role);
            add(
                    missing,
                    !r.getBoolean(6),
                    "ALTER DATABASE %s OWNER TO %s".formatted(Quoted.name(r.getString(7)), role));
            add(
                    missing,
                    !r.getBoolean(8),
                    "GRANT CREATE ON DATABASE %s TO %s".formatted(Quoted.name(r.getString(7)), role));
            return missing.isEmpty()
                    ? ok("role", r.getString(1) + ", no superuser")
                    : new Fact("role", r.getString(1) + ", no superuser", "warning", String.join("; ", missing));
        });
    }

    private static void add(List<String> list, boolean when, String text) {
        if (when) {
            list.add(text);
        }
    }

    private static Fact standing(Connection session) throws SQLException {
        return one(
                session,
                "SELECT pg_is_in_recovery()",
                r -> r.getBoolean(1)
                        ? new Fact("standing", "standby, read-only", "failing", "give the URL of the primary")
                        : ok("standing", "primary"));
    }

    private static Fact size(Connection session) throws SQLException {
        return one(
                session,
                "SELECT pg_size_pretty(pg_database_size(current_database()))",
                r -> ok("size", r.getString(1)));
    }

    private static Fact connections(Connection session) throws SQLException {
        var seen = ConnectionCounts.count(session);
        var value = "%d of %d".formatted(seen.used(), seen.max() - seen.reserved());
        return seen.percent() < ConnectionsCheck.PERCENT_MAX
                ? ok("connections", value)
                : new Fact(
                        "connections",
                        value,
                        seen.percent() >= 100 ? "failing" : "warning",
                        "`lastgood db connections` shows whose they are");
    }

    private static Fact longTransactions(Connection session) throws SQLException {
        var found = list(
                session,
                """
                SELECT pid, application_name, coalesce(usename, ''), coalesce(state, ''),
                       extract(epoch FROM clock_timestamp() - xact_start)::bigint, coalesce(query, '')
                  FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                   AND xact_start < clock_timestamp() - make_interval(secs => %d)
                 ORDER BY xact_start""".formatted(LONG_SECONDS),
                r -> "pid %d (%s, role %s), %s for %d s: %s"
                        .formatted(
                                r.getInt(1),
                                r.getString(2),
                                r.getString(3),
                                r.getString(4),
                                r.getLong(5),
                                SqlText.brief(r.getString(6))));
        return noneOr("long transactions", found, "a restore or an undo waits for them; end them if nobody needs them");
    }

    private static Fact prepared(Connection session) throws SQLException {
        var found =
                list(session, """
                SELECT gid, owner, prepared FROM pg_prepared_xacts WHERE database = current_database()
                 ORDER BY prepared""", r -> "%s of %s since %s".formatted(r.getString(1), r.getString(2), r.getString(3)));
        return noneOr(
                "prepared transactions", found, "a fence is not quiet before COMMIT PREPARED or ROLLBACK PREPARED");
    }

    private static Fact blocked(Connection session) throws SQLException {
        var waiting = list(session, """
                SELECT pid FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY query_start""", r -> r.getInt(1));
        var found = new ArrayList<String>();
        for (var pid : waiting.subList(0, Math.min(SHOWN_MAX, waiting.size()))) {
            found.add("pid %d waits for %s".formatted(pid, Blockers.words(Blockers.of(session, pid))));
        }
        var more = waiting.size() > SHOWN_MAX
                ? List.of("and %d more".formatted(waiting.size() - SHOWN_MAX))
                : List.<String>of();
        found.addAll(more);
        return noneOr("blocked sessions", found, "let the blocker end, or end it: SELECT pg_terminate_backend(pid)");
    }

    private static Fact archive(Connection session) throws SQLException {
        return one(session, """
                SELECT current_setting('archive_mode'), coalesce(last_archived_wal, ''),
                       coalesce(extract(epoch FROM clock_timestamp() - last_archived_time), -1)::bigint,
                       coalesce(last_failed_wal, ''),
                       coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
                  FROM pg_stat_archiver""", r -> {
            if (r.getString(1).equals("off")) {
                return new Fact(
                        "archive", "off", "warning", "without an archive there is no point in time to go back to");
            }
            if (r.getBoolean(5)) {
                return new Fact(
                        "archive",
                        "failing at %s, last archived: %s".formatted(r.getString(4), last(r)),
                        "failing",
                        "the server's log says why archive_command fails; WAL is kept until it works");
            }
            return r.getLong(3) > ARCHIVE_LATE_SECONDS || r.getLong(3) < 0
                    ? new Fact(
                            "archive",
                            "last archived: " + last(r),
                            "warning",
                            "is it idle? SELECT pg_switch_wal() shows whether it works; archive_timeout makes it regular")
                    : ok("archive", "last archived: " + last(r));
        });
    }

    private static String last(ResultSet r) throws SQLException {
        return r.getLong(3) < 0 ? "nothing yet" : "%s, %d s ago".formatted(r.getString(2), r.getLong(3));
    }

    private static Fact replication(Connection session) throws SQLException {
        var lag = list(session, """
                SELECT application_name, coalesce(state, ''),
                       coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                                                     ELSE pg_current_wal_lsn() END, replay_lsn), 0)::bigint
                  FROM pg_stat_replication ORDER BY 1""", r -> new Standby(r.getString(1), r.getString(2), r.getLong(3)));
        if (lag.isEmpty()) {
            return ok("replication", "no standby");
        }
        var value = String.join("; ", lag.stream().map(Standby::words).toList());
        return lag.stream().allMatch(s -> s.bytes() < LAG_BYTES)
                ? ok("replication", value)
                : new Fact("replication", value, "warning", "a standby that is behind is no way out yet");
    }

    private record Standby(String name, String state, long bytes) {
        String words() {
            return "%s %s, %d bytes behind".formatted(name, state, bytes);
        }
    }

    private static Fact logicalSlots(Connection session) throws SQLException {
        var found = list(session, """
                SELECT slot_name || CASE WHEN active THEN '' ELSE ' (not in use)' END FROM pg_replication_slots
                 WHERE slot_type = 'logical' AND database = current_database() ORDER BY 1""", r -> r.getString(1));
        return noneOr("logical slots", found, "they do not outlive a restore: whoever reads them must begin anew");
    }

    private static Fact checksums(Connection session) throws SQLException {
        return one(
                session,
                "SELECT current_setting('data_checksums')",
                r -> r.getString(1).equals("on")
                        ? ok("checksums", "on")
                        : new Fact(
                                "checksums",
                                "off",
                                "warning",
                                "damage on disk is not noticed; see pg_checksums --enable"));
    }

    private static Fact walLevel(Connection session) throws SQLException {
        return one(
                session,
                "SELECT current_setting('wal_level')",
                r -> r.getString(1).equals("minimal")
                        ? new Fact(
                                "wal_level",
                                "minimal",
                                "failing",
                                "with it no point in time can be restored: set replica")
                        : ok("wal_level", r.getString(1)));
    }

    private static Fact statements(Connection session) throws SQLException {
        return one(
                session,
                """
                SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'),
                       current_setting('pg_stat_statements.max', true) IS NOT NULL""",
                r -> r.getBoolean(1) && r.getBoolean(2)
                        ? ok("pg_stat_statements", "there")
                        : new Fact(
                                "pg_stat_statements",
                                "not there",
                                "warning",
                                r.getBoolean(2)
                                        ? "CREATE EXTENSION pg_stat_statements"
                                        : "shared_preload_libraries = 'pg_stat_statements' and a restart; without it no"
                                                + " release is proved to work on a newer schema"));
    }

    private static Fact invalidIndexes(Connection session) throws SQLException {
        var found = list(
                session,
                "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1",
                r -> r.getString(1));
        return noneOr("invalid indexes", found, "REINDEX INDEX CONCURRENTLY, or drop it");
    }

    private static Fact fence(Connection session) throws SQLException {
        var mark = Marks.find(session, "access");
        return one(session, "SELECT datconnlimit FROM pg_database WHERE datname = current_database()", r -> {
            if (r.getInt(1) != 0) {
                return ok("fence", "open");
            }
            var by = mark.isEmpty() ? "not by lastgood" : "by " + mark.get().key();
            return new Fact(
                    "fence",
                    "closed, " + by,
                    "warning",
                    "nobody but superusers gets in; `lastgood db unfence` opens it");
        });
    }

    private static Fact ok(String what, String value) {
        return new Fact(what, value, "ok", "");
    }

    private static Fact noneOr(String what, List<String> found, String hint) {
        if (found.isEmpty()) {
            return ok(what, "none");
        }
        var shown = String.join("; ", found.subList(0, Math.min(SHOWN_MAX + 1, found.size())));
        return new Fact(what, "%d: %s".formatted(found.size(), shown), "warning", hint);
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> T one(Connection session, String sql, Reader<T> reader) throws SQLException {
        return list(session, sql, reader).getFirst();
    }

    private static <T> List<T> list(Connection session, String sql, Reader<T> reader) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(sql)) {
            var list = new ArrayList<T>();
            while (row.next()) {
                list.add(reader.read(row));
            }
            return List.copyOf(list);
        }
    }
}
