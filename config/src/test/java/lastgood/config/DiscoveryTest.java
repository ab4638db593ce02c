package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiscoveryTest {

    @TempDir
    Path folder;

    Path below;

    @BeforeEach
    void a_folder_two_levels_below_the_file() throws IOException {
        Files.writeString(folder.resolve("lastgood.yaml"), Texts.LOCAL);
        below = Files.createDirectories(folder.resolve("src/main"));
    }

    @Test
    void the_nearest_file_above_is_found_and_called_by_its_way_there() throws IOException {
        Files.writeString(below.getParent().resolve("lastgood.yaml"), Texts.LOCAL);

        assertThat(Discovery.find(null, Map.of(), below))
                .isEqualTo(new Discovery.Found.At(
                        below.getParent().resolve("lastgood.yaml"),
                        "../lastgood.yaml",
                        new Origin.Inferred("the nearest folder that has one")));
        assertThat(Discovery.find(null, Map.of(), folder))
                .isInstanceOfSatisfying(
                        Discovery.Found.At.class, at -> assertThat(at.name()).isEqualTo("lastgood.yaml"));
    }

    @Test
    void the_flag_is_stronger_than_the_variable_and_both_than_the_search() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), Texts.LOCAL);
        Files.writeString(folder.resolve("b.yaml"), Texts.LOCAL);
        var variables = Map.of("LASTGOOD_CONFIG", "../../b.yaml");

        assertThat(Discovery.find("../../a.yaml", variables, below))
                .isInstanceOfSatisfying(
                        Discovery.Found.At.class,
                        at -> assertThat(at.because()).isEqualTo(new Origin.Flag("--config")));
        assertThat(Discovery.find(null, variables, below))
                .isInstanceOfSatisfying(
                        Discovery.Found.At.class, at -> assertThat(at.name()).isEqualTo("../../b.yaml"));
    }

    @Test
    void a_named_file_that_does_not_exist_is_not_replaced_by_another() {
        assertThat(Discovery.find("other.yaml", Map.of(), folder))
                .isEqualTo(new Discovery.Found.Nowhere(
                        new Problem(new Origin.Flag("--config"), "", "there is no file `other.yaml`")));
        assertThat(Discovery.find(null, Map.of("LASTGOOD_CONFIG", "bad\0name"), folder))
                .isInstanceOf(Discovery.Found.Nowhere.class);
    }

    @Test
    void without_a_file_the_way_on_is_told() throws IOException {
        Files.delete(folder.resolve("lastgood.yaml"));

        assertThat(Discovery.find(null, Map.of(), below))
                .isInstanceOfSatisfying(
                        Discovery.Found.Nowhere.class,
                        nowhere -> assertThat(nowhere.problem()).hasToString("""
                                lastgood.yaml: not found in this folder or any above it
                                  hint: write one with `lastgood config init`, or name one with --config"""));
    }
}
