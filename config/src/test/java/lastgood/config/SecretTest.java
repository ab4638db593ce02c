package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SecretTest {

    @TempDir
    Path folder;

    @Test
    void a_secret_prints_as_stars() {
        var secret = new Secret("hunter2");

        assertThat("token " + secret).isEqualTo("token ********");
        assertThat(secret.reveal()).isEqualTo("hunter2");
        assertThat(secret).isEqualTo(new Secret("hunter2")).isNotEqualTo(new Secret("hunter3"));
    }

    @Test
    void a_secret_is_read_from_a_variable() {
        var reader = new SecretReader(Map.of("TOKEN", "hunter2"), folder);

        assertThat(reader.read(new SecretRef.Env("TOKEN"))).isEqualTo(new Parsed.Good<>(new Secret("hunter2")));
        assertThat(reader.read(new SecretRef.Env("OTHER")))
                .isEqualTo(new Parsed.Bad<>("the environment variable OTHER is not set", "export OTHER"));
    }

    @Test
    void a_secret_is_read_from_a_file_beside_the_configuration_without_its_last_line_end() throws IOException {
        Files.writeString(folder.resolve("token"), "hunter2\n");

        var read = new SecretReader(Map.of(), folder).read(new SecretRef.InFile("token"));

        assertThat(read).isEqualTo(new Parsed.Good<>(new Secret("hunter2")));
    }

    @Test
    void a_secret_that_cannot_be_had_says_why() throws IOException {
        Files.write(folder.resolve("large"), new byte[SecretReader.BYTES_MAX + 1]);
        var reader = new SecretReader(Map.of(), folder);

        assertThat(reader.read(new SecretRef.InFile("missing")))
                .isEqualTo(new Parsed.Bad<>(
                        "could not read the secret in missing: there is no such file",
                        "does the file exist, and may you read it?"));
        assertThat(reader.read(new SecretRef.InFile("large")))
                .isEqualTo(new Parsed.Bad<>("large is too large for a secret", "is it the right file?"));
        assertThat(reader.read(new SecretRef.InCluster("a", "b")))
                .isEqualTo(new Parsed.Bad<>(
                        "{secretRef: a/b} cannot be read on this machine", "use {env: NAME} or {file: PATH}"));
        assertThat(reader.read(new SecretRef.Exec("pass show a"))).isInstanceOf(Parsed.Bad.class);
    }
}
