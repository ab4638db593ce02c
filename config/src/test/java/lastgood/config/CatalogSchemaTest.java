package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CatalogSchemaTest {

    @Test
    void every_block_with_keys_refuses_other_keys() {
        var open = new ArrayList<String>();

        visit(CatalogSchema.json(), "#", (path, node) -> {
            if (node.path("properties").size() > 1 && !node.has("additionalProperties")) {
                open.add(path);
            }
        });

        assertThat(open).isEmpty();
    }

    @Test
    void no_place_has_alternatives_since_each_would_complain_of_its_own() {
        assertThat(CatalogSchema.text()).doesNotContain("\"oneOf\"", "\"anyOf\"", "\"allOf\"");
    }

    @Test
    void a_key_is_explained() {
        assertThat(CatalogSchema.explain("services.web.local.instances")).contains("how many processes run, 1 to 64");
        assertThat(CatalogSchema.explain("services.web.environments.here.local.drain"))
                .contains("how long open requests may go on before an instance is asked to stop");
        assertThat(CatalogSchema.explain("services.web.nothing")).isEmpty();
        assertThat(CatalogSchema.keysBelow("environments.here"))
                .containsExactly("baseUrl", "cluster", "local", "namespace", "order", "protected");
    }

    @Test
    void whatever_is_not_acted_on_yet_is_a_key_of_the_schema() {
        for (var key : NotYet.keys()) {
            var parent = key.contains(".") ? key.substring(0, key.lastIndexOf('.')) : "";

            assertThat(CatalogSchema.keysBelow(parent.replace("*.", "x.")
                            .replaceAll("checks\\.[x*]$", "checks.auth")
                            .replaceAll("severity\\.[x*]$", "severity.SEV-1")
                            .replaceAll("triggers\\.[x*]$", "triggers.errorRate")))
                    .as(key)
                    .contains(key.substring(key.lastIndexOf('.') + 1).replace(NotYet.AFTER_FIRST, ""));
        }
    }

    private interface Visitor {
        void visit(String path, JsonNode node);
    }

    private static void visit(JsonNode node, String path, Visitor visitor) {
        visitor.visit(path, node);
        node.properties().forEach(field -> visit(field.getValue(), path + "/" + field.getKey(), visitor));
    }
}
