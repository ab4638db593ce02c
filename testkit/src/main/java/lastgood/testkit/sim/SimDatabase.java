package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.data.Assessment;
import lastgood.core.data.Backup;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.Migrations;
import lastgood.core.data.RestorePoint;
import lastgood.core.data.RowCounts;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.core.data.WriteAccess;
import lastgood.core.plan.DatabaseFacts;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Access;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.Databases;
import lastgood.engine.port.database.Points;
import lastgood.engine.port.database.Repairs;
import lastgood.engine.port.database.Schemas;

/// A small database: roles, a schema that its migrations make, backups that take time, rows that are
/// damaged. It knows
/// which release works on which schema, and writes down what must never happen. It carries no faults of its
/// own but
/// the answers that it is told to lose; the fuse in front of it does.
public final class SimDatabase {

    /// The role that instances log in as, and one that nobody may use.
    private static final Map<String, Boolean> LOGINS = Map.of("checkout_app", true, "old_batch", false);

    private static final Duration BACKUP_TAKES = Duration.ofSeconds(2);

    private final SimClock clock;
    private final List<String> landed = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final Map<Digest, Set<Digest>> works = new HashMap<>();
    private final Map<String, Backup> backups = new LinkedHashMap<>();
    private final Map<String, RestorePoint> points = new LinkedHashMap<>();
    private final List<String> applied = new ArrayList<>();
    private final List<String> marks = new ArrayList<>();
    private WriteAccess access = new WriteAccess(50, new TreeMap<>(LOGINS));
    private String accessMark = "";
    private int sessions;
    private int stubborn;
    private int prepared;
    private String drift = "";
    private String undoLeaves = "";
    private String halfDone = "";
    private String busy = "";
    private int damaged;
    private int laterRows;
    private List<String> scratch = List.of();
    private boolean scratchThere;
    private String swappedFor = "";
    private Optional<Digest> salvaged = Optional.empty();
    private List<IntegrityReport.Finding> findings = List.of();
    private boolean breakNextBackup;
    private boolean loseNext;
    private boolean dataChanged;
    private Runnable whenOpened = () -> {};

    public SimDatabase(SimClock clock) {
        this.clock = clock;
    }

    // What a person or another program does, without lastgood.

    public SimDatabase migrated(String... names) {
        applied.addAll(List.of(names));
        return this;
    }

    /// The release works on the schema that these migrations make, and on no other but those that are said
    /// so too.
    public SimDatabase works(Revision revision, String... migrations) {
        works.computeIfAbsent(revision.digest(), _ -> new HashSet<>()).add(fingerprint(List.of(migrations), ""));
        return this;
    }

    /// Undoing does not make the schema what it was, and that release works on what it becomes.
    public SimDatabase undoLeaves(String different, Revision revision, String... migrations) {
        undoLeaves = different;
        works.computeIfAbsent(revision.digest(), _ -> new HashSet<>()).add(fingerprint(List.of(migrations), different));
        return this;
    }

    /// Rows that a bad release has damaged, good ones that were written since, and the schema that the
    /// scratch has
    /// which holds the rows as they were.
    public SimDatabase damaged(int rows, int later, String... scratchMigrations) {
        damaged = rows;
        laterRows = later;
        scratch = List.of(scratchMigrations);
        scratchThere = true;
        return this;
    }

    /// So many sessions do not end when they are told to for the first time.
    public SimDatabase stubborn(int count) {
        stubborn = count;
        return this;
    }

    /// A prepared transaction, which whoever prepared it commits after that time; never if it is zero.
    public SimDatabase prepared(Duration committedAfter) {
        prepared++;
        if (committedAfter.isPositive()) {
            clock.later(committedAfter, () -> prepared--);
        }
        return this;
    }

    public void somebodyGrants(String role) {
        var logins = new TreeMap<>(access.logins());
        logins.put(role, true);
        access = new WriteAccess(access.connectionLimit(), logins);
    }

    public void somebodySets(WriteAccess to) {
        access = to;
    }

    public void somebodyApplies(String migration) {
        applied.add(migration);
    }

    public void somebodyAddsAColumn() {
        drift = "a column";
    }

    public void somebodyLeavesHalfDone(String migration) {
        halfDone = migration;
    }

    public void somebodyIsBusy(String what) {
        busy = what;
    }

    public void somebodyWritesDamagedRows() {
        damaged++;
    }

    public void unsound(IntegrityReport.Finding finding) {
        findings = List.of(finding);
    }

    /// The next backup cannot be read back.
    public void breakNextBackup() {
        breakNextBackup = true;
    }

    /// The change after this one is made and its answer is lost.
    public void loseNextAnswer() {
        loseNext = true;
    }

    /// What is to be looked at whenever writers are let in again after data was changed.
    void whenOpened(Runnable check) {
        whenOpened = check;
    }

    // What tests ask.

    public List<String> landed() {
        return landed;
    }

    /// What must never happen to data.
    public List<String> broken() {
        return broken;
    }

    public boolean isOpen() {
        return !access.isClosed();
    }

    public boolean isDamaged() {
        return damaged > 0;
    }

    /// Whether data was changed by a run.
    public boolean dataChanged() {
        return dataChanged;
    }

    public boolean fits(Digest revision) {
        return works.getOrDefault(revision, Set.of()).contains(schema());
    }

    private boolean works(Revision revision, Digest on) {
        return works.getOrDefault(revision.digest(), Set.of()).contains(on);
    }

    public Digest schema() {
        return fingerprint(applied, drift);
    }

    public static Digest fingerprint(List<String> migrations, String drift) {
        return Digest.of("schema of %s %s".formatted(migrations, drift));
    }

    public WriteAccess access() {
        return access;
    }

    /// What counts, without anything that depends on the way there.
    public String summary() {
        return "database %s applied %s damaged %d later %d%s backups %s points %s"
                .formatted(
                        access,
                        applied,
                        damaged,
                        laterRows,
                        swappedFor.isEmpty() ? "" : " kept as " + swappedFor,
                        backups.values().stream()
                                .map(b -> b.name() + " " + b.proof().getClass().getSimpleName())
                                .toList(),
                        points.values().stream()
                                .map(p -> p.name() + " " + p.xids())
                                .toList());
    }

    /// As a proof would have it: what the sim knows anyway.
    ///
    /// @param since migrations after the target, newest first
    public DatabaseFacts.Known facts(Revision target, List<String> since) {
        var before = applied.stream().filter(m -> !since.contains(m)).toList();
        var old = fingerprint(before, "");
        var verdict = since.isEmpty() ? Verdict.SAME : fits(target.digest()) ? Verdict.COMPATIBLE : Verdict.BREAKING;
        var exact = undoLeaves.isEmpty();
        var left = fingerprint(before, undoLeaves);
        return new DatabaseFacts.Known(
                access,
                schema(),
                new SchemaProof(
                        verdict,
                        verdict == Verdict.BREAKING ? List.of("a column is gone that it reads") : List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        since.stream()
                                .map(m -> new UndoProof(
                                        m,
                                        exact ? UndoProof.Standing.EXACT : UndoProof.Standing.INEXACT,
                                        undoLeaves,
                                        List.of()))
                                .toList(),
                        exact
                                ? new AfterUndo.Same(old, 1)
                                : new AfterUndo.Different(
                                        left,
                                        List.of(undoLeaves),
                                        works(target, left) ? Verdict.COMPATIBLE : Verdict.BREAKING,
                                        List.of(),
                                        1),
                        1),
                new DatabaseFacts.Fingerprint.Of(old),
                since,
                scratchThere ? new DatabaseFacts.Damage.Assessed(assessment()) : new DatabaseFacts.Damage.NotAssessed(),
                DatabaseFacts.Times.unmeasured(),
                List.of());
    }

    /// What is damaged now.
    public Assessment assessment() {
        return new Assessment(
                "scratch",
                "before the release",
                List.of(new RowCounts("public.orders", damaged, laterRows, 0, 0)),
                List.of(),
                List.of(
                        new Assessment.Way(Assessment.Way.Kind.SALVAGE, 0, 0, Duration.ofSeconds(1), false),
                        new Assessment.Way(Assessment.Way.Kind.SWAP, laterRows, 0, Duration.ofSeconds(2), false)),
                assessed());
    }

    private Digest assessed() {
        return Digest.of("damaged %d later %d".formatted(damaged, laterRows));
    }

    // The ports.

    public Databases databases() {
        return new Databases(new Roles(), new Catalog(), new Marked(), new Kept(), new Mending(), this::check);
    }

    /// Instances that are connected; they go away when they are told to, or when they are gone.
    public void connected(int instances) {
        if (isOpen()) {
            sessions = instances;
        }
    }

    /// Nothing of this while somebody could still write.
    private void quiet(String what) {
        if (isOpen() || sessions > 0 || prepared > 0) {
            broken.add("%s while somebody could still write".formatted(what));
        }
    }

    private void backedUp(String what) {
        if (backups.values().stream().noneMatch(b -> b.proof() instanceof Backup.Proof.Verified)) {
            broken.add("%s without a verified backup".formatted(what));
        }
    }

    private void landed(String key) {
        landed.add(key);
        if (loseNext) {
            loseNext = false;
            throw new Unreachable("connection reset");
        }
    }

    private IntegrityReport check(ServiceRef service, boolean comprehensive) {
        return new IntegrityReport(comprehensive, findings);
    }

    private final class Roles implements Access {

        @Override
        public Access.State look(ServiceRef service) {
            return new Access.State(service, access, sessions, prepared, "0/%X".formatted(landed.size()), accessMark);
        }

        @Override
        public void set(Access.State seen, WriteAccess to, Fence fence) {
            if (!seen.access().equals(access) || !seen.mark().equals(accessMark)) {
                throw new WorldMoved("somebody changed roles meanwhile");
            }
            if (to.isClosed()) {
                sessions = access.equals(to) ? 0 : stubborn;
            }
            if (access.equals(to)) {
                return; // only sessions were ended
            }
            access = to;
            accessMark = fence.key();
            if (isOpen() && dataChanged) {
                whenOpened.run();
            }
            landed(fence.key());
        }
    }

    private final class Catalog implements Schemas {

        @Override
        public Schemas.State look(ServiceRef service) {
            return new Schemas.State(service, schema(), applied, halfDone, marks, busy);
        }

        @Override
        public Migrations migrations(ServiceRef service) {
            return new Migrations(
                    "sim",
                    "public.migrations",
                    applied.stream()
                            .map(m -> new Migrations.Applied(
                                    m, "", true, 700 + applied.indexOf(m), new Migrations.Undo.Sql(m, true)))
                            .toList(),
                    List.of());
        }

        private void still(Schemas.State seen) {
            if (!seen.schema().equals(schema()) || !seen.applied().equals(applied) || !busy.isEmpty()) {
                throw new WorldMoved("the schema is no longer " + seen.schema().brief());
            }
        }

        @Override
        public void undo(Schemas.State seen, List<String> migrations, Digest to, Fence fence) {
            still(seen);
            var after = new ArrayList<>(applied);
            for (var migration : migrations) {
                if (after.isEmpty() || !after.removeLast().equals(migration)) {
                    throw new Forbidden("%s is not the newest migration\nnothing was changed".formatted(migration));
                }
            }
            if (!fingerprint(after, drift + undoLeaves).equals(to)) {
                throw new Forbidden("undoing does not lead to %s\nnothing was changed".formatted(to.brief()));
            }
            quiet("undone");
            backedUp("undone");
            applied.clear();
            applied.addAll(after);
            marks.add(fence.key());
            drift += undoLeaves;
            dataChanged = true;
            landed(fence.key());
        }

        @Override
        public void apply(Schemas.State seen, String migration, Fence fence) {
            still(seen);
            if (applied.contains(migration)) {
                throw new WorldMoved(migration + " is applied");
            }
            applied.add(migration);
            marks.add(fence.key());
            landed(fence.key());
        }
    }

    private final class Marked implements Points {

        @Override
        public Optional<RestorePoint> find(ServiceRef service, String name) {
            return Optional.ofNullable(points.get(name));
        }

        @Override
        public List<RestorePoint> all(ServiceRef service) {
            return new ArrayList<>(points.values()).reversed();
        }

        @Override
        public void mark(ServiceRef service, String name, String release, Fence fence) {
            if (points.containsKey(name)) {
                return;
            }
            points.put(name, new RestorePoint(name, release, "7", 1, "0/1", clock.now(), schema(), List.of()));
            landed(fence.key());
        }

        @Override
        public void close(ServiceRef service, String name, Fence fence) {
            var p = points.get(name);
            if (p == null) {
                throw new Forbidden("there is no restore point %s\nnothing was changed".formatted(name));
            }
            if (!p.xids().isEmpty()) {
                return;
            }
            if (p.schema().equals(schema())) {
                throw new Forbidden("no migration was applied since %s\nnothing was changed".formatted(name));
            }
            points.put(
                    name,
                    new RestorePoint(
                            name,
                            p.release(),
                            p.system(),
                            p.timeline(),
                            p.lsn(),
                            p.at(),
                            p.schema(),
                            List.of(700L + applied.size())));
            landed(fence.key());
        }
    }

    private final class Kept implements Backups {

        @Override
        public List<Backup> all(ServiceRef service) {
            return new ArrayList<>(backups.values()).reversed();
        }

        @Override
        public Backups.State look(ServiceRef service, String name) {
            var backup = backups.get(name);
            if (backup == null) {
                return new Backups.State.None();
            }
            return backup.finished().isAfter(clock.now())
                    ? new Backups.State.Underway("half of it is written")
                    : new Backups.State.There(backup);
        }

        @Override
        public void take(ServiceRef service, String name, String alias, String reason, Fence fence) {
            if (backups.containsKey(name)) {
                throw new WorldMoved("there is a backup %s".formatted(name));
            }
            if (access.isClosed()) {
                quiet("backed up");
            }
            backups.put(
                    name,
                    new Backup(
                            name,
                            alias,
                            "sim",
                            name,
                            "7",
                            1,
                            "",
                            "",
                            clock.now(),
                            clock.now().plus(BACKUP_TAKES),
                            1,
                            schema().text(),
                            "",
                            reason,
                            new Backup.Proof.Unverified(),
                            new Backup.Rehearsal.Never()));
            landed(fence.key());
        }

        @Override
        public void verify(ServiceRef service, String name, Fence fence) {
            if (!(look(service, name) instanceof Backups.State.There(var b))) {
                throw new WorldMoved("backup %s is not there yet".formatted(name));
            }
            Instant now = clock.now();
            var proof = breakNextBackup
                    ? new Backup.Proof.Broken(now, "a byte is not as it was written")
                    : new Backup.Proof.Verified(now, "sim");
            breakNextBackup = false;
            backups.put(
                    name,
                    new Backup(
                            b.name(),
                            b.alias(),
                            b.kind(),
                            b.label(),
                            b.system(),
                            b.timeline(),
                            b.startLsn(),
                            b.stopLsn(),
                            b.started(),
                            b.finished(),
                            b.bytes(),
                            b.schema(),
                            b.release(),
                            b.reason(),
                            proof,
                            b.rehearsal()));
        }
    }

    private final class Mending implements Repairs {

        @Override
        public Salvaged salvaged(ServiceRef service, String name, Digest assessment) {
            if (salvaged.filter(assessment::equals).isPresent()) {
                return new Salvaged.Done("orders: repaired, %d kept, 0 in conflict, 0 lost".formatted(laterRows));
            }
            return scratchThere && assessment.equals(assessed())
                    ? new Salvaged.NotYet()
                    : new Salvaged.Stale("the rows are no longer as they were counted");
        }

        @Override
        public void salvage(ServiceRef service, String name, Digest assessment, Fence fence) {
            if (!(salvaged(service, name, assessment) instanceof Salvaged.NotYet)) {
                throw new WorldMoved("the rows are no longer as they were counted");
            }
            quiet("salvaged");
            backedUp("salvaged");
            damaged = 0;
            salvaged = Optional.of(assessment);
            dataChanged = true;
            landed(fence.key());
        }

        @Override
        public Swapped swapped(ServiceRef service, String name) {
            if (!swappedFor.isEmpty()) {
                return new Swapped.Done(swappedFor);
            }
            return scratchThere ? new Swapped.NotYet("oid 5") : new Swapped.Stale("there is no scratch " + name);
        }

        @Override
        public void swap(ServiceRef service, String name, String keepAs, Fence fence) {
            if (!(swapped(service, name) instanceof Swapped.NotYet)) {
                throw new WorldMoved("another database has the name");
            }
            quiet("swapped");
            backedUp("swapped");
            applied.clear();
            applied.addAll(scratch);
            damaged = 0;
            laterRows = 0;
            swappedFor = keepAs;
            scratchThere = false;
            dataChanged = true;
            landed(fence.key());
        }
    }
}
