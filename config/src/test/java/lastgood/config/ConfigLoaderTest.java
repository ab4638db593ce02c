package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigLoaderTest {

    @TempDir
    Path folder;

    Path file;

    @BeforeEach
    void a_place_for_the_file() {
        file = folder.resolve("lastgood.yaml");
    }

    @Test
    void a_file_is_read_and_its_folder_known() throws IOException {
        Files.writeString(file, "\uFEFF" + Texts.LOCAL);

        var loaded = new ConfigLoader().load(file, "lastgood.yaml");

        assertThat(loaded)
                .isInstanceOfSatisfying(
                        Loaded.Ok.class, ok -> assertThat(ok.catalog().folder()).isEqualTo(folder));
    }

    @Test
    void a_missing_file_is_said_to_be_missing() {
        assertThat(problem()).isEqualTo("""
                        lastgood.yaml: could not read the configuration: there is no such file
                          hint: name another file with --config""");
    }

    @Test
    void a_folder_is_not_a_file() throws IOException {
        Files.createDirectory(file);

        assertThat(problem()).startsWith("lastgood.yaml: could not read the configuration: ");
    }

    @Test
    void a_file_of_more_than_a_mebibyte_is_refused() throws IOException {
        Files.write(file, "#".repeat(ConfigLoader.BYTES_MAX + 1).getBytes(StandardCharsets.UTF_8));

        assertThat(problem()).isEqualTo("lastgood.yaml: larger than 1 MiB\n  hint: is it the right file?");
    }

    @Test
    void text_in_another_encoding_is_refused_where_it_begins() throws IOException {
        Files.write(file, "a: b\nc: \u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(problem()).isEqualTo("lastgood.yaml:2:4: this is not UTF-8 text\n  hint: save the file as UTF-8");
    }

    @Test
    void text_that_ends_in_the_middle_of_a_character_is_refused() throws IOException {
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xc3});

        assertThat(problem()).startsWith("lastgood.yaml:1:4: this is not UTF-8 text");
    }

    private String problem() {
        return switch (new ConfigLoader().load(file, "lastgood.yaml")) {
            case Loaded.Ok ok -> throw new AssertionError("it was read");
            case Loaded.Invalid(var name, var problems) -> problems.getFirst().toString();
        };
    }
}
