package lastgood.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.install.Change.Did;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.records.KubeLocks;
import lastgood.kubernetes.records.Records;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What installing does, on whatever cluster.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class InstallContract {

    static final ServiceRef CHECKOUT = new ServiceRef("production", "checkout");
    static final RunId RUN = new RunId("rb-0k3f9a2c");
    static final String DIGEST = Digest.of("v4.0.4").text();

    private Place place;
    private Api api;
    private String namespace;
    private Install install;

    abstract Place place();

    @BeforeEach
    void nothing_is_installed() {
        place = place();
        api = place.api();
        namespace = place.newNamespace("install");
        install = new Install(
                api,
                Access.of(
                        List.of(Services.rolling(namespace)), namespace, Access.Keep.OUR_KINDS, Access.Secrets.UNSEEN),
                Place.CLOCK);
        remove();
    }

    @AfterEach
    void tidy() {
        remove();
        api.close();
        place.close();
    }

    private void remove() {
        install.uninstall(false, true);
        for (var definition : Definition.ALL) {
            Place.until("gone", () -> api.find(Kind.CRD, "", definition.name()).isEmpty());
        }
    }

    @Test
    void makes_everything_and_doing_it_again_changes_nothing() {
        assertThat(install.make(true)).hasSize(7).allMatch(c -> c.did() == Did.CREATED);
        assertThat(api.find(Kind.CRD, "", "rollbacks.lastgood.dev")).isEmpty();

        assertThat(install.make(false)).hasSize(7).allMatch(c -> c.did() == Did.CREATED);

        assertThat(Definition.ALL)
                .allSatisfy(d -> assertThat(api.list(d.kind(), namespace, "")).isEmpty());
        assertThat(install.make(false)).hasSize(7).allMatch(c -> c.did() == Did.UNCHANGED);
    }

    @Test
    void brings_an_older_schema_up_to_date_and_keeps_what_others_put_on_it() {
        install.make(false);
        edit("rollbacks.lastgood.dev", crd -> {
            crd.withObject("/metadata/annotations")
                    .put(Definition.SCHEMA_KEY, "0")
                    .put("team", "platform");
            ((ObjectNode) crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties"))
                    .remove("reason");
        });

        var changes = install.make(false);

        assertThat(changes)
                .filteredOn(c -> c.did() == Did.UPDATED)
                .singleElement()
                .satisfies(c -> {
                    assertThat(c.object()).isEqualTo("CustomResourceDefinition rollbacks.lastgood.dev");
                    assertThat(c.why()).isEqualTo("from schema 0 to 1");
                });
        var crd = api.find(Kind.CRD, "", "rollbacks.lastgood.dev").orElseThrow();
        assertThat(Trees.annotation(crd, "team")).isEqualTo("platform");
        assertThat(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/reason"))
                .isNotEmpty();
    }

    @Test
    void sees_that_somebody_took_a_right_away() {
        install.make(false);
        var role = (ObjectNode)
                api.find(Kind.ROLE, namespace, Access.NAME).orElseThrow().deepCopy();
        role.withArray("/rules").remove(0);
        api.replace(Kind.ROLE, namespace, role).orThrow();

        assertThat(install.make(true))
                .filteredOn(c -> c.did() == Did.UPDATED)
                .singleElement()
                .satisfies(c -> assertThat(c.why()).isEqualTo("somebody changed its rules"));
    }

    @Test
    void leaves_a_newer_schema_alone() {
        install.make(false);
        edit(
                "ledgers.lastgood.dev",
                crd -> crd.withObject("/metadata/annotations").put(Definition.SCHEMA_KEY, "2"));

        assertThatThrownBy(() -> install.make(false))
                .hasMessageContaining("ledgers.lastgood.dev has schema 2")
                .hasMessageContaining("nothing was changed");
        edit(
                "ledgers.lastgood.dev",
                crd -> crd.withObject("/metadata/annotations").put(Definition.SCHEMA_KEY, "1"));
    }

    @Test
    void keeps_every_field_of_what_is_written() {
        assumeFalse(Server.of(api).diesOfCustomResources(), "this build of the API server dies of custom resources");
        install.make(false);

        for (var object : List.of(rollback(), release(), ledger())) {
            var kind = kind(object);
            api.create(kind, namespace, object).orThrow();
            var back = api.find(kind, namespace, Trees.name(object)).orElseThrow();
            assertThat(back.path("spec")).isEqualTo(object.path("spec"));
        }
        assertThat(new KubeLocks(Cabinet.of(api), Map.of(CHECKOUT, namespace)).acquire(CHECKOUT, RUN))
                .isEqualTo(RUN);
        var written = (ObjectNode)
                api.find(Records.ROLLBACK, namespace, RUN.text()).orElseThrow().deepCopy();
        written.set("status", status());
        api.replaceStatus(Records.ROLLBACK, namespace, written).orThrow();
        assertThat(api.find(Records.ROLLBACK, namespace, RUN.text())
                        .orElseThrow()
                        .path("status"))
                .isEqualTo(status());
    }

    @Test
    void refuses_what_is_none_of_ours() {
        assumeFalse(Server.of(api).diesOfCustomResources(), "this build of the API server dies of custom resources");
        install.make(false);
        var wrong = new ArrayList<ObjectNode>();
        wrong.add(with(rollback(), "/spec", "kind", "yolo"));
        wrong.add(with(rollback(), "/spec", "service", "Check Out; rm -rf"));
        wrong.add(with(rollback(), "/spec", "reason", "x".repeat(8193)));
        wrong.add(with(release(), "/spec", "digest", "latest"));
        wrong.add(with(release(), "/spec", "version", "--force"));
        wrong.add(with(release(), "/spec/workloads/checkout", "digest", "sha256:abc"));
        var zero = release();
        zero.withObject("/spec").put("number", 0);
        wrong.add(zero);
        var nothing = ledger();
        nothing.withObject("/spec").remove("entries");
        wrong.add(nothing);
        var lock = api.object(Records.SERVICE_LOCK, namespace, "checkout");
        lock.putObject("spec")
                .put("environment", "production")
                .put("service", "checkout")
                .put("run", "../../etc");
        wrong.add(lock);

        assertThat(wrong)
                .allSatisfy(object -> assertThat(api.create(kind(object), namespace, object))
                        .isInstanceOfSatisfying(
                                Answer.Refused.class,
                                r -> assertThat(r.refusal().invalid())
                                        .as(r.toString())
                                        .isTrue()));
    }

    @Test
    void is_not_taken_away_under_a_run_that_is_not_over() {
        assumeFalse(Server.of(api).diesOfCustomResources(), "this build of the API server dies of custom resources");
        install.make(false);
        api.create(Records.ROLLBACK, namespace, rollback()).orThrow();
        var run = (ObjectNode)
                api.find(Records.ROLLBACK, namespace, RUN.text()).orElseThrow().deepCopy();
        run.set("status", status());
        api.replaceStatus(Records.ROLLBACK, namespace, run).orThrow();

        assertThat(install.activeRuns()).containsExactly("rb-0k3f9a2c of production/checkout (running)");
        assertThatThrownBy(() -> install.uninstall(false, false))
                .hasMessageContaining("not over: rb-0k3f9a2c of production/checkout")
                .hasMessageContaining("nothing was changed");
        assertThat(api.find(Records.ROLLBACK, namespace, RUN.text())).isPresent();
    }

    @Test
    void says_what_would_be_lost_before_it_is() {
        assumeFalse(Server.of(api).diesOfCustomResources(), "this build of the API server dies of custom resources");
        install.make(false);
        api.create(Records.RELEASE, namespace, release()).orThrow();
        api.create(Records.LEDGER, namespace, ledger()).orThrow();

        assertThatThrownBy(() -> install.uninstall(false, false))
                .hasMessageContaining("1 ledgers (which release was good)")
                .hasMessageContaining("1 records of releases");
        assertThat(install.uninstall(true, false)).hasSize(7).allMatch(c -> c.did() == Did.REMOVED);
        assertThat(api.find(Records.LEDGER, namespace, "checkout")).isPresent();

        assertThat(install.uninstall(false, true)).hasSize(7).allMatch(c -> c.did() == Did.REMOVED);
        Place.until("gone", () -> api.find(Kind.CRD, "", "ledgers.lastgood.dev").isEmpty());
    }

    @Test
    void leaves_a_role_of_the_same_name_that_is_somebody_elses() {
        var theirs = api.object(Kind.ROLE, namespace, Access.NAME);
        theirs.putArray("rules");
        api.create(Kind.ROLE, namespace, theirs).orThrow();

        assertThat(install.uninstall(false, true))
                .singleElement()
                .satisfies(c -> assertThat(c.did()).isEqualTo(Did.UNCHANGED));
        assertThat(api.find(Kind.ROLE, namespace, Access.NAME)).isPresent();
    }

    // ---- what is written

    final Api api() {
        return api;
    }

    final String namespace() {
        return namespace;
    }

    final Install install() {
        return install;
    }

    final ObjectNode rollback() {
        var object = api.object(Records.ROLLBACK, namespace, RUN.text());
        object.putObject("spec")
                .put("environment", "production")
                .put("service", "checkout")
                .put("kind", "rollback")
                .put("by", "ada@example.org")
                .put("reason", "5xx since v4.0.5")
                .put("emergency", true);
        return object;
    }

    static ObjectNode status() {
        return Api.JSON
                .createObjectNode()
                .put("phase", "running")
                .put("from", "v4.0.5")
                .put("to", "v4.0.4")
                .put("step", "put-checkout")
                .put("question", "go on?")
                .put("owner", "laptop-17")
                .put("records", 4)
                .put("journal", "eJwDAAAAAAE=");
    }

    final ObjectNode release() {
        var object = api.object(Records.RELEASE, namespace, "checkout-r7");
        var spec = object.putObject("spec")
                .put("environment", "production")
                .put("service", "checkout")
                .put("number", 7)
                .put("version", "v4.0.4")
                .put("digest", DIGEST)
                .put("at", Instant.EPOCH.toString())
                .put("by", "ada");
        spec.putArray("images").add("shop:v4.0.4");
        spec.putArray("migrations").add("V12__orders");
        var workload = spec.putObject("workloads").putObject("checkout");
        workload.put("kind", "Deployment")
                .put("digest", DIGEST)
                .put("version", "v4.0.4")
                .put("maintenance", "MAINT");
        workload.putArray("selector").add("app");
        workload.putObject("template")
                .putObject("spec")
                .put("aFieldOf2031", 1)
                .putArray("containers")
                .addObject()
                .put("name", "main");
        var config = spec.putObject("config").putObject("settings").put("digest", DIGEST);
        config.putObject("data").put("a.properties", "x=1");
        config.putObject("binaryData").put("logo", "AAAA");
        spec.putObject("secrets").put("db", "00ff:" + DIGEST);
        return object;
    }

    final ObjectNode ledger() {
        var object = api.object(Records.LEDGER, namespace, "checkout");
        var spec = object.putObject("spec")
                .put("environment", "production")
                .put("service", "checkout")
                .put("live", "")
                .put("liveStanding", "")
                .put("releases", 0);
        spec.putArray("entries").add("{\"entry\":\"released\"}");
        return object;
    }

    private static Kind kind(JsonNode object) {
        return Definition.ALL.stream()
                .map(Definition::kind)
                .filter(k -> k.kind().equals(object.path("kind").asText()))
                .findFirst()
                .orElseThrow();
    }

    private static ObjectNode with(ObjectNode object, String at, String field, String value) {
        ((ObjectNode) object.at(at)).put(field, value);
        return object;
    }

    private void edit(String name, java.util.function.Consumer<ObjectNode> change) {
        // Its controller writes the status meanwhile.
        Place.until("edited", () -> {
            var crd = (ObjectNode) api.find(Kind.CRD, "", name).orElseThrow().deepCopy();
            change.accept(crd);
            return api.replace(Kind.CRD, "", crd) instanceof Answer.Ok;
        });
    }
}
