package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StarterTest {

    @Test
    void the_starter_is_a_dozen_lines_that_load() {
        var text = Starter.local(
                "shop", List.of("java", "-jar", "{artifact}", "--port", "{port}"), "shop-{version}.jar", 8080);

        var effective = Texts.effective(text, "local", "shop", Overrides.none());

        assertThat(text.lines()).hasSizeLessThanOrEqualTo(12);
        assertThat(effective.service().local().artifact()).isEqualTo(new Template("shop-{version}.jar"));
        assertThat(Template.fill(effective.service().local().command(), Map.of("artifact", "a.jar", "port", "1")))
                .containsExactly("java", "-jar", "a.jar", "--port", "1");
    }

    @Test
    void a_command_without_a_file_of_its_own_needs_no_artifact() {
        var text = Starter.local("shop", List.of("/srv/shop", "{port}"), "", 8080);

        assertThat(Texts.effective(text, "local", "shop", Overrides.none())
                        .service()
                        .local()
                        .artifact())
                .isNull();
    }

    @Test
    void seven_lines_for_a_cluster_load_and_say_nothing_that_does_nothing() {
        var text = Starter.cluster("production", "shop", "arn:aws:eks:x/y \"z\"", "web");
        var catalog = Texts.catalog(text);

        assertThat(text.lines()).hasSize(7);
        assertThat(catalog.environments().get("production").platform())
                .isEqualTo(Platform.Cluster.of("shop").withContext("arn:aws:eks:x/y \"z\""));
        assertThat(catalog.notes()).isEmpty();
        assertThat(Texts.catalog(Starter.cluster("live", "shop", "", "web"))
                        .environments()
                        .get("live")
                        .platform())
                .isEqualTo(Platform.Cluster.of("shop"));
    }
}
