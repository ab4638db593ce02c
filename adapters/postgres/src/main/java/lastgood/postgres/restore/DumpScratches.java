package lastgood.postgres.restore;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.core.Digest;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.backup.BackupProvider;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.sql.Sessions;

/// Loads a dump into a scratch database of the live server. Nobody but its owner gets in; its comment says what it is,
/// and only a database with that comment is ever dropped.
public final class DumpScratches {

    private static final String PREFIX = "lg_scratch_";
    private static final String LOADING = "lastgood: loading ";
    private static final String LOADED = "lastgood: scratch of ";

    /// CREATE DATABASE copies a template; DROP waits for a checkpoint.
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final BackupProvider.Logical provider;
    private final Sessions live;
    private final Sessions server;
    private final Measured measured;

    /// What is remembered of earlier restores, so that the next can be foretold.
    public interface Measured {

        /// For people.
        String predicted(Stored backup);

        void restored(Stored backup, Duration took);

        static Measured nothing() {
            return new Measured() {
                @Override
                public String predicted(Stored backup) {
                    return "not measured";
                }

                @Override
                public void restored(Stored backup, Duration took) {}
            };
        }
    }

    /// @param live the database that was dumped, as a role that may create databases
    public DumpScratches(BackupProvider.Logical provider, Sessions live) {
        this(provider, live, Measured.nothing());
    }

    public DumpScratches(BackupProvider.Logical provider, Sessions live, Measured measured) {
        this.provider = provider;
        this.live = live;
        this.server = live.on("postgres");
        this.measured = measured;
    }

    /// Makes it, or finds it.
    public Scratch make(Stored backup, Consumer<String> progress) {
        var name = name(backup);
        if (comment(name).filter(c -> c.startsWith(LOADED)).isEmpty()) {
            refuseUnlessOurs(name);
            server.in("make scratch " + name, LIMIT, session -> {
                run(session, "SELECT format('DROP DATABASE IF EXISTS %I', ?)", name);
                run(session, "SELECT format('CREATE DATABASE %I TEMPLATE template0', ?)", name);
                run(session, "SELECT format('COMMENT ON DATABASE %I IS %L', ?, '" + LOADING + "')", name);
                run(session, "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ?)", name);
                return true;
            });
            progress.accept("loading backup %s into %s: %s".formatted(backup.name(), name, measured.predicted(backup)));
            var begun = System.nanoTime();
            provider.restore(backup, live.on(name));
            var took = Duration.ofNanos(System.nanoTime() - begun);
            server.in("mark scratch " + name, LIMIT, session -> {
                try (var ask = session.prepareStatement("SELECT format('COMMENT ON DATABASE %I IS %L', ?, ?)")) {
                    ask.setString(1, name);
                    ask.setString(2, LOADED + backup.name());
                    return execute(session, ask);
                }
            });
            measured.restored(backup, took);
        }
        return new Scratch(
                name,
                RecoveryTarget.upTo(new Point.At(backup.started())),
                live.on(name),
                Optional.empty(),
                new Scratch.Home.Database(name),
                "the dump that began at " + backup.started());
    }

    /// Always from the beginning: a scratch that is there already would measure nothing.
    Trial trial(Stored backup, Consumer<String> progress) {
        drop(name(backup));
        var begun = System.nanoTime();
        var scratch = make(backup, progress);
        return new Trial(
                scratch.before(),
                backup.restoredBytes(),
                Duration.ofNanos(System.nanoTime() - begun).toMillis(),
                0,
                0,
                () -> drop(scratch.name()));
    }

    private static String name(Stored backup) {
        return PREFIX + Digest.of(backup.name() + backup.finished()).brief();
    }

    public List<String> all() {
        return server.look("list the scratches", session -> {
            var names = new java.util.ArrayList<String>();
            try (var ask = session.createStatement();
                    var rows = ask.executeQuery("""
                            SELECT datname FROM pg_database
                            WHERE datname LIKE 'lg\\_scratch\\_%' AND shobj_description(oid, 'pg_database') LIKE 'lastgood: %'
                            ORDER BY oid DESC""")) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return List.copyOf(names);
        });
    }

    public void drop(String name) {
        if (!name.startsWith(PREFIX)) {
            throw new Forbidden("`%s` is not the name of a scratch; nothing was dropped".formatted(name));
        }
        refuseUnlessOurs(name);
        server.in(
                "drop scratch " + name,
                LIMIT,
                session -> run(session, "SELECT format('DROP DATABASE IF EXISTS %I', ?)", name));
    }

    private void refuseUnlessOurs(String name) {
        var exists = server.look("look for " + name, session -> {
            try (var ask = session.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
                ask.setString(1, name);
                return ask.executeQuery().next();
            }
        });
        // CREATE and COMMENT cannot be one transaction: one without a comment is a moment of ours, and empty.
        if (exists && comment(name).filter(c -> !c.startsWith("lastgood: ")).isPresent()) {
            throw new Forbidden("database %s bears a comment that is not ours; it was left as it is".formatted(name));
        }
    }

    private Optional<String> comment(String name) {
        return server.look("ask what a database is", session -> {
            try (var ask = session.prepareStatement(
                    "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ?")) {
                ask.setString(1, name);
                try (var row = ask.executeQuery()) {
                    return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
                }
            }
        });
    }

    private static boolean run(Connection session, String format, String name) throws SQLException {
        try (var ask = session.prepareStatement(format)) {
            ask.setString(1, name);
            return execute(session, ask);
        }
    }

    private static boolean execute(Connection session, java.sql.PreparedStatement format) throws SQLException {
        try (var row = format.executeQuery();
                var change = session.createStatement()) {
            row.next();
            return change.execute(row.getString(1));
        }
    }
}
