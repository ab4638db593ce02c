package lastgood.cli.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import lastgood.cli.Bench;
import lastgood.testkit.sim.SimDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ShimTest {

    @TempDir
    Path folder;

    private Bench bench;
    private Path script;

    @BeforeEach
    void a_team_with_a_script_of_its_own() throws IOException {
        bench = Bench.rolling(folder);
        Files.createDirectories(folder.resolve("scripts"));
        script = folder.resolve("scripts/rollback.sh");
        Files.write(script, new byte[] {'#', '!', 0, (byte) 0xff, '\r', '\n'});
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x--x"));
    }

    /// Every file with its bytes and mode.
    private Map<String, String> everything() throws IOException {
        var all = new TreeMap<String, String>();
        try (var files = Files.walk(folder)) {
            for (var file : files.toList()) {
                var mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                all.put(
                        folder.relativize(file).toString(),
                        mode + (Files.isRegularFile(file) ? new String(Files.readAllBytes(file), "ISO-8859-1") : "/"));
            }
        }
        return all;
    }

    @Test
    void puts_everything_back_byte_for_byte() throws IOException {
        var before = everything();

        assertThat(bench.say("shim install .")).isZero();
        assertThat(everything()).isNotEqualTo(before);
        assertThat(bench.say("shim uninstall .")).isZero();

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void installing_twice_is_installing_once() throws IOException {
        var before = everything();
        bench.say("shim install .");
        var once = everything();

        assertThat(bench.say("shim install .")).isZero();

        assertThat(everything()).isEqualTo(once);
        bench.say("shim uninstall .");
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void a_wrapper_passes_the_runbooks_words_on_as_they_are() throws IOException {
        bench.say("shim install .");

        assertThat(Files.readString(script))
                .startsWith("#!/bin/sh\n")
                .endsWith("exec '/opt/last good/lastgood' rollback --yes \"$@\"\n");
        assertThat(Files.isExecutable(script)).isTrue();
        assertThat(folder.resolve("scripts/deploy/blue-green-status.sh")).exists();
        assertThat(folder.resolve("scripts/chaos/inject-error.sh")).exists();
    }

    @Test
    void what_the_wrapper_says_is_understood() {
        assertThat(bench.say("rollback --yes --environment production --revision previous --dry-run"))
                .isZero();
        assertThat(bench.say("rollback --yes --environment production --revision previous --timeout 300"))
                .isZero();
        assertThat(bench.say("rollback --yes --environment production --emergency --dry-run"))
                .isEqualTo(3);
    }

    @Test
    void scripts_that_the_runbook_calls_without_an_environment_get_the_one_that_was_chosen() throws IOException {
        assertThat(bench.say("shim install . -e staging")).isZero();

        assertThat(Files.readString(folder.resolve("scripts/deploy/canary-stop.sh")))
                .contains("LASTGOOD_ENVIRONMENT=${LASTGOOD_ENVIRONMENT:-staging}");
        assertThat(bench.say("shim install . -e nowhere")).isEqualTo(2);
        assertThat(bench.err()).contains("there is no environment `nowhere`", "production, staging");
    }

    @Test
    void does_not_lose_what_somebody_wrote_into_a_wrapper() throws IOException {
        bench.say("shim install .");
        Files.writeString(script, "echo mine\n");

        assertThat(bench.say("shim uninstall .")).isEqualTo(3);
        assertThat(bench.err()).contains("somebody edited", "scripts/rollback.sh", "nothing was changed");
        assertThat(Files.readString(script)).isEqualTo("echo mine\n");
        assertThat(bench.say("shim uninstall . --force")).isZero();
        assertThat(Files.size(script)).isEqualTo(6);
    }

    @Test
    void the_scripts_for_the_database_say_what_the_runbook_says() throws IOException {
        var before = everything();
        bench.say("shim install .");

        assertThat(Files.readString(folder.resolve("scripts/dr/backup-database.sh")))
                .endsWith(" db backup \"$@\"\n");
        assertThat(Files.readString(folder.resolve("scripts/dr/restore-database.sh")))
                .endsWith(" db restore \"$@\"\n");
        assertThat(folder.resolve("scripts/db/assess-corruption.sh")).isExecutable();
        assertThat(folder.resolve("scripts/db/verify-data-integrity.sh")).isExecutable();
        assertThat(folder.resolve("scripts/verify/check-database.sh")).isExecutable();
        assertThat(folder.resolve("scripts/rollback-migration.sh")).isExecutable();
        assertThat(folder.resolve("scripts/migration-status.sh")).isExecutable();
        bench.say("shim uninstall .");

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void what_the_scripts_for_the_database_pass_on_is_understood() {
        var database = new SimDatabase(bench.world.clock).migrated("init");
        bench.withDatabase(database);
        bench.variables.put("LASTGOOD_ENVIRONMENT", "production");

        assertThat(bench.run("db", "backup", "--reason", "pre-rollback-v4.0.5")).isZero();
        assertThat(bench.run("db", "restore", "--backup", "pre-rollback-v4.0.5"))
                .isEqualTo(4);
        assertThat(bench.run("db", "restore", "--point-in-time", "2026-01-02 13:30:00"))
                .isEqualTo(4);
        assertThat(bench.run("db", "corruption", "assess")).isZero();
        assertThat(bench.run("db", "integrity", "--comprehensive")).isZero();
        assertThat(bench.run("db", "undo", "--migration", "init")).isEqualTo(3);
        assertThat(bench.run("db", "migrations")).isZero();
    }

    @Test
    void lists_what_it_wrote() {
        bench.say("shim install .");

        assertThat(bench.say("shim list")).isZero();
        assertThat(bench.out()).contains("scripts/rollback.sh", "kept", "as written");
    }
}
