package lastgood.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlacesTest {

    @Test
    void a_place_is_filled_in_once_and_other_braces_stay() {
        var places = Map.of("port", "{version}", "version", "v1$0");

        assertThat(Places.fill("{port} {version} {other} {\"a\":{}} {", places))
                .isEqualTo("{version} v1$0 {other} {\"a\":{}} {");
    }

    @Test
    void doubled_braces_are_the_text_itself_however_often_it_is_filled_in_before() {
        var staged = Places.fillSome("{{port}} {{version}} {version} {port}", Map.of("version", "v1"));

        assertThat(staged).isEqualTo("{{port}} {{version}} v1 {port}");
        assertThat(Places.fill(staged, Map.of("port", "80", "version", "v1"))).isEqualTo("{port} {version} v1 80");
    }
}
