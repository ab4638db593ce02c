package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lastgood.core.RunId;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.RealCluster;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The crash points once more, sampled, on a real API server with real controllers: processes that really die, and
/// this one, which carries on what they began.
@RealCluster
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealKilledProcessTest {

    /// Around the snapshot, the journal's first records, the lock, the change, the end.
    private static final List<String> DEATHS =
            List.of("6 after", "8 before", "9 after", "11 before", "12 before", "12 after", "13 after", "16 before");

    @TempDir
    Path folder;

    @Test
    void another_process_ends_what_a_killed_one_began_wherever_it_died() throws Exception {
        for (var death : DEATHS) {
            try (var shop = new Shop(ControlPlane.shared(), folder)) {
                shop.releases("web", 2, "v4", "v5");
                var run = new RunId("rb-%08x".formatted(DEATHS.indexOf(death) + 1));
                var words = death.split(" ", -1);

                assertThat(start(shop, run, words[0], words[1]))
                        .as("killed at %s", death)
                        .isEqualTo(HaltingRollback.KILLED);
                var halted = Instant.now();
                var before = HaltingRollback.parts(shop.api, shop.namespace)
                        .journals()
                        .read(run)
                        .size();
                var next = before < 2 ? new RunId(run.text().replace("rb-0", "rb-1")) : run;
                assertThat(HaltingRollback.drive(shop.api, shop.namespace, next))
                        .isTrue();

                var parts = HaltingRollback.parts(shop.api, shop.namespace);
                var journal = Journal.open(parts.journals(), next);
                var first = journal.records().get(before < 2 ? 0 : before).at();
                System.out.printf(
                        "killed at write %s with %d records: taken over %d ms after, %s%n",
                        death,
                        before,
                        Duration.between(halted, first).toMillis(),
                        journal.state().status().words());
                assertThat(journal.state().closed().orElseThrow().outcome())
                        .as("killed at %s", death)
                        .isEqualTo(Entry.Outcome.RECOVERED);
                var web = shop.deployment("web");
                assertThat(web.at("/spec/template/spec/containers/0/image").asText())
                        .isEqualTo("shop/web:v4");
                assertThat(web.at("/spec/replicas").asInt()).isEqualTo(2);
                // One wish more than the two releases: nothing was asked for twice.
                assertThat(web.at("/metadata/generation").asInt())
                        .as("killed at %s", death)
                        .isEqualTo(3);
                assertThat(parts.locks().holder(HaltingRollback.WEB)).isEmpty();
            }
        }
    }

    private int start(Shop shop, RunId run, String write, String when) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HaltingRollback.class.getName()));
        command.addAll(List.of(shop.kubeconfig.toString(), shop.namespace, run.text(), write, when));
        var log = Files.createTempFile(folder, "out", ".log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        if (process.waitFor() != HaltingRollback.KILLED) {
            System.out.println(Files.readString(log));
        }
        return process.exitValue();
    }
}
