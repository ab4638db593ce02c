package lastgood.app;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lastgood.core.RunId;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.FileJournals;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// The crash points once more, sampled, with nothing simulated: the real program dies, the real agent keeps the real
/// service, and another process of the real program carries the rollback on.
@ResourceLock("processes that are killed") // of which each takes several more: one class at a time
@DisplayNameGeneration(ReplaceUnderscores.class)
class KilledProcessTest {

    /// Touches of a rolling rollback that matter most: its first records, the intent and the request around the change,
    /// the ledger, the end. Each `before` and `after` is a process of its own.
    private static final List<String> DEATHS =
            List.of("2 after", "4 before", "6 before", "8 before", "9 before", "9 after", "11 before", "13 after");

    @TempDir
    Path folder;

    private int port;

    @BeforeEach
    void a_service_of_which_v2_is_live() throws Exception {
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Files.writeString(
                folder.resolve("lastgood.yaml"), """
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
        """.formatted(folder.resolve("data"), java(), classes(), port));
        deploy("v1");
        assertThat(lastgood("release", "mark", "good", "v1", "-e", "production", "--reason", "seen"))
                .isZero();
        deploy("v2");
    }

    @AfterEach
    void nothing_is_left_running() throws Exception {
        assertThat(lastgood("agent", "stop")).isZero();
    }

    private void deploy(String version) throws Exception {
        assertThat(lastgood("release", "deploy", version, "-e", "production", "--yes"))
                .isZero();
    }

    @Test
    void another_process_ends_what_a_killed_one_began_wherever_it_died() throws Exception {
        for (var death : DEATHS) {
            var before = runs();
            var words = death.split(" ");

            var code = start(
                    HaltingMain.class,
                    words[0],
                    words[1],
                    "rollback",
                    "-e",
                    "production",
                    "--revision",
                    "v1",
                    "--yes",
                    "--no-verify",
                    "--reason",
                    "test");
            assertThat(code).as("killed at %s", death).isEqualTo(HaltingMain.KILLED);
            var run = newRun(before);
            if (run.isEmpty()) {
                // It died before there was a plan: nothing to carry on, and nothing was changed.
                assertThat(answer()).as("killed at %s", death).isEqualTo("v2");
                assertThat(rollback()).isZero();
                run = newRun(before);
            } else {
                lastgood("attach", run.getFirst().text());
            }

            assertThat(answer()).as("killed at %s", death).isEqualTo("v1");
            theJournalSaysSo(death, run.getLast());
            // v2 is in quarantine now, and this test knows why it wants it back.
            assertThat(lastgood("release", "deploy", "v2", "-e", "production", "--yes", "--force"))
                    .isZero();
            assertThat(answer()).isEqualTo("v2");
        }
    }

    private int rollback() throws Exception {
        return lastgood("rollback", "-e", "production", "--revision", "v1", "--yes", "--no-verify", "--reason", "test");
    }

    private void theJournalSaysSo(String death, RunId run) {
        var journal = Journal.open(new FileJournals(folder.resolve("data/runs")), run);
        assertThat(journal.state().status()).as("killed at %s", death).isEqualTo(Status.DONE);
        var put = journal.records().stream()
                .filter(r -> r.entry() instanceof Entry.Done done && done.step().endsWith("put-revision"))
                .count();
        assertThat(put).as("killed at %s", death).isEqualTo(1);
    }

    private List<RunId> runs() {
        return new FileJournals(folder.resolve("data/runs")).runs();
    }

    /// Runs that have a plan and were not there before.
    private List<RunId> newRun(List<RunId> before) {
        var now = new ArrayList<>(runs());
        now.removeAll(before);
        now.removeIf(r -> !Journal.open(new FileJournals(folder.resolve("data/runs")), r)
                .state()
                .isPlanned());
        return now;
    }

    private String answer() throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/".formatted(port)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
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

    private int lastgood(String... words) throws Exception {
        return start(Main.class, words);
    }

    private int start(Class<?> main, String... words) throws Exception {
        var command = new ArrayList<>(List.of(
                java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(words));
        var log = Files.createTempFile(folder, "out", ".log");
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(180, TimeUnit.SECONDS))
                .as("%s ended in time", String.join(" ", words))
                .isTrue();
        System.out.printf("%s -> %d%n%s%n", String.join(" ", words), process.exitValue(), Files.readString(log));
        return process.exitValue();
    }
}
