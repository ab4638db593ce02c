package lastgood.postgres.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.data.Backup;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.postgres.backup.BackupProvider;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.Dumps;
import lastgood.postgres.backup.Notes;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A dump comes back as a database beside the live one, and may take its place.
class DumpSwapTest {

    @TempDir
    static Path folder;

    static DebianLab lab;
    static int databases;

    final List<String> progress = new ArrayList<>();
    Sessions app;
    Catalogue catalogue;
    DumpScratches scratches;

    @BeforeAll
    static void a_server() {
        lab = DebianLab.start(folder);
        lab.run("CREATE ROLE app_user LOGIN");
    }

    @AfterAll
    static void nothing_is_left_running() {
        lab.close();
    }

    @BeforeEach
    void a_database_with_a_backup_and_damage() {
        var name = "app" + ++databases;
        lab.run("CREATE DATABASE %s OWNER app_user".formatted(name));
        lab.run("ALTER DATABASE %s SET search_path = app, public".formatted(name));
        lab.run("ALTER DATABASE %s SET work_mem = '7MB'".formatted(name));
        lab.run("REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(name));
        lab.run("ALTER DATABASE %s CONNECTION LIMIT 0".formatted(name));
        app = lab.live.on(name);
        run("CREATE TABLE public.orders AS SELECT 'good' AS what");
        var provider = new Dumps(app, lab.server.binaries(), folder.resolve("dumps of " + name));
        catalogue = new Catalogue(
                provider,
                new Notes(folder.resolve("notes of " + name)),
                InstantSource.system(),
                Catalogue.Circumstances::unknown);
        catalogue.take("lg-rb-00000001-20", "", "test", Lab.FENCE);
        run("UPDATE public.orders SET what = 'bad'");
        scratches = new DumpScratches(provider, app);
    }

    void run(String sql) {
        app.in("run", Duration.ofSeconds(5), s -> s.createStatement().execute(sql));
    }

    @Test
    void a_scratch_is_found_again_and_only_its_owner_gets_in() {
        var backup = catalogue.stored().getFirst();

        var scratch = scratches.make(backup, progress::add);
        var again = scratches.make(backup, progress::add);

        assertThat(Lab.one(scratch.before(), "SELECT what FROM public.orders")).isEqualTo("good");
        assertThat(again.name()).isEqualTo(scratch.name());
        assertThat(progress).as("loaded once").hasSize(1);
        assertThat(lab.one("SELECT has_database_privilege('app_user', '%s', 'CONNECT')".formatted(scratch.name())))
                .isEqualTo("f");
        scratches.drop(scratch.name());
        assertThat(scratches.all()).doesNotContain(scratch.name());
    }

    @Test
    void it_takes_the_place_of_the_live_one_with_all_that_belongs_to_it_and_the_old_one_is_kept() {
        var scratch = scratches.make(catalogue.stored().getFirst(), progress::add);
        var name = app.address().database();
        var swap = new DatabaseSwap(app);
        assertThat(swap.look(scratch.name())).isInstanceOf(Swapped.NotYet.class);

        swap.swap(scratch.name(), name + "_kept", Lab.FENCE, progress::add);
        swap.swap(scratch.name(), name + "_kept", Lab.FENCE, progress::add);

        assertThat(swap.look(scratch.name())).isEqualTo(new Swapped.Done(name + "_kept"));
        assertThat(Lab.one(app, "SELECT what FROM public.orders")).isEqualTo("good");
        assertThat(Lab.one(app, "SELECT setting FROM pg_settings WHERE name = 'work_mem'"))
                .isEqualTo("7168");
        assertThat(Lab.one(app.on(name + "_kept"), "SELECT what FROM public.orders"))
                .isEqualTo("bad");
        assertThat(lab.one("""
                        SELECT format('%%s %%s %%s', datconnlimit, pg_get_userbyid(datdba),
                          has_database_privilege('public', oid, 'CONNECT'))
                        FROM pg_database WHERE datname = '%s'""".formatted(name))).isEqualTo("0 app_user f");
    }

    @Test
    void somebody_in_the_database_is_named_and_nothing_is_changed() throws Exception {
        var scratch = scratches.make(catalogue.stored().getFirst(), progress::add);
        try (var _ = app.named("psql of somebody").open(Duration.ofSeconds(5))) {
            assertThatThrownBy(() -> new DatabaseSwap(app).swap(scratch.name(), "kept", Lab.FENCE, progress::add))
                    .isInstanceOf(WorldMoved.class)
                    .hasMessageContaining("psql of somebody");
        }

        assertThat(Lab.one(app, "SELECT what FROM public.orders")).isEqualTo("bad");
    }

    @Test
    void a_rehearsal_restores_reads_and_drops_and_is_what_predictions_are_made_of() {
        var rehearsals = new Rehearsals(catalogue, scratches, InstantSource.system());
        var backup = catalogue.stored().getFirst();
        assertThat(rehearsals.predict(backup, 0).words()).startsWith("UNPROVEN");

        var rehearsed = rehearsals.rehearse(Optional.empty(), progress::add);

        assertThat(rehearsed.rehearsal()).isInstanceOf(Backup.Rehearsal.Restored.class);
        assertThat(rehearsals.predict(backup, 0).measured()).isEqualTo(1);
        assertThat(rehearsals.predict(backup, 0).median()).isPositive();
        assertThat(scratches.all()).isEmpty();
    }

    @Test
    void a_restore_that_was_needed_is_measured_like_a_rehearsal() {
        var backup = catalogue.stored().getFirst();
        var took = new ArrayList<Duration>();

        new DumpScratches((BackupProvider.Logical) catalogue.provider(), app, new DumpScratches.Measured() {
                    @Override
                    public String predicted(Stored stored) {
                        return "UNPROVEN";
                    }

                    @Override
                    public void restored(Stored stored, Duration duration) {
                        took.add(duration);
                    }
                })
                .make(backup, progress::add);

        assertThat(took).singleElement().satisfies(t -> assertThat(t).isPositive());
        assertThat(progress).anyMatch(p -> p.endsWith("UNPROVEN"));
    }
}
