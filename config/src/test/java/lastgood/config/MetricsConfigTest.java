package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MetricsConfigTest {

    @Test
    void without_a_word_none_are_connected() {
        assertThat(Texts.catalog(Texts.LOCAL).metrics()).isNull();
    }

    @Test
    void an_address_is_enough_and_a_gateway_may_want_more() {
        assertThat(Texts.catalog(Texts.LOCAL + "metrics: { prometheus: 'http://prometheus:9090' }")
                        .metrics())
                .isEqualTo(new MetricsConfig(URI.create("http://prometheus:9090"), null, null));
        assertThat(Texts.catalog(
                                Texts.LOCAL
                                        + "connections: { prometheus: { url: 'https://m/p', tenant: shop, auth: { bearer: { env: T } } } }")
                        .metrics())
                .isEqualTo(new MetricsConfig(URI.create("https://m/p"), new SecretRef.Env("T"), "shop"));
    }

    @Test
    void an_environment_on_this_machine_counts_by_itself_unless_it_says_otherwise() {
        var scraped = Texts.LOCAL.replace("local: {} }", "local: { metrics: prometheus } }");
        var where = "metrics: { prometheus: 'http://prometheus:9090' }";

        assertThat(Texts.catalog(Texts.LOCAL + where).environments().values()).noneMatch(EnvironmentConfig::isScraped);
        assertThat(Texts.catalog(scraped + where).environments().values()).allMatch(EnvironmentConfig::isScraped);
        assertThat(Texts.problems(scraped))
                .singleElement()
                .asString()
                .contains("environments.here.local.metrics")
                .contains("nothing says where that Prometheus is");
    }

    @Test
    void an_address_that_cannot_be_asked_is_said_before_it_is_needed() {
        assertThat(Texts.problems(Texts.LOCAL + "metrics: { prometheus: 'http://a_b:9090' }"))
                .first()
                .asString()
                .contains("this is not the address of a Prometheus");
        assertThat(
                        Texts.problems(
                                Texts.LOCAL
                                        + "metrics: { prometheus: 'http://a:9090' }\nconnections: { prometheus: { url: 'http://b:9090' } }"))
                .first()
                .asString()
                .contains("says where it is, too");
    }

    @Test
    void pods_are_read_only_if_the_file_says_so_and_a_word_is_enough() {
        assertThat(Texts.catalog(Texts.LOCAL + "metrics: { prometheus: 'http://prometheus:9090' }")
                        .podMetrics())
                .isNull();
        assertThat(Texts.catalog(Texts.LOCAL + "metrics: { pods: {} }").podMetrics())
                .isEqualTo(new PodMetricsConfig("http", OptionalInt.empty(), "/metrics"));
        assertThat(Texts.catalog(Texts.LOCAL + "metrics: { pods: { port: 9100, path: /m, scheme: https } }")
                        .podMetrics())
                .isEqualTo(new PodMetricsConfig("https", OptionalInt.of(9100), "/m"));
    }

    @Test
    void a_mistake_about_pods_has_a_place_and_a_way_on() {
        assertThat(Texts.problems(Texts.LOCAL + "metrics: { pods: { prot: 1 } }"))
                .first()
                .asString()
                .contains("port");
        assertThat(Texts.problems(Texts.LOCAL + "metrics: { pods: { port: 70000 } }"))
                .hasSize(1);
        assertThat(Texts.problems(Texts.LOCAL + "metrics: { pods: { path: metrics } }"))
                .hasSize(1);
    }
}
