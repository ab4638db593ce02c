package lastgood.postgres.backup;

import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.sql.Sessions;

/// What a running primary says about itself.
///
/// @param system system identifier
/// @param timeline that it writes
/// @param lsn where the next record goes
/// @param now by its own clock, which also stamps commits
/// @param version such as 150006
/// @param settings those that a hot standby must not set lower
public record Present(
        String system,
        int timeline,
        String lsn,
        Instant now,
        long segmentBytes,
        int version,
        Map<String, String> settings) {

    public Present {
        settings = Map.copyOf(settings);
    }

    /// @throws Forbidden on a standby
    public static Present of(Sessions live) {
        return live.look("ask the server where it stands", session -> {
            try (var ask = session.createStatement();
                    var recovering = ask.executeQuery("SELECT pg_is_in_recovery()")) {
                recovering.next();
                if (recovering.getBoolean(1)) {
                    throw new Forbidden(live.address()
                            + " is a standby: its log is another server's\nhint: give the URL of the primary");
                }
            }
            var settings = settings(session);
            try (var ask = session.createStatement();
                    var row = ask.executeQuery("""
                            SELECT (SELECT system_identifier FROM pg_control_system()),
                                   pg_walfile_name(pg_current_wal_lsn()), pg_current_wal_insert_lsn(),
                                   clock_timestamp(), current_setting('server_version_num')::int,
                                   (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')""")) {
                row.next();
                return new Present(
                        row.getString(1),
                        Integer.parseUnsignedInt(row.getString(2).substring(0, 8), 16),
                        row.getString(3),
                        row.getObject(4, OffsetDateTime.class).toInstant(),
                        row.getLong(6),
                        row.getInt(5),
                        settings);
            }
        });
    }

    private static Map<String, String> settings(java.sql.Connection session) throws SQLException {
        var settings = new TreeMap<String, String>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery("""
                        SELECT name, setting FROM pg_settings WHERE name IN ('max_connections',
                          'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions',
                          'max_locks_per_transaction')""")) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }
}
