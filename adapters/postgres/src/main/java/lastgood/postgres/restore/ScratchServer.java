package lastgood.postgres.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import lastgood.core.Words;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.postgres.backup.Documents;
import lastgood.postgres.server.Programs;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;

/// A restored data folder as a server of its own, which archives nothing, listens on loopback only and writes nothing
/// until somebody promotes it.
///
/// `pg_ctl -w` says `started` as soon as a standby lets readers in, long before the target. So it is started without
/// waiting, and only the server's own word counts: in recovery, paused, at which position.
///
/// @param live as whom to enter, and which database to look into
record ScratchServer(Server server, Address live) {

    /// The configuration as it was restored, for whoever makes a live server of it again.
    static final String ORIGINAL = "lastgood-original.auto.conf";

    private static final String SETTINGS = "postgresql.auto.conf";
    private static final String HBA = "lastgood-hba.conf";

    /// Nothing new in that time, and it is stuck: an archive that hangs, a disk that is full.
    private static final Duration STUCK = Duration.ofMinutes(10);

    /// From the fork to the file that names the process.
    private static final Duration APPEARS = Duration.ofSeconds(20);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration START = Duration.ofSeconds(30);

    /// Where it stands, in its own words.
    ///
    /// @param recovering false: the log ended and it went on by itself
    record Standing(boolean recovering, boolean paused, String lsn) {}

    /// @param recovery from [RecoverySettings]
    /// @param standby what a hot standby may not set lower than its primary
    /// @return where to find it
    Address start(Map<String, String> recovery, Map<String, String> standby) {
        var port = Server.freePort();
        try {
            configure(recovery, standby, port);
        } catch (IOException e) {
            throw new Forbidden("could not prepare the scratch in %s: %s".formatted(server.data(), e.getMessage()));
        }
        var words = List.of(
                server.binaries().program("pg_ctl").toString(),
                "start",
                "--no-wait",
                "--silent",
                "--pgdata=" + server.data(),
                "--log=" + server.log(),
                // A restored configuration may name the live server's folder; pg_ctl hands this to a shell.
                "--options=-c data_directory='%s'"
                        .formatted(server.data().toString().replace("'", "'\\''")));
        Programs.run(Programs.unprivileged(words), Map.of(), START).orRefuse("start the scratch in " + server.data());
        return address(port);
    }

    private Address address(int port) {
        return new Address("127.0.0.1", port, live.database(), live.role(), live.password(), Map.of());
    }

    /// Written anew at each start: a crash in the middle leaves nothing to remember.
    private void configure(Map<String, String> recovery, Map<String, String> standby, int port) throws IOException {
        var data = server.data();
        var original = data.resolve(ORIGINAL);
        if (!Files.exists(original)) {
            var restored = data.resolve(SETTINGS);
            Files.writeString(original, Files.exists(restored) ? Files.readString(restored, UTF_8) : "", UTF_8);
        }
        if (!Files.exists(data.resolve("postgresql.conf"))) {
            // Distributions keep it elsewhere.
            Files.writeString(data.resolve("postgresql.conf"), "", UTF_8);
        }
        // As open as the live server is to us: with its password, or without where it wants none.
        var method = live.password().value().isEmpty() ? "trust" : "md5";
        Files.writeString(data.resolve(HBA), "host all all 127.0.0.1/32 %s\n".formatted(method), UTF_8);
        Files.writeString(data.resolve("lastgood-ident.conf"), "", UTF_8);
        var settings = new TreeMap<>(standby);
        settings.putAll(recovery);
        settings.putAll(Map.of(
                "port", Integer.toString(port),
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "ssl", "off",
                "archive_mode", "off",
                "archive_command", "",
                "hot_standby", "on",
                "hba_file", data.resolve(HBA).toString(),
                "ident_file", data.resolve("lastgood-ident.conf").toString(),
                "cluster_name", "lastgood-scratch"));
        settings.putAll(Map.of(
                "primary_conninfo", "",
                "primary_slot_name", "",
                "synchronous_standby_names", "",
                "logging_collector", "off",
                "log_destination", "stderr",
                "log_min_messages", "warning",
                "external_pid_file", "",
                // A production server's would not fit beside it.
                "shared_buffers", "128MB",
                // Subscriptions would take the live server's slots away.
                "max_logical_replication_workers", "0"));
        if (Integer.parseInt(Files.readString(data.resolve("PG_VERSION"), UTF_8).strip()) >= 14) {
            // One call for the disk is faster than one for each of a thousand files.
            settings.put("recovery_init_sync_method", "syncfs");
        }
        Files.writeString(
                data.resolve(SETTINGS),
                Files.readString(original, UTF_8) + "\n# lastgood: scratch\n" + RecoverySettings.lines(settings),
                UTF_8);
        Files.deleteIfExists(data.resolve("standby.signal"));
        Files.writeString(data.resolve("recovery.signal"), "", UTF_8);
        Files.deleteIfExists(server.log());
        Documents.syncFolder(data);
    }

    /// Waits by evidence.
    ///
    /// @throws Forbidden if it ended by itself, with the server's reason
    Standing reached(Address address, Consumer<String> progress) {
        var sessions = new Sessions(address, "lastgood/restore");
        var begun = System.nanoTime();
        var lastNews = begun;
        var last = "";
        while (true) {
            if ((server.running().isEmpty() && System.nanoTime() - begun > APPEARS.toNanos()) || ended()) {
                throw new Forbidden(reason());
            }
            try {
                var seen = look(sessions);
                if (!seen.recovering() || seen.paused()) {
                    return seen;
                }
                if (!seen.lsn().equals(last)) {
                    last = seen.lsn();
                    lastNews = System.nanoTime();
                    progress.accept("replayed to " + last);
                }
            } catch (Unreachable _) {
                // Not consistent yet, or just gone: the next look tells.
            }
            if (System.nanoTime() - lastNews > STUCK.toNanos()) {
                throw new Unreachable("the scratch in %s has not replayed anything for %s; it stands at %s"
                        .formatted(server.data(), Words.duration(STUCK), last.isEmpty() ? "the start" : last));
            }
            Pauses.sleep(LOOK_AGAIN);
        }
    }

    static Standing look(Sessions scratch) {
        return scratch.look("ask the scratch where it stands", session -> {
            var pause = session.getMetaData().getDatabaseMajorVersion() >= 14
                    ? "pg_get_wal_replay_pause_state() = 'paused'"
                    : "pg_is_wal_replay_paused()";
            try (var ask = session.createStatement();
                    var row = ask.executeQuery("""
                            SELECT r, CASE WHEN r THEN %s ELSE false END,
                                   CASE WHEN r THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END
                            FROM (SELECT pg_is_in_recovery() AS r) AS now""".formatted(pause))) {
                row.next();
                return new Standing(
                        row.getBoolean(1), row.getBoolean(2), row.getString(3) == null ? "" : row.getString(3));
            }
        });
    }

    private boolean ended() {
        return server.running().isEmpty()
                && logged().stream()
                        .anyMatch(l -> l.contains("database system is shut down")
                                || l.contains("FATAL")
                                || l.contains("PANIC")
                                || l.contains("aborting startup"));
    }

    private List<String> logged() {
        try {
            return Files.isReadable(server.log()) ? Files.readAllLines(server.log(), UTF_8) : List.of();
        } catch (IOException _) {
            return List.of();
        }
    }

    private String reason() {
        var said = logged().stream()
                .filter(l -> l.contains("FATAL") || l.contains("PANIC") || l.contains("DETAIL") || l.contains("HINT"))
                .filter(l -> !l.contains("the database system is"))
                .map(l -> l.replaceFirst("^.*?(FATAL|PANIC|DETAIL|HINT):\\s*", ""))
                .distinct()
                .limit(3)
                .collect(Collectors.joining("; "));
        var never = said.contains("recovery ended before configured recovery target was reached")
                ? "\nhint: the log holds no end of what was named behind this backup; was it a subtransaction (a"
                        + " savepoint), or did it end before the backup did?"
                : "";
        return "the scratch did not reach its target: %s\nthe live database was not touched%s"
                .formatted(said.isEmpty() ? "it ended without a reason; see " + server.log() : said, never);
    }

    void stop() {
        if (server.running().isPresent()) {
            server.stop();
        }
    }

    /// For one that is thrown away.
    static void end(Server server) {
        if (Files.exists(server.data()) && server.running().isPresent()) {
            server.crash();
        }
    }

    static Path data(Path folder, String which) {
        return folder.resolve(which);
    }
}
