package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ExamplesTest {

    @ParameterizedTest
    @ValueSource(strings = {"lastgood.yaml", "lastgood.min.yaml"})
    void the_shared_examples_load(String name) {
        var loaded = Texts.load(Texts.example(name));

        assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    }
}
