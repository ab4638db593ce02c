package lastgood.testkit.kube.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Definitions and the resources they define. Gateway routes, Argo Rollouts and the like come this way.
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class CustomResourcesContract extends ContractCase {

    private static final Pattern GO = Pattern.compile("go1\\.(\\d+).*");

    /// An API server before 1.24 that was built with Go 1.18 or newer, such as Debian's 1.20.2, dies of the first
    /// custom resource that is written: modern-go/reflect2 before 1.0.2 reads maps as an older Go laid them out in
    /// memory. Asking first is better than a dead server in every later test.
    @BeforeEach
    void the_server_survives_custom_resources() {
        var version = api.get("/version");
        var go = GO.matcher(text(version, "/goVersion"));
        var minor = text(version, "/minor").replaceAll("[^0-9]", "");
        var deadly = go.matches() && Integer.parseInt(go.group(1)) >= 18 && Integer.parseInt(minor) < 24;

        assumeFalse(deadly, "this build of the API server dies of custom resources");
    }

    private static final String ROUTES = "contract.lastgood.dev/v1";

    private void defineRoutes() {
        post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
                {"metadata":{"name":"routes.contract.lastgood.dev"},
                 "spec":{"group":"contract.lastgood.dev","scope":"Namespaced",
                  "names":{"plural":"routes","singular":"route","kind":"Route","listKind":"RouteList"},
                  "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
                   "schema":{"openAPIV3Schema":{"type":"object","required":["spec"],"properties":{
                    "spec":{"type":"object","required":["host"],"properties":{
                     "host":{"type":"string","pattern":"^[a-z.]+$"},
                     "mode":{"type":"string","enum":["fast","safe"],"default":"safe"},
                     "weight":{"type":"integer","minimum":0,"maximum":100}}},
                    "status":{"type":"object","properties":{"ready":{"type":"boolean"}}}}}}}]}}""");
        until(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/routes.contract.lastgood.dev",
                d -> text(condition(d, "Established"), "/status").equals("True"));
        until("routes to be served", () -> api.find(group(ROUTES, "routes")).isPresent());
    }

    private JsonNode makeRoute() {
        return api.create(group(ROUTES, "routes"), """
                {"apiVersion":"contract.lastgood.dev/v1","kind":"Route","metadata":{"name":"r"},
                 "spec":{"host":"a.b","weight":10,"unknown":1},"status":{"ready":true}}""");
    }

    @Test
    void a_definition_is_served_with_its_schema() {
        defineRoutes();
        var made = makeRoute();

        assertThat(made.path("spec")).isEqualTo(tree("{\"host\":\"a.b\",\"mode\":\"safe\",\"weight\":10}"));
        assertThat(made.has("status")).isFalse();
        assertThat(generation(made)).isEqualTo(1);
        assertThat(api.get("/apis/" + ROUTES).path("resources").findValuesAsText("name"))
                .contains("routes", "routes/status");
        assertThat(text(api.get(group(ROUTES, "routes")), "/items/0/kind")).isEqualTo("Route");
    }

    @Test
    void what_the_schema_forbids_is_invalid() {
        defineRoutes();
        var routes = group(ROUTES, "routes");
        var route = """
                {"apiVersion":"contract.lastgood.dev/v1","kind":"Route","metadata":{"name":"x"},"spec":%s}""";

        var missing = post(routes, route.formatted("{}"));
        var mistyped = post(routes, route.formatted("{\"host\":\"a\",\"weight\":\"ten\"}"));
        var unlisted = post(routes, route.formatted("{\"host\":\"a\",\"mode\":\"wild\"}"));
        var misspelt = post(routes, route.formatted("{\"host\":\"A B\"}"));
        var tooMuch = post(routes, route.formatted("{\"host\":\"a\",\"weight\":101}"));

        for (var answer : List.of(missing, mistyped, unlisted, misspelt, tooMuch)) {
            isFailure(answer, 422, "Invalid");
        }
        assertThat(text(missing.body(), "/message"))
                .isEqualTo("Route.contract.lastgood.dev \"x\" is invalid: spec.host: Required value");
        assertThat(text(mistyped.body(), "/message")).contains("spec.weight", "must be of type integer");
        assertThat(text(unlisted.body(), "/message")).contains("spec.mode: Unsupported value: \"wild\"");
        assertThat(text(misspelt.body(), "/message")).contains("spec.host", "should match '^[a-z.]+$'");
        assertThat(text(tooMuch.body(), "/message")).contains("spec.weight", "should be less than or equal to 100");
    }

    @Test
    void the_status_of_a_custom_resource_has_its_own_door() {
        defineRoutes();
        makeRoute();
        var path = group(ROUTES, "routes/r");

        var status = merge(path + "/status", "{\"status\":{\"ready\":true},\"spec\":{\"host\":\"no\"}}")
                .expected();
        var main = merge(path, "{\"status\":{\"ready\":false},\"spec\":{\"weight\":20}}")
                .expected();

        assertThat(status.at("/status/ready").asBoolean()).isTrue();
        assertThat(text(status, "/spec/host")).isEqualTo("a.b");
        assertThat(generation(status)).isEqualTo(1);
        assertThat(main.at("/status/ready").asBoolean()).isTrue();
        assertThat(generation(main)).isEqualTo(2);
    }

    @Test
    void a_custom_resource_takes_no_strategic_patch_and_no_blind_replacement() {
        defineRoutes();
        var made = ((ObjectNode) makeRoute()).deepCopy();
        var path = group(ROUTES, "routes/r");
        made.withObject("/metadata").remove("resourceVersion");

        assertThat(strategic(path, "{\"spec\":{\"weight\":1}}").status()).isEqualTo(415);
        isFailure(put(path, made), 422, "Invalid");
    }

    @Test
    void a_custom_resource_can_be_applied() {
        defineRoutes();
        var route = """
                {"apiVersion":"contract.lastgood.dev/v1","kind":"Route","metadata":{"name":"r"},"spec":{"host":"a","weight":%d}}""";

        var made = apply(group(ROUTES, "routes/r"), "one", route.formatted(1));
        var other = apply(group(ROUTES, "routes/r"), "two", route.formatted(2));

        assertThat(made.status()).isEqualTo(201);
        isFailure(other, 409, "Conflict");
        assertThat(text(other.body(), "/details/causes/0/field")).isEqualTo(".spec.weight");
    }
}
