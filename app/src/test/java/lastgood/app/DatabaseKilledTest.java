package lastgood.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lastgood.config.Catalog;
import lastgood.config.ConfigLoader;
import lastgood.config.Loaded;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.data.Backup;
import lastgood.core.data.WriteAccess;
import lastgood.core.plan.Step;
import lastgood.engine.Ports;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState.Status;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// A rollback that undoes a breaking migration, with nothing simulated: the real program dies around each thing that it
/// does to a real PostgreSQL, another process carries the rollback to its end, and everything is as it was before the
/// bad release. Once the server dies too.
@ResourceLock("processes that are killed") // of which each takes several more: one class at a time
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseKilledTest {

    private static final ServiceRef WEB = new ServiceRef("production", "web");
    private static final Workload INSTANCES = new Workload(WEB, "web");
    private static final Duration SHORT = Duration.ofSeconds(10);

    /// A JVM that looks at a database, on a machine that does much else.
    private static final Duration DIES_WITHIN = Duration.ofSeconds(90);

    /// What the service asks for all the time; on the schema of v2 it fails.
    private static final String ASKS = "SELECT sum(weight) FROM public.edges";

    private static final String FIRST = "20260101_graph";
    private static final String BREAKING = "20260102_edge_cost";

    /// Where the program dies: behind the fence, with a backup that nobody has read back yet, around the commit that
    /// undoes, and before and after the fence is taken away.
    private static final List<Death> DEATHS = List.of(
            new Death("close after"),
            new Death("take after"),
            new Death("undo before"),
            new Death("undo after"),
            new Death("open before"),
            new Death("open after"));

    private record Death(String at) {
        String[] words() {
            return at.split(" ", -1);
        }
    }

    /// What must be after each rollback as it was before any.
    private record Sound(
            Digest schema,
            List<String> applied,
            WriteAccess access,
            String rows,
            int wanted,
            int ready,
            boolean maintenance,
            String answer) {}

    @TempDir
    static Path folder;

    private static int port;
    private static Ports ports;
    private static CommandLine people;
    private static Sound before;

    @BeforeAll
    static void v1_is_good_and_the_service_reads_a_column() throws Exception {
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        write("migrations/" + FIRST + ".up.sql", """
                CREATE TABLE public.edges (id integer PRIMARY KEY, weight integer NOT NULL);
                INSERT INTO public.edges SELECT n, n FROM generate_series(1, 1000) AS n;
                """);
        write("migrations/" + FIRST + ".down.sql", "DROP TABLE public.edges;\n");
        write("migrations/" + BREAKING + ".up.sql", "ALTER TABLE public.edges RENAME COLUMN weight TO cost;\n");
        write("migrations/" + BREAKING + ".down.sql", "ALTER TABLE public.edges RENAME COLUMN cost TO weight;\n");
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
                      instances: 2
                      drain: 100ms
                    database:
                      kind: embedded
                      migrations: { dir: migrations }
                """.formatted(folder.resolve("data"), java(), classes(), port));
        people = new CommandLine("laptop", System.getenv(), List.of("--config", config().toString()));
        ports = LocalParts.of(catalog(), folder.resolve("data"), System.getenv(), new RealTime())
                .ports();
        lastgood("release", "deploy", "v1", "-e", "production", "--yes", "--migration", FIRST);
        lastgood("release", "mark", "good", "v1", "-e", "production", "--reason", "seen");
        // What it asks for is known from what the server has heard it ask.
        assertThat(rows()).isEqualTo("500500");
        before = now();
        assertThat(before.applied()).containsExactly(FIRST);
        assertThat(before.access().logins().values()).containsOnly(true);
        assertThat(before.answer()).isEqualTo("v1");
    }

    @AfterAll
    static void nothing_is_left_running() {
        people.run("agent", "stop");
        assertThat(embedded().running()).isEmpty();
    }

    @Test
    void another_process_ends_what_a_killed_one_began_with_the_database_wherever_it_died() throws Exception {
        for (var death : DEATHS) {
            theBadReleaseIsLive();

            var run = dies(death);
            carriedOn(death.at(), run);

            endedWell(death.at(), run);
        }
        System.out.printf("%d points, %d kills, 0 wrong ends%n", DEATHS.size(), DEATHS.size());
    }

    /// Nobody else starts the server again, so the agent must not wait for it.
    @Test
    void so_does_the_agent_if_the_server_dies_under_it_during_the_backup() throws Exception {
        theBadReleaseIsLive();

        var run = dies(new Death("take before"));
        takenOver(run);
        theServerDies();
        carriedOn("take before, then the server", run);

        endedWell("take before, then the server", run);
    }

    // ---- what happens

    private static void theBadReleaseIsLive() throws Exception {
        lastgood("release", "deploy", "v2", "-e", "production", "--yes", "--force", "--migration", BREAKING);
        assertThat(answer()).isEqualTo("v2");
        assertThat(ports.databases().schemas().look(WEB).applied()).containsExactly(FIRST, BREAKING);
    }

    /// Rolls back in a process that is killed there.
    private static RunId dies(Death death) throws Exception {
        var known = ports.journals().runs();
        var command = new ArrayList<>(List.of(
                java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HaltingMain.class.getName()));
        command.addAll(List.of(death.words()));
        command.addAll(List.of("rollback", "-e", "production", "--revision", "v1", "--yes", "--no-verify"));
        command.addAll(List.of("--confirm", "web", "--reason", "test", "--config", config().toString()));
        var log = Files.createTempFile(folder, "killed", ".log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(DIES_WITHIN.toSeconds(), TimeUnit.SECONDS)).isTrue();
        System.out.printf("%s -> %d%n%s%n", death, process.exitValue(), Files.readString(log));
        assertThat(process.exitValue())
                .as("%s: %s", death, Files.readString(log))
                .isEqualTo(HaltingMain.KILLED);
        var fresh = new ArrayList<>(ports.journals().runs());
        fresh.removeAll(known);
        assertThat(fresh).as("runs of %s", death).hasSize(1);
        return fresh.getFirst();
    }

    /// As if it were killed or the power failed: its process file stays, so it was not stopped on purpose.
    private static void theServerDies() throws IOException {
        var file = embedded().server().data().resolve("postmaster.pid");
        var pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
        var postmaster = ProcessHandle.of(pid).orElseThrow();
        assertThat(postmaster.destroyForcibly()).isTrue();
        postmaster.onExit().join();
    }

    /// By the agent, which does so by itself.
    private static void takenOver(RunId run) throws InterruptedException {
        var journal = Journal.open(ports.journals(), run);
        var dead = journal.state().owner();
        for (var looks = 0; looks < 2_400 && journal.state().owner().equals(dead); looks++) {
            Thread.sleep(50);
            journal.refresh();
        }
        assertThat(journal.state().owner()).isNotEqualTo(dead);
    }

    private static void carriedOn(String death, RunId run) {
        var said = people.run("attach", run.text());
        System.out.println(said);
        assertThat(said.exit()).as("%s: %s", death, said).isZero();
    }

    private static void endedWell(String death, RunId run) throws Exception {
        assertThat(now()).as("killed at %s", death).isEqualTo(before);
        var journal = Journal.open(ports.journals(), run);
        assertThat(journal.state().status()).as("killed at %s", death).isEqualTo(Status.DONE);
        assertThat(done(journal)).as("undone once, killed at %s", death).isEqualTo(1);
        assertThat(ports.databases().schemas().look(WEB).marks())
                .as("markers of %s, killed at %s", run, death)
                .filteredOn(key -> key.startsWith(run.text() + "/"))
                .hasSize(1);
        assertThat(ports.databases().backups().all(WEB))
                .as("backups of %s, killed at %s", run, death)
                .filteredOn(b -> b.name().startsWith("lg-" + run.text() + "-"))
                .singleElement()
                .satisfies(b -> assertThat(b.proof()).isInstanceOf(Backup.Proof.Verified.class));
    }

    private static long done(Journal journal) {
        var undo = journal.state().plan().steps().stream()
                .filter(s -> s.step() instanceof Step.UndoMigrations)
                .findFirst()
                .orElseThrow();
        return journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.Done done && done.step().equals(undo.id()))
                .count();
    }

    // ---- what is there

    private static Sound now() throws Exception {
        var schema = ports.databases().schemas().look(WEB);
        var instances = ports.workloads().find(INSTANCES).orElseThrow();
        assertThat(instances).extracting(WorkloadState::paused).isEqualTo(false);
        return new Sound(
                schema.schema(),
                schema.applied(),
                ports.databases().access().look(WEB).access(),
                rows(),
                instances.wanted(),
                instances.ready(),
                ports.traffic().get(WEB).maintenance(),
                answer());
    }

    /// As the service asks, with the service's own role.
    private static String rows() throws IOException {
        var url = Files.readString(EmbeddedServer.url(EmbeddedDatabases.folder(folder.resolve("data")), WEB), UTF_8);
        return new Sessions(Address.of(url), "web").in("ask as the service does", SHORT, session -> {
            try (var ask = session.createStatement();
                    var row = ask.executeQuery(ASKS)) {
                row.next();
                return row.getString(1);
            }
        });
    }

    private static EmbeddedServer embedded() {
        return new EmbeddedDatabases(folder.resolve("data"), System.getenv()).server();
    }

    private static String answer() throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/".formatted(port)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    // ---- the program

    private static void lastgood(String... words) {
        var said = people.run(words);
        System.out.println(said);
        assertThat(said.exit()).as("%s", said).isZero();
    }

    private static Path config() {
        return folder.resolve("lastgood.yaml");
    }

    private static Catalog catalog() {
        return switch (new ConfigLoader().load(config())) {
            case Loaded.Ok(var catalog) -> catalog;
            case Loaded.Invalid invalid -> throw new AssertionError(invalid.text());
        };
    }

    private static void write(String name, String text) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, UTF_8);
    }

    /// Where the build puts them: not every build puts them in the same place.
    private static Path classes() throws URISyntaxException {
        return Path.of(TinyService.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
