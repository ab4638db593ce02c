package lastgood.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StageTest {

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void lastgood_reads_the_configuration_of_every_scenario(Scenario scenario, @TempDir Path folder) throws Exception {
        var catalog = Stage.set(folder, scenario, "/usr/bin/java", false).catalog();

        assertThat(catalog.services()).containsExactly(Stage.SERVICE);
        assertThat(catalog.policy().bake()).isEqualTo(Stage.BAKE);
    }

    @Test
    void an_artifact_holds_the_service_and_nothing_of_lastgood(@TempDir Path folder) throws Exception {
        var stage = Stage.set(folder, Scenario.APP, "java", false);

        stage.build(Stage.BAD, Scenario.APP);

        try (var jar = new JarFile(
                folder.resolve("artifacts/intelgraph-server-v4.0.5.jar").toFile())) {
            assertThat(jar.stream().map(e -> e.getName()))
                    .contains("version.txt", "lastgood/demo/server/IntelgraphServer.class")
                    .allMatch(n -> n.equals("version.txt") || n.startsWith("lastgood/demo/server/"));
        }
        assertThat(Files.readString(folder.resolve("graph.properties"))).contains("edges.weight=required");
    }

    @Test
    void commands_die_with_the_demo() throws Exception {
        var orphan = new ProcessBuilder("sleep", "60").start();
        var finished = new ProcessBuilder("sleep", "60").start();

        try (var reaper = new Reaper()) {
            reaper.watch(orphan);
            reaper.watch(finished);
            reaper.forget(finished);
        }

        assertThat(orphan.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(finished.isAlive()).isTrue();
        finished.destroyForcibly().waitFor();
    }
}
