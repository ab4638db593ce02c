package lastgood.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import lastgood.core.ServiceRef;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `lastgood gate --migrations` as a pipeline says it, against a real PostgreSQL: the verdict is the exit code, and
/// whatever it is, nothing of the database is different afterwards.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GateTest {

    private static final ServiceRef WEB = new ServiceRef("production", "web");
    private static final Duration SHORT = Duration.ofSeconds(10);

    @TempDir
    static Path folder;

    private static CommandLine pipeline;

    @BeforeAll
    static void v1_runs_and_its_statements_are_heard() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        write("migrations/001_edges.up.sql", "CREATE TABLE public.edges (id int PRIMARY KEY, weight int, old text)");
        write("migrations/001_edges.down.sql", "DROP TABLE public.edges");
        write("lastgood.yaml", """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments:
                  production: { local: { data: "%s" } }
                services:
                  web:
                    local:
                      command: ["%s", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "%s", "lastgood.app.TinyService", "{port}", "{version}"]
                      listen: %d
                      instances: 1
                    database:
                      kind: embedded
                      migrations: { dir: migrations }
                """.formatted(
                        folder.resolve("data"),
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        Path.of(TinyService.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI()),
                        port));
        pipeline = new CommandLine(
                "runner",
                System.getenv(),
                List.of("--config", folder.resolve("lastgood.yaml").toString()));
        var deployed = pipeline.run("release", "deploy", "v1", "-e", "production", "--yes", "--migration", "001_edges");
        assertThat(deployed.exit()).as("%s", deployed).isZero();
        say("INSERT INTO public.edges (id, weight) VALUES (1, 2)");
        say("SELECT sum(weight) FROM public.edges");
    }

    @AfterAll
    static void nothing_is_left_running() {
        pipeline.run("agent", "stop");
    }

    @Test
    void a_migration_that_what_runs_can_live_with_lets_the_pipeline_go_on() throws Exception {
        coming("additive", "ALTER TABLE public.edges ADD cost int", "ALTER TABLE public.edges DROP cost");

        var said = gate("additive");

        assertThat(said.exit()).as("%s", said).isZero();
        assertThat(said.out())
                .startsWith("gate OPEN")
                .contains("would leave: type 2", "undoing it is exact", "nothing was applied")
                .doesNotContain("that is there");
    }

    @Test
    void one_that_breaks_it_ends_the_pipeline_with_11_and_is_not_applied() throws Exception {
        coming(
                "breaking",
                "ALTER TABLE public.edges RENAME weight TO cost",
                "ALTER TABLE public.edges RENAME cost TO weight");

        var said = gate("breaking");
        var data = gate("breaking", "-o", "json");

        assertThat(said.exit()).as("%s", said).isEqualTo(11);
        assertThat(said.out()).startsWith("gate CLOSED").contains("column \"weight\"", "nothing was applied", "hint:");
        assertThat(data.exit()).isEqualTo(11);
        assertThat(data.out()).contains("\"open\" : false", "\"verdict\" : \"BREAKING\"");
        assertThat(say("SELECT weight FROM public.edges")).isEqualTo("2");
    }

    @Test
    void what_the_server_has_not_heard_can_be_given_in_files() throws Exception {
        coming("dropping", "ALTER TABLE public.edges DROP old", "ALTER TABLE public.edges ADD old text");
        write("says/monthly.sql", "SELECT id, old FROM public.edges WHERE old IS NOT NULL;\n");

        var heard = gate("dropping");
        var given = gate("dropping", "--statements", folder.resolve("says").toString());

        assertThat(heard.exit()).as("%s", heard).isZero();
        assertThat(given.exit()).as("%s", given).isEqualTo(11);
        assertThat(given.out()).contains("column \"old\"");
    }

    @Test
    void a_folder_with_nothing_new_in_it_is_a_mistake_and_not_an_open_gate() {
        var said = pipeline.run(
                "gate",
                "-e",
                "production",
                "--migrations",
                folder.resolve("migrations").toString());

        assertThat(said.exit()).as("%s", said).isNotIn(0, 11);
        assertThat(said.err()).contains("applied already", "nothing was changed");
    }

    private static CommandLine.Said gate(String name, String... more) {
        var words = new java.util.ArrayList<>(List.of(
                "gate", "-e", "production", "--migrations", folder.resolve(name).toString()));
        words.addAll(List.of(more));
        return pipeline.run(words.toArray(String[]::new));
    }

    /// A folder as a branch has it: what is applied, and one more.
    private static void coming(String name, String up, String down) throws IOException {
        for (var side : List.of("up", "down")) {
            var file = "001_edges.%s.sql".formatted(side);
            write(
                    name + "/" + file,
                    Files.readString(folder.resolve("migrations").resolve(file)));
        }
        write(name + "/002_%s.up.sql".formatted(name), up);
        write(name + "/002_%s.down.sql".formatted(name), down);
    }

    /// As the service does, with its own role.
    private static String say(String sql) throws IOException {
        var url = Files.readString(EmbeddedServer.url(EmbeddedDatabases.folder(folder.resolve("data")), WEB), UTF_8);
        return new Sessions(Address.of(url), "web").in("ask as the service does", SHORT, session -> {
            try (var ask = session.createStatement()) {
                ask.execute(sql);
                try (var row = ask.getResultSet()) {
                    return row != null && row.next() ? String.valueOf(row.getString(1)) : "";
                }
            }
        });
    }

    private static void write(String name, String text) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, UTF_8);
    }
}
