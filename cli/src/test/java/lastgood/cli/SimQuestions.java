package lastgood.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lastgood.core.ServiceRef;
import lastgood.core.data.Assessment;
import lastgood.core.data.Backup;
import lastgood.core.data.Connections;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RestoreTime;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.database.DatabaseQuestions;
import lastgood.testkit.sim.SimClock;
import lastgood.testkit.sim.SimDatabase;

/// Answers about a simulated database: what a test says, and else what the simulation knows.
public final class SimQuestions implements DatabaseQuestions {

    private final SimClock clock;
    private final SimDatabase database;

    /// What was asked, in order.
    public final List<String> asked = new ArrayList<>();

    /// What an older release makes of a schema that has changed.
    public Verdict verdict = Verdict.COMPATIBLE;

    public List<String> reasons = List.of();
    public UndoProof.Standing undo = UndoProof.Standing.EXACT;
    public List<String> lost = List.of();
    public AfterUndo after = new AfterUndo.Untried();
    public Supplier<Assessment> assessment;
    public boolean assessed;
    public RestoreTime restoreTime = RestoreTime.unproven(0, 0);
    public Supplier<Connections> connections = () -> new Connections(
            100,
            3,
            41,
            List.of(
                    new Connections.Group("checkout", "checkout_app", "shop", "active", "Lock: transactionid", 30, 75),
                    new Connections.Group("", "report", "shop", "idle in transaction", "", 11, 4000)));

    public Runnable beforeProof = () -> {};

    /// What the team's own command for the status says.
    public Optional<TeamCommands.Ended> status = Optional.empty();

    /// It does not answer.
    public boolean away;

    SimQuestions(SimClock clock, SimDatabase database) {
        this.clock = clock;
        this.database = database;
        this.assessment = database::assessment;
    }

    private void ask(String what) {
        asked.add(what);
        if (away) {
            throw new Unreachable("could not reach the database at db:5432: connection refused");
        }
    }

    @Override
    public List<Fact> status(ServiceRef service) {
        ask("status");
        return List.of(
                new Fact("server", "PostgreSQL 18.1, primary", "ok", ""),
                new Fact("archive", "last archived 26h ago", "failing", "look at archive_command in the server's log"));
    }

    @Override
    public Connections connections(ServiceRef service) {
        ask("connections");
        return connections.get();
    }

    @Override
    public Optional<TeamCommands.Ended> migrationStatus(ServiceRef service) {
        ask("migration status");
        return status;
    }

    @Override
    public SchemaProof prove(ServiceRef service, Optional<String> from, List<String> migrations) {
        beforeProof.run();
        ask("prove from %s since %s".formatted(from.orElse("-"), migrations));
        return proof(migrations);
    }

    private SchemaProof proof(List<String> migrations) {
        return new SchemaProof(
                migrations.isEmpty() ? Verdict.SAME : verdict,
                migrations.isEmpty() ? List.of() : reasons,
                migrations.isEmpty() ? List.of() : List.of("column public.orders.weight added"),
                List.of(new SchemaProof.Statement(
                        "select id,\n  total from orders where id = $1",
                        512,
                        verdict == Verdict.BREAKING
                                ? SchemaProof.Statement.Answer.FAILS
                                : SchemaProof.Statement.Answer.WORKS,
                        verdict == Verdict.BREAKING ? "column \"total\" does not exist" : "")),
                List.of(),
                migrations.reversed().stream()
                        .map(m -> new UndoProof(m, undo, undo == UndoProof.Standing.EXACT ? "" : "column order", lost))
                        .toList(),
                after,
                840);
    }

    @Override
    public SchemaProof proveAhead(ServiceRef service, Path migrations, Optional<Path> statements) {
        ask("prove ahead %s saying %s"
                .formatted(
                        migrations.getFileName(),
                        statements.map(p -> p.getFileName().toString()).orElse("-")));
        return proof(List.of("to_come"));
    }

    @Override
    public SchemaProof proveBetween(ServiceRef service, String from, String to, List<String> migrations) {
        ask("prove between %s and %s since %s".formatted(from, to, migrations));
        return proof(migrations);
    }

    @Override
    public Assessment assess(ServiceRef service, RecoveryTarget target, Consumer<String> progress) {
        ask("assess %s".formatted(target));
        progress.accept("replayed 12 of 30 segments");
        assessed = true;
        return assessment.get();
    }

    @Override
    public Assessment assessBackup(ServiceRef service, String backup, Consumer<String> progress) {
        ask("assess backup %s".formatted(backup));
        assessed = true;
        return assessment.get();
    }

    @Override
    public Optional<Assessment> assessed(ServiceRef service, Optional<String> scratch) {
        ask("assessed %s".formatted(scratch.orElse("-")));
        return Optional.of(assessment.get())
                .filter(a -> assessed && scratch.map(a.scratch()::equals).orElse(true));
    }

    @Override
    public RestoreTime restoreTime(ServiceRef service) {
        return restoreTime;
    }

    @Override
    public Backup rehearse(ServiceRef service, String name, Consumer<String> progress) {
        ask("rehearse %s".formatted(name));
        progress.accept("restored 1 of 1 files");
        var backup = database.databases().backups().find(service, name).orElseThrow();
        return backup(
                backup.name(),
                backup.alias(),
                clock.now(),
                backup.proof(),
                new Backup.Rehearsal.Restored(clock.now(), Duration.ofSeconds(41), 4_200_000));
    }

    public static Backup backup(String name, String alias, Instant at, Backup.Proof proof, Backup.Rehearsal rehearsal) {
        return new Backup(
                name,
                alias,
                "pg_dump",
                name,
                "7",
                1,
                "",
                "",
                at.minusSeconds(40),
                at,
                4_200_000,
                "",
                "v1",
                "a test",
                proof,
                rehearsal);
    }
}
