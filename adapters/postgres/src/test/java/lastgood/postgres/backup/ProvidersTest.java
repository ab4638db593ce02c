package lastgood.postgres.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import lastgood.core.data.Backup;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Backups;
import lastgood.postgres.restore.DebianLab;
import lastgood.postgres.restore.Lab;
import lastgood.postgres.restore.Landmarks;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every provider is held to, each on a real server with its own programs.
class ProvidersTest {

    @TempDir
    static Path folder;

    static DebianLab lab;
    static final Map<String, Catalogue> CATALOGUES = new ConcurrentHashMap<>();

    @BeforeAll
    static void a_server_with_every_tool() {
        lab = DebianLab.start(folder);
        lab.run(
                "CREATE TABLE public.orders AS SELECT g AS id, repeat('x', 50) AS what FROM generate_series(1, 5000) g");
    }

    @AfterAll
    static void nothing_is_left_running() {
        lab.close();
    }

    static Catalogue catalogue(String kind) {
        return CATALOGUES.computeIfAbsent(kind, k -> lab.catalogue(lab.provider(k)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "pg_basebackup", "pg_dump", "pgbackrest"})
    void a_backup_is_taken_once_and_stands_in_the_list_with_what_we_know_of_it(String kind) {
        var catalogue = catalogue(kind);
        var name = "lg-rb-00000001-20";
        assertThat(catalogue.look(name)).isInstanceOf(Backups.State.None.class);

        catalogue.take(name, "pre-migration-v4.0.5", "before v4.0.5", Lab.FENCE);
        catalogue.take(name, "pre-migration-v4.0.5", "before v4.0.5", Lab.FENCE);

        assertThat(catalogue.all().stream().filter(b -> b.name().equals(name)))
                .singleElement()
                .satisfies(b -> {
                    assertThat(b.kind()).isEqualTo(kind);
                    assertThat(b.alias()).isEqualTo("pre-migration-v4.0.5");
                    assertThat(b.release()).isEqualTo("v4.0.4");
                    assertThat(b.bytes()).isGreaterThan(1000);
                    assertThat(b.finished()).isAfterOrEqualTo(b.started());
                    assertThat(b.proof()).isEqualTo(new Backup.Proof.Unverified());
                    assertThat(b.rehearsal()).isEqualTo(new Backup.Rehearsal.Never());
                    assertThat(b.system())
                            .isEqualTo(
                                    "pg_dump".equals(kind)
                                            ? ""
                                            : lab.one("SELECT system_identifier FROM pg_control_system()"));
                });
        assertThat(catalogue.look(name)).isInstanceOf(Backups.State.There.class);
        assertThat(catalogue.meant("pre-migration-v4.0.5").name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "pg_basebackup", "pg_dump", "pgbackrest"})
    void one_flipped_byte_in_what_is_stored_is_found(String kind) throws IOException {
        var catalogue = catalogue(kind);
        var name = "lg-rb-00000002-20";
        catalogue.take(name, "", "test", Lab.FENCE);
        assertThat(catalogue.verify(name).proof()).isInstanceOf(Backup.Proof.Verified.class);

        flip(largest(
                switch (kind) {
                    case "pgbackrest" ->
                        lab.folder
                                .resolve("repo/backup/main")
                                .resolve(catalogue.meant(name).label());
                    default -> lab.backups(kind).resolve(name);
                },
                path -> !path.toString().contains("pg_wal")));

        assertThat(catalogue.verify(name).proof()).as("one byte was flipped").isInstanceOf(Backup.Proof.Broken.class);
        assertThat(catalogue.look(name))
                .isInstanceOfSatisfying(
                        Backups.State.There.class,
                        t -> assertThat(t.backup().proof()).isInstanceOf(Backup.Proof.Broken.class));
        catalogue.take("lg-rb-00000008-20", "", "another", Lab.FENCE);
        assertThat(catalogue.look(name))
                .as("taking one never takes an older one away, whatever the retention (one)")
                .isInstanceOf(Backups.State.There.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "pg_basebackup", "pgbackrest"})
    void a_scratch_of_it_stands_exactly_before_a_transaction(String kind) {
        var catalogue = catalogue(kind);
        catalogue.take("lg-rb-00000003-20", "", "test", Lab.FENCE);
        var table = "public.t_" + kind;
        lab.run("CREATE TABLE %s AS SELECT 1 AS good".formatted(table));
        var bad = lab.committed("UPDATE %s SET good = 0".formatted(table));
        var scratches = lab.scratches(catalogue, Landmarks.none());

        var scratch = scratches.make(
                RecoveryTarget.before(new Point.Xid(bad)),
                Optional.of(RecoveryTarget.upTo(new Point.Xid(bad))),
                Optional.empty(),
                _ -> {});

        assertThat(Lab.one(scratch.before(), "SELECT good FROM " + table)).isEqualTo("1");
        assertThat(Lab.one(scratch.after().orElseThrow(), "SELECT good FROM " + table))
                .isEqualTo("0");
        assertThat(Lab.one(scratch.before(), "SHOW archive_mode")).isEqualTo("off");
        scratches.drop(scratch.name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "pg_basebackup", "pg_dump"})
    void what_a_dead_process_left_behind_is_none_and_is_begun_anew(String kind) throws IOException {
        var catalogue = catalogue(kind);
        var name = "lg-rb-00000004-20";
        Files.createDirectories(lab.backups(kind).resolve(name + ".partial/data"));
        Files.writeString(lab.backups(kind).resolve(name + ".partial/data/half"), "torn");
        assertThat(catalogue.look(name)).isInstanceOf(Backups.State.None.class);

        catalogue.take(name, "", "test", Lab.FENCE);

        assertThat(catalogue.verify(name).proof()).isInstanceOf(Backup.Proof.Verified.class);
        assertThat(lab.backups(kind).resolve(name + ".partial")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "pg_basebackup", "pg_dump"})
    void one_that_somebody_is_taking_is_underway_and_not_begun_again(String kind) {
        var catalogue = catalogue(kind);
        var name = "lg-rb-00000005-20";
        var lock = new Exclusively(lab.backups(kind).resolve(".locks").resolve(name));

        lock.run("test", () -> {
            assertThat(catalogue.look(name)).isInstanceOf(Backups.State.Underway.class);
            assertThatThrownBy(() -> catalogue.take(name, "", "test", Lab.FENCE))
                    .isInstanceOf(WorldMoved.class);
            return true;
        });

        assertThat(catalogue.look(name)).isInstanceOf(Backups.State.None.class);
    }

    @Test
    void an_alias_that_two_backups_bear_is_refused_with_both() {
        var catalogue = catalogue("pg_dump");
        catalogue.take("lg-rb-00000006-20", "nightly", "test", Lab.FENCE);
        catalogue.take("lg-rb-00000007-20", "nightly", "test", Lab.FENCE);

        assertThatThrownBy(() -> catalogue.meant("nightly"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("lg-rb-00000006-20")
                .hasMessageContaining("lg-rb-00000007-20");
        assertThatThrownBy(() -> catalogue.meant("weekly")).hasMessageContaining("there is no backup `weekly`");
    }

    private static void flip(Path file) throws IOException {
        try (var access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(file.toFile().length() / 2);
            var was = access.read();
            access.seek(file.toFile().length() / 2);
            access.write(was ^ 1);
        }
    }

    private static Path largest(Path folder, Predicate<Path> which) throws IOException {
        assumeTrue(Files.isDirectory(folder));
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(which)
                    .filter(f ->
                            !List.of("backup.manifest").contains(f.getFileName().toString()))
                    .max(java.util.Comparator.comparing(f -> f.toFile().length()))
                    .orElseThrow();
        }
    }
}
