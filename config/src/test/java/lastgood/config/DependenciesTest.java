package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DependenciesTest {

    static final String SHOP = """
            apiVersion: lastgood.dev/v1alpha1
            kind: Catalog
            environments: { live: { namespace: shop }, test: { namespace: test } }
            services:
              api: { dependencies: { upstream: [postgres, auth], downstream: [web] } }
              web: {}
              auth: {}
              mail: { environments: { test: { dependencies: { upstream: [web] } } } }
            """;

    @Test
    void whoever_calls_another_goes_back_before_it() {
        var catalog = Texts.catalog(SHOP);

        assertThat(catalog.dependentsFirst("live", List.of("auth", "api", "web")))
                .containsExactly("web", "api", "auth");
        assertThat(catalog.dependentsFirst("live", List.of("auth", "mail", "web")))
                .as("also where the one in between stays as it is")
                .containsExactly("mail", "web", "auth");
    }

    @Test
    void the_settings_for_an_environment_count_there() {
        var catalog = Texts.catalog(SHOP);

        assertThat(catalog.dependentsFirst("live", List.of("web", "mail"))).containsExactly("web", "mail");
        assertThat(catalog.dependentsFirst("test", List.of("web", "mail"))).containsExactly("mail", "web");
    }

    @Test
    void the_callers_of_a_service_are_those_whose_users_it_can_hurt() {
        var catalog = Texts.catalog(SHOP);

        assertThat(catalog.callersOf("live", "api")).containsExactly("web");
        assertThat(catalog.callersOf("test", "web")).containsExactly("mail");
        assertThat(catalog.callersOf("live", "web")).isEmpty();
    }

    @Test
    void a_circle_is_named() {
        assertThat(Texts.problems(SHOP.replace("auth: {}", "auth: { dependencies: { upstream: [web] } }")))
                .containsExactly(
                        "lastgood.yaml:5:10: services.api.dependencies: the services call each other in a circle: api → auth → web → api\n"
                                + "  hint: remove one of these dependencies: nothing says which of them goes back first");
    }

    @Test
    void a_circle_in_one_environment_is_named_with_it() {
        assertThat(Texts.problems(SHOP.replace("web: {}", "web: { dependencies: { upstream: [mail] } }")))
                .singleElement()
                .asString()
                .contains("in a circle in test: web → mail → web");
    }

    @Test
    void a_service_that_calls_itself_is_a_circle_too() {
        assertThat(Texts.problems(SHOP.replace("web: {}", "web: { dependencies: { upstream: [web] } }")))
                .singleElement()
                .asString()
                .contains("web → web");
    }
}
