package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.data.Migrations;
import lastgood.core.data.Migrations.Undo;
import lastgood.core.schema.Quoted;
import lastgood.core.schema.SqlText.Statement;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Schemas;
import lastgood.postgres.sql.Failures;
import lastgood.postgres.sql.Locks;
import lastgood.postgres.sql.Marks;
import lastgood.postgres.sql.Patience;
import lastgood.postgres.sql.Sessions;

/// Takes migrations back, and applies the next one.
///
/// **Together.** Where all ways down are SQL that runs in a transaction, all of it is one transaction: our lock, a
/// check
/// that nothing changed since the look, the SQL, the tool's history, our mark, and a check that the catalog became what
/// it was. Whatever happens, either all of it is there, with its mark, or nothing.
///
/// **One by one.** A command of the team's, or a statement that PostgreSQL refuses in a transaction, stands for itself.
/// Before such a statement it is written down that it begins, and after it that it has ended: if we die in between, the
/// look says which one may be half done, and nobody guesses. A migration that a look finds undone is not undone again.
///
/// Scripts run with the search path and, if one is named, the role that migrations of this database run with: what a
/// script makes belongs to whoever runs it, and a catalog with another owner is not the same catalog.
public final class PostgresSchemas implements Schemas {

    private static final String MARK = "schema/";
    private static final String HALF = "half/";

    /// More differences than anybody reads.
    private static final int DIFFERENCES_MAX = 5;

    private final Function<ServiceRef, Migrated> databases;
    private final Fingerprints fingerprints;
    private final TeamCommands commands;
    private final RandomGenerator random;

    public PostgresSchemas(
            Function<ServiceRef, Migrated> databases,
            Fingerprints fingerprints,
            TeamCommands commands,
            RandomGenerator random) {
        this.databases = databases;
        this.fingerprints = fingerprints;
        this.commands = commands;
        this.random = random;
    }

    @Override
    public State look(ServiceRef service) {
        var setup = databases.apply(service);
        return setup.sessions().look("read the schema", session -> look(session, service, setup));
    }

    private State look(Connection session, ServiceRef service, Migrated setup) throws SQLException {
        var chronicle = Chronicle.read(session, setup);
        return new State(
                service,
                fingerprints.of(session),
                chronicle.applied(),
                halfDone(session, chronicle),
                marks(session),
                Busy.look(session));
    }

    private static String halfDone(Connection session, Chronicle chronicle) throws SQLException {
        for (var half : Marks.under(session, HALF).entrySet()) {
            return "%s; when it is mended by hand: DELETE FROM lastgood.mark WHERE what = %s"
                    .formatted(half.getValue().detail(), Quoted.text(half.getKey()));
        }
        return chronicle.migrations().stream()
                .filter(m -> !m.done())
                .map(m -> "%s was begun and failed, says its history".formatted(m.name()))
                .findFirst()
                .orElse("");
    }

    private static List<String> marks(Connection session) throws SQLException {
        return Marks.under(session, MARK).values().stream().map(Marks.Mark::key).toList();
    }

    @Override
    public Migrations migrations(ServiceRef service) {
        var setup = databases.apply(service);
        return setup.sessions()
                .look(
                        "read the history of migrations",
                        session -> Chronicle.read(session, setup).shown());
    }

    @Override
    public void undo(State seen, List<String> migrations, Digest to, Fence fence) {
        var setup = databases.apply(seen.service());
        var chronicle =
                setup.sessions().look("read the history of migrations", session -> Chronicle.read(session, setup));
        if (chronicle.found() instanceof History.Found.Unclear(var why)) {
            throw new Forbidden("could not undo %s: %s; nothing was changed".formatted(migrations, why));
        }
        if (!seen.halfDone().isEmpty()) {
            throw new Forbidden("could not undo %s: %s; nothing was changed".formatted(migrations, seen.halfDone()));
        }
        var ways = migrations.stream().map(name -> way(chronicle, name)).toList();
        if (ways.stream().allMatch(PostgresSchemas::runsInTransaction)) {
            together(setup, seen, migrations, to, fence);
        } else {
            oneByOne(setup, seen, migrations, to, fence);
        }
    }

    /// One that is not in the history is either undone already or was never there; the transaction tells.
    private static Undo way(Chronicle chronicle, String name) {
        var way = chronicle.called(name).map(Migration::undo);
        if (way.isPresent() && way.get() instanceof Undo.None(var why)) {
            throw new Forbidden("could not undo %s: %s; nothing was changed".formatted(name, why));
        }
        return way.orElse(new Undo.Sql("", true));
    }

    private static boolean runsInTransaction(Undo undo) {
        return switch (undo) {
            case Undo.Sql(var _, var transactional) -> transactional;
            case Undo.Command _, Undo.None _ -> false;
        };
    }

    private void together(Migrated setup, State seen, List<String> migrations, Digest to, Fence fence) {
        var doing = "undo " + String.join(", ", migrations);
        new Patience(setup.sessions(), random).change(doing, setup.limit(), session -> {
            Locks.take(session, Locks.SCHEMA);
            if (marks(session).contains(fence.key())) {
                return "";
            }
            refuseIfMoved(session, setup, seen);
            for (var name : migrations) {
                undoOne(session, setup, name);
            }
            Marks.set(session, MARK + fence.key(), fence, "undid " + String.join(", ", migrations));
            refuseUnless(session, to, doing);
            return "";
        });
    }

    private void refuseIfMoved(Connection session, Migrated setup, State seen) throws SQLException {
        var now = look(session, seen.service(), setup);
        var same = now.schema().equals(seen.schema())
                && now.applied().equals(seen.applied())
                && now.marks().equals(seen.marks())
                && now.halfDone().equals(seen.halfDone());
        if (!same) {
            throw new WorldMoved("the schema of %s was changed meanwhile: it had %s, and has %s; nothing was changed"
                    .formatted(seen.service(), words(seen), words(now)));
        }
    }

    private static String words(State state) {
        return "%s after %s%s"
                .formatted(
                        state.schema().brief(),
                        state.applied().isEmpty()
                                ? "no migration"
                                : state.applied().getLast(),
                        state.halfDone().isEmpty() ? "" : ", half done: " + state.halfDone());
    }

    private static void undoOne(Connection session, Migrated setup, String name) throws SQLException {
        var chronicle = Chronicle.read(session, setup);
        var newest = newest(chronicle, name);
        run(session, setup, newest.down().orElseThrow().script());
        Undone.write(session, (History.Found.Of) chronicle.found(), newest, chronicle.before(newest));
    }

    /// Migrations come off in the order in which they were put on.
    private static Migration newest(Chronicle chronicle, String name) {
        var newest = chronicle.migrations().isEmpty()
                ? Optional.<Migration>empty()
                : Optional.of(chronicle.migrations().getLast());
        return newest.filter(m -> m.name().equals(name))
                .orElseThrow(() -> new WorldMoved("%s is not the newest migration, %s is; nothing was changed"
                        .formatted(name, newest.map(Migration::name).orElse("none"))));
    }

    /// All of a script in the session's transaction.
    private static void run(Connection session, Migrated setup, Script script) throws SQLException {
        become(session, setup, true);
        var number = 0;
        for (var statement : script.statements()) {
            number++;
            execute(session, script, number, statement);
        }
        leave(session, true);
    }

    /// @param local to the end of the transaction at most
    private static void become(Connection session, Migrated setup, boolean local) throws SQLException {
        try (var set = session.createStatement()) {
            set.execute("RESET search_path");
            if (!setup.role().isEmpty()) {
                set.execute("SET %s ROLE %s".formatted(local ? "LOCAL" : "SESSION", Quoted.name(setup.role())));
            }
        }
    }

    private static void leave(Connection session, boolean local) throws SQLException {
        try (var set = session.createStatement()) {
            set.execute("SET %s ROLE NONE".formatted(local ? "LOCAL" : "SESSION"));
            set.execute("SET search_path = pg_catalog, public");
        }
    }

    private static void execute(Connection session, Script script, int number, Statement statement)
            throws SQLException {
        try (var execute = session.createStatement()) {
            execute.setEscapeProcessing(false);
            execute.execute(statement.text());
        } catch (SQLException e) {
            throw new SQLException(
                    "%s of %s (%s): %s"
                            .formatted(counted(number, script), script.source(), statement.brief(), Failures.said(e)),
                    e.getSQLState(),
                    e);
        }
    }

    private static String counted(int number, Script script) {
        return "statement %d of %d".formatted(number, script.statements().size());
    }

    private void refuseUnless(Connection session, Digest to, String doing) throws SQLException {
        var now = fingerprints.of(session);
        if (!now.equals(to)) {
            throw new Forbidden("could not %s: the schema would not be as it was before (%s instead of %s)%s\n"
                            .formatted(doing, now.brief(), to.brief(), differences(session, to))
                    + "nothing was changed\nhint: `lastgood db prove` shows what the way down leaves different");
        }
    }

    private String differences(Connection session, Digest to) throws SQLException {
        var all = fingerprints.differences(session, to);
        return all.isEmpty() ? "" : ": " + String.join("; ", all.subList(0, Math.min(DIFFERENCES_MAX, all.size())));
    }

    private void oneByOne(Migrated setup, State seen, List<String> migrations, Digest to, Fence fence) {
        var before = look(seen.service());
        if (before.marks().contains(fence.key())) {
            return;
        }
        if (!before.halfDone().isEmpty()) {
            throw new WorldMoved("could not undo %s: %s".formatted(migrations, before.halfDone()));
        }
        for (var name : migrations) {
            var chronicle =
                    setup.sessions().look("read the history of migrations", session -> Chronicle.read(session, setup));
            if (chronicle.called(name).isPresent()) {
                undoAlone(setup, chronicle, newest(chronicle, name), fence);
            }
        }
        finish(setup, migrations, to, fence);
    }

    private static void refuseHalf(Migrated setup) {
        var half = setup.sessions()
                .look(
                        "read the marks",
                        session -> new ArrayList<>(Marks.under(session, HALF).values()));
        if (!half.isEmpty()) {
            throw new Forbidden("a migration is half done and nobody can tell how far it got: "
                    + half.getFirst().detail());
        }
    }

    private void undoAlone(Migrated setup, Chronicle chronicle, Migration migration, Fence fence) {
        switch (migration.undo()) {
            case Undo.Sql(var _, var transactional)
            when transactional ->
                new Patience(setup.sessions(), random).change("undo " + migration.name(), setup.limit(), session -> {
                    Locks.take(session, Locks.SCHEMA);
                    undoOne(session, setup, migration.name());
                    return "";
                });
            case Undo.Sql _ ->
                stepByStep(
                        setup,
                        "undo " + migration.name(),
                        migration.down().orElseThrow().script(),
                        fence,
                        session -> Undone.write(
                                session, (History.Found.Of) chronicle.found(), migration, chronicle.before(migration)));
            case Undo.Command(var words) -> {
                command(setup, migration.name(), words, fence);
                refuseIf(setup, "undo", migration.name(), true);
            }
            case Undo.None(var why) -> throw new Forbidden("could not undo %s: %s".formatted(migration.name(), why));
        }
    }

    private void command(Migrated setup, String migration, List<String> words, Fence fence) {
        var own = new Fence(fence.run(), fence.step() + "." + migration, fence.epoch());
        var ended = commands.run(setup.service(), setup.image(), words, Map.of(), setup.limit(), own);
        if (ended.code() != 0) {
            throw new Forbidden("the command for %s ended with %d: %s\nhint: what it changed before is still changed;"
                            .formatted(migration, ended.code(), String.join(" | ", ended.lastLines()))
                    + " `lastgood db migrations` shows where it stands");
        }
    }

    /// The history has the last word, whatever a command said.
    private void refuseIf(Migrated setup, String verb, String migration, boolean there) {
        var applied = setup.sessions()
                .look(
                        "read the history of migrations",
                        session -> Chronicle.read(session, setup).applied());
        if (applied.contains(migration) == there) {
            throw new Forbidden("the command to %s %s ended with 0, but the history %s it"
                    .formatted(verb, migration, there ? "still has" : "does not have"));
        }
    }

    @FunctionalInterface
    private interface Ending {
        void in(Connection session) throws SQLException;
    }

    /// One session for all of it, so that our lock shows that somebody is at work; it goes with the session.
    private void stepByStep(Migrated setup, String doing, Script script, Fence fence, Ending ending) {
        setup.sessions().in(doing, setup.limit(), session -> {
            try (var lock = session.createStatement()) {
                lock.execute("SELECT pg_advisory_lock(%d, %d)".formatted(Locks.OURS, Locks.SCHEMA.number()));
            }
            var half = HALF + fence.key();
            for (var i = 0; i < script.statements().size(); i++) {
                var statement = script.statements().get(i);
                Marks.set(session, half, fence, begun(doing, script, i + 1, statement));
                try {
                    alone(session, setup, script, i + 1, statement);
                } catch (SQLException e) {
                    tell(session, half, fence, i, statement, e);
                    throw e;
                }
            }
            session.setAutoCommit(false);
            ending.in(session);
            Marks.remove(session, half);
            session.commit();
            return "";
        });
    }

    /// What the server refused has changed nothing by itself, unless it was building an index on the side. If it was
    /// the
    /// first, nothing was done; else the earlier ones are.
    private static void tell(
            Connection session, String half, Fence fence, int done, Statement statement, SQLException failure) {
        try {
            leave(session, false);
            if (done == 0 && !statement.has("CONCURRENTLY")) {
                Marks.remove(session, half);
            } else {
                Marks.set(
                        session,
                        half,
                        fence,
                        "%s; the %d before it are done%s"
                                .formatted(
                                        failure.getMessage(),
                                        done,
                                        statement.has("CONCURRENTLY")
                                                ? ", and it may have left an invalid index"
                                                : ""));
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private static String begun(String doing, Script script, int number, Statement statement) {
        return "%s: %s of %s (%s) was begun, and it is not known whether it ended; %s"
                .formatted(
                        doing,
                        counted(number, script),
                        script.source(),
                        statement.brief(),
                        number == 1 ? "nothing was done before it" : "the %d before it are done".formatted(number - 1));
    }

    /// An index that is built or dropped concurrently waits for transactions that are open, and nobody waits for it:
    /// the
    /// short limit on locks would only leave an invalid index behind.
    private static void alone(Connection session, Migrated setup, Script script, int number, Statement statement)
            throws SQLException {
        become(session, setup, false);
        try (var set = session.createStatement()) {
            if (statement.has("CONCURRENTLY")) {
                set.execute("SET lock_timeout = 0");
            }
            execute(session, script, number, statement);
            set.execute("SET lock_timeout = " + Sessions.LOCK_WAIT.toMillis());
        }
        leave(session, false);
    }

    private void finish(Migrated setup, List<String> migrations, Digest to, Fence fence) {
        setup.sessions().change("mark what was undone", setup.limit(), session -> {
            var now = fingerprints.of(session);
            if (!now.equals(to)) {
                throw new Forbidden(
                        "%s were undone, but the schema is not as it was before (%s instead of %s)%s\nhint: they were not"
                                        .formatted(migrations, now.brief(), to.brief(), differences(session, to))
                                + " undone in one transaction, so this cannot be taken back by itself");
            }
            Marks.set(session, MARK + fence.key(), fence, "undid " + String.join(", ", migrations));
            return "";
        });
    }

    @Override
    public void apply(State seen, String migration, Fence fence) {
        var setup = databases.apply(seen.service());
        var chronicle =
                setup.sessions().look("read the history of migrations", session -> Chronicle.read(session, setup));
        if (chronicle.tool().equals(Tool.OURS.label())) {
            applyOurs(setup, seen, next(chronicle, migration), fence);
            return;
        }
        if (setup.apply().isEmpty() || chronicle.found() instanceof History.Found.Unclear) {
            throw new Forbidden(
                    "could not apply %s: its tool is %s, and no command for it is configured; nothing was changed"
                            .formatted(migration, chronicle.tool()));
        }
        if (!chronicle.applied().contains(migration)) {
            command(setup, migration, Migrated.filled(setup.apply(), migration), fence);
            refuseIf(setup, "apply", migration, false);
        }
    }

    /// The first one that is not applied.
    private static Optional<Scripts.Pair> next(Chronicle chronicle, String migration) {
        if (chronicle.applied().contains(migration)) {
            return Optional.empty();
        }
        var next = chronicle.pairs().stream()
                .filter(p -> p.up().isPresent() && !chronicle.applied().contains(p.name()))
                .findFirst()
                .orElseThrow(() -> new Forbidden("there is no file for %s; nothing was changed".formatted(migration)));
        if (!next.name().equals(migration)) {
            throw new Forbidden(
                    "%s is not the next migration, %s is; nothing was changed".formatted(migration, next.name()));
        }
        return Optional.of(next);
    }

    private void applyOurs(Migrated setup, State seen, Optional<Scripts.Pair> next, Fence fence) {
        if (next.isEmpty()) {
            return;
        }
        var name = next.get().name();
        var script = next.get().up().orElseThrow().script();
        script.refusal().ifPresent(why -> {
            throw new Forbidden("could not apply %s: %s; nothing was changed".formatted(name, why));
        });
        if (!script.transactional()) {
            refuseHalf(setup);
            stepByStep(setup, "apply " + name, script, fence, session -> {
                Ours.add(session, name);
                Marks.set(session, MARK + fence.key(), fence, "applied " + name);
            });
            return;
        }
        new Patience(setup.sessions(), random).change("apply " + name, setup.limit(), session -> {
            Locks.take(session, Locks.SCHEMA);
            if (!marks(session).contains(fence.key())) {
                refuseIfMoved(session, setup, seen);
                run(session, setup, script);
                Ours.add(session, name);
                Marks.set(session, MARK + fence.key(), fence, "applied " + name);
            }
            return "";
        });
    }
}
