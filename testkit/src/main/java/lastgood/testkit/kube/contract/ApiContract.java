package lastgood.testkit.kube.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.KubeApi;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The rules of the API itself: who wins when two write, what a refusal looks like, what a reader may believe. What
/// the controllers make of the objects is in [ControllersContract].
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class ApiContract extends ContractCase {

    private String configMap(String name) {
        return core("configmaps/" + name);
    }

    private JsonNode makeConfigMap(String name, String value) {
        return api.create(core("configmaps"), """
                {"metadata":{"name":"%s","labels":{"app":"%s"}},"data":{"key":"%s"}}""".formatted(name, name, value));
    }

    /// A Deployment that wants no pods, for tests of the API alone.
    private JsonNode quiet(String name) {
        api.create(
                apps("deployments"), workload("Deployment", name, "shop:v1", 0).toString());
        return until(
                apps("deployments/" + name),
                d -> d.at("/status/observedGeneration").asInt() >= generation(d)
                        && !revision(d).isEmpty());
    }

    // ---- creating

    @Test
    void a_new_object_has_a_uid_a_version_and_a_birthday() {
        var made = makeConfigMap("one", "a");

        assertThat(uid(made)).hasSize(36);
        assertThat(Long.parseLong(version(made))).isPositive();
        assertThat(text(made, "/metadata/creationTimestamp")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(made.at("/metadata/generation").isMissingNode()).isTrue();
    }

    @Test
    void a_second_one_of_the_same_name_is_refused() {
        makeConfigMap("one", "a");

        var answer = post(core("configmaps"), """
                {"metadata":{"name":"one"}}""");

        isFailure(answer, 409, "AlreadyExists");
        assertThat(text(answer.body(), "/message")).isEqualTo("configmaps \"one\" already exists");
        assertThat(text(api.get(configMap("one")), "/data/key")).isEqualTo("a");
    }

    @Test
    void what_is_not_there_is_named_in_the_answer() {
        var answer = api.send("GET", apps("deployments/nothing"), KubeApi.JSON, "");

        isFailure(answer, 404, "NotFound");
        assertThat(text(answer.body(), "/message")).isEqualTo("deployments.apps \"nothing\" not found");
        assertThat(answer.body().path("details"))
                .isEqualTo(tree("{\"name\":\"nothing\",\"group\":\"apps\",\"kind\":\"deployments\"}"));
    }

    @Test
    void what_is_not_served_is_404_too_but_nameless() {
        var answer = api.send("GET", "/apis/apps/v1/nonsense", KubeApi.JSON, "");

        isFailure(answer, 404, "NotFound");
        assertThat(text(answer.body(), "/message")).isEqualTo("the server could not find the requested resource");
        assertThat(answer.body().at("/details/name").isMissingNode()).isTrue();
    }

    @Test
    void a_name_that_fits_no_dns_is_invalid() {
        var answer = post(core("configmaps"), """
                {"metadata":{"name":"Not_A_Name"}}""");

        isFailure(answer, 422, "Invalid");
        assertThat(text(answer.body(), "/details/causes/0/field")).isEqualTo("metadata.name");
    }

    @Test
    void no_name_is_invalid_and_a_prefix_gets_an_end() {
        isFailure(post(core("configmaps"), "{\"metadata\":{}}"), 422, "Invalid");

        var made = api.create(core("configmaps"), "{\"metadata\":{\"generateName\":\"some-\"}}");

        assertThat(name(made)).matches("some-[a-z0-9]{5}");
    }

    @Test
    void nothing_can_be_made_in_a_namespace_that_is_not_there() {
        var answer = post("/api/v1/namespaces/nowhere/configmaps", "{\"metadata\":{\"name\":\"one\"}}");

        isFailure(answer, 404, "NotFound");
        assertThat(text(answer.body(), "/message")).isEqualTo("namespaces \"nowhere\" not found");
    }

    @Test
    void the_body_has_to_be_what_the_address_says() {
        makeConfigMap("one", "a");

        isFailure(put(configMap("one"), tree("{\"metadata\":{\"name\":\"two\"}}")), 400, "BadRequest");
        isFailure(
                post(core("configmaps"), "{\"metadata\":{\"name\":\"two\",\"namespace\":\"other\"}}"),
                400,
                "BadRequest");
        isFailure(post(core("configmaps"), "{nonsense"), 400, "BadRequest");
    }

    @Test
    void a_deployment_comes_back_with_its_defaults() {
        var spec = quiet("web").path("spec");

        assertThat(spec.path("revisionHistoryLimit").asInt()).isEqualTo(10);
        assertThat(spec.path("progressDeadlineSeconds").asInt()).isEqualTo(600);
        assertThat(spec.path("strategy")).isEqualTo(tree("""
                {"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}}"""));
        assertThat(spec.path("template")).isEqualTo(tree("""
                {"metadata":{"creationTimestamp":null,"labels":{"app":"web"}},
                 "spec":{"containers":[{"name":"main","image":"shop:v1","imagePullPolicy":"IfNotPresent","resources":{},
                   "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],
                  "restartPolicy":"Always","dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler",
                  "securityContext":{},"terminationGracePeriodSeconds":30}}"""));
    }

    @Test
    void other_workloads_come_back_with_their_defaults() {
        var set = api.create(
                        apps("statefulsets"),
                        workload("StatefulSet", "db", "shop:v1", 0).toString())
                .path("spec");
        var daemons = workload("DaemonSet", "agent", "shop:v1", 0);
        daemons.withObject("/spec/template/spec/nodeSelector").put("no", "node");

        assertThat(text(set, "/podManagementPolicy")).isEqualTo("OrderedReady");
        assertThat(set.path("updateStrategy"))
                .isEqualTo(tree("{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":0}}"));
        assertThat(set.path("revisionHistoryLimit").asInt()).isEqualTo(10);
        var daemon = api.create(apps("daemonsets"), daemons.toString()).path("spec");
        assertThat(text(daemon, "/updateStrategy/type")).isEqualTo("RollingUpdate");
        assertThat(daemon.at("/updateStrategy/rollingUpdate/maxUnavailable").asInt())
                .isEqualTo(1);
    }

    @Test
    void what_makes_no_sense_is_invalid_field_by_field() {
        var strange = workload("Deployment", "web", "shop:v1", 1);
        strange.withObject("/spec/selector/matchLabels").put("app", "other");
        var empty = workload("Deployment", "web", "shop:v1", 1);
        empty.withObject("/spec/template/spec").putArray("containers");

        var unmatched = post(apps("deployments"), strange.toString());
        var podless = post(apps("deployments"), empty.toString());

        isFailure(unmatched, 422, "Invalid");
        assertThat(text(unmatched.body(), "/details/causes/0/field")).isEqualTo("spec.template.metadata.labels");
        isFailure(podless, 422, "Invalid");
        assertThat(text(podless.body(), "/details/causes/0/field")).isEqualTo("spec.template.spec.containers");
    }

    @Test
    void plain_text_in_a_secret_is_stored_as_data() {
        var made = api.create(core("secrets"), """
                {"metadata":{"name":"pass"},"stringData":{"word":"sesame"}}""");

        assertThat(text(made, "/type")).isEqualTo("Opaque");
        assertThat(text(made, "/data/word")).isEqualTo("c2VzYW1l");
        assertThat(made.has("stringData")).isFalse();
    }

    // ---- changing

    @Test
    void a_change_of_the_spec_makes_a_new_generation_and_one_of_labels_does_not() {
        var made = quiet("web");

        var labelled = merge(apps("deployments/web"), "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .expected();
        var changed = merge(apps("deployments/web"), "{\"spec\":{\"minReadySeconds\":1}}")
                .expected();

        assertThat(generation(made)).isEqualTo(1);
        assertThat(generation(labelled)).isEqualTo(1);
        assertThat(generation(changed)).isEqualTo(2);
    }

    @Test
    void an_annotation_is_a_new_generation_of_a_deployment_but_not_of_a_stateful_set() {
        quiet("web");
        api.create(
                apps("statefulsets"),
                workload("StatefulSet", "db", "shop:v1", 0).toString());
        var annotation = "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}";

        var deployment = merge(apps("deployments/web"), annotation).expected();
        var set = merge(apps("statefulsets/db"), annotation).expected();

        assertThat(generation(deployment)).isEqualTo(2);
        assertThat(generation(set)).isEqualTo(1);
    }

    @Test
    void a_change_that_changes_nothing_makes_no_version() {
        var made = makeConfigMap("one", "a");

        var again = merge(configMap("one"), "{\"data\":{\"key\":\"a\"}}").expected();
        var replaced = put(configMap("one"), made).expected();

        assertThat(version(again)).isEqualTo(version(made));
        assertThat(version(replaced)).isEqualTo(version(made));
    }

    @Test
    void a_replacement_based_on_an_old_version_is_a_conflict() {
        var old = makeConfigMap("one", "a");
        merge(configMap("one"), "{\"data\":{\"key\":\"b\"}}").expected();

        var answer = put(configMap("one"), old);

        isFailure(answer, 409, "Conflict");
        assertThat(text(answer.body(), "/message"))
                .isEqualTo("Operation cannot be fulfilled on configmaps \"one\": the object has been modified; please"
                        + " apply your changes to the latest version and try again");
        assertThat(text(api.get(configMap("one")), "/data/key")).isEqualTo("b");
    }

    @Test
    void a_replacement_that_names_no_version_overwrites() {
        var old = (ObjectNode) makeConfigMap("one", "a");
        merge(configMap("one"), "{\"data\":{\"key\":\"b\"}}").expected();
        old.withObject("/metadata").remove("resourceVersion");

        put(configMap("one"), old).expected();

        assertThat(text(api.get(configMap("one")), "/data/key")).isEqualTo("a");
    }

    @Test
    void a_replacement_of_another_object_of_that_name_is_a_conflict() {
        var old = (ObjectNode) makeConfigMap("one", "a");
        old.withObject("/metadata").remove("resourceVersion");
        delete(configMap("one"), "").expected();
        makeConfigMap("one", "b");

        var answer = put(configMap("one"), old);

        isFailure(answer, 409, "Conflict");
        assertThat(text(answer.body(), "/message")).contains("Precondition failed: UID in precondition: " + uid(old));
    }

    @Test
    void what_selects_pods_cannot_be_changed() {
        quiet("web");

        var answer = jsonPatch(
                apps("deployments/web"),
                "[{\"op\":\"add\",\"path\":\"/spec/selector/matchLabels/more\",\"value\":\"x\"},"
                        + "{\"op\":\"add\",\"path\":\"/spec/template/metadata/labels/more\",\"value\":\"x\"}]");

        isFailure(answer, 422, "Invalid");
        assertThat(text(answer.body(), "/message")).contains("field is immutable");
    }

    @Test
    void of_a_stateful_set_only_some_fields_change() {
        api.create(
                apps("statefulsets"),
                workload("StatefulSet", "db", "shop:v1", 0).toString());

        var answer = merge(apps("statefulsets/db"), "{\"spec\":{\"serviceName\":\"other\"}}");

        isFailure(answer, 422, "Invalid");
        assertThat(text(answer.body(), "/message")).contains("updates to statefulset spec for fields other than");
    }

    @Test
    void a_sealed_config_map_stays_as_it_is() {
        api.create(core("configmaps"), """
                {"metadata":{"name":"one"},"immutable":true,"data":{"key":"a"}}""");

        isFailure(merge(configMap("one"), "{\"data\":{\"key\":\"b\"}}"), 422, "Invalid");
    }

    // ---- JSON patch

    @Test
    void a_json_patch_whose_test_fails_is_invalid_and_changes_nothing() {
        var made = makeConfigMap("one", "a");

        var answer = jsonPatch(
                configMap("one"),
                "[{\"op\":\"test\",\"path\":\"/data/key\",\"value\":\"x\"},"
                        + "{\"op\":\"replace\",\"path\":\"/data/key\",\"value\":\"b\"}]");

        isFailure(answer, 422, "Invalid");
        assertThat(version(api.get(configMap("one")))).isEqualTo(version(made));
    }

    @Test
    void a_json_patch_that_tests_an_old_version_is_invalid_and_not_a_conflict() {
        var old = makeConfigMap("one", "a");
        var now = merge(configMap("one"), "{\"data\":{\"key\":\"b\"}}").expected();
        var patch = "[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"%s\"},"
                + "{\"op\":\"replace\",\"path\":\"/data/key\",\"value\":\"c\"}]";

        isFailure(jsonPatch(configMap("one"), patch.formatted(version(old))), 422, "Invalid");
        jsonPatch(configMap("one"), patch.formatted(version(now))).expected();

        assertThat(text(api.get(configMap("one")), "/data/key")).isEqualTo("c");
    }

    @Test
    void a_json_patch_of_what_is_not_there_is_invalid() {
        makeConfigMap("one", "a");

        isFailure(jsonPatch(configMap("one"), "[{\"op\":\"remove\",\"path\":\"/data/other\"}]"), 422, "Invalid");
        isFailure(jsonPatch(configMap("one"), "[{\"op\":\"add\",\"path\":\"/no/where\",\"value\":1}]"), 422, "Invalid");
    }

    @Test
    void a_json_patch_reaches_names_with_slashes_and_ends_of_lists() {
        quiet("web");

        var patched = jsonPatch(
                        apps("deployments/web"),
                        "[{\"op\":\"add\",\"path\":\"/metadata/annotations/lastgood.dev~1mark\",\"value\":\"m\"},"
                                + "{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/-\","
                                + "\"value\":{\"name\":\"side\",\"image\":\"shop:v2\"}}]")
                .expected();

        assertThat(annotation(patched, "lastgood.dev/mark")).isEqualTo("m");
        assertThat(text(patched, "/spec/template/spec/containers/1/name")).isEqualTo("side");
    }

    // ---- merge patch, strategic merge patch

    @Test
    void a_merge_patch_with_an_old_version_is_a_conflict() {
        var old = makeConfigMap("one", "a");
        merge(configMap("one"), "{\"data\":{\"key\":\"b\"}}").expected();

        var answer = merge(
                configMap("one"),
                "{\"metadata\":{\"resourceVersion\":\"%s\"},\"data\":{\"key\":\"c\"}}".formatted(version(old)));

        isFailure(answer, 409, "Conflict");
        assertThat(text(api.get(configMap("one")), "/data/key")).isEqualTo("b");
    }

    @Test
    void null_in_a_merge_patch_removes_and_the_rest_stays() {
        makeConfigMap("one", "a");
        merge(configMap("one"), "{\"data\":{\"other\":\"b\"}}").expected();

        var patched = merge(configMap("one"), "{\"data\":{\"key\":null}}").expected();

        assertThat(patched.path("data")).isEqualTo(tree("{\"other\":\"b\"}"));
    }

    @Test
    void a_merge_patch_replaces_lists_and_a_strategic_one_merges_them_by_name() {
        quiet("web");
        var path = apps("deployments/web");
        strategic(path, """
                {"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:v1","env":[{"name":"A","value":"1"}]}]}}}}""").expected();

        var merged = strategic(path, """
                {"spec":{"template":{"spec":{"containers":[
                  {"name":"main","image":"shop:v2"},{"name":"side","env":[{"name":"B","value":"2"}]}]}}}}""").expected();
        var containers = merged.at("/spec/template/spec/containers");
        var replaced = merge(path, image("shop:v3")).expected();

        assertThat(containers).hasSize(2);
        assertThat(containers.findValuesAsText("image")).containsExactlyInAnyOrder("shop:v2", "side:v1");
        for (var container : containers) {
            if (name(tree("{\"metadata\":%s}".formatted(container))).equals("side")) {
                assertThat(container.path("env")).hasSize(2);
            }
        }
        assertThat(replaced.at("/spec/template/spec/containers")).hasSize(1);
    }

    @Test
    void a_strategic_patch_can_delete_an_item() {
        quiet("web");
        strategic(
                        apps("deployments/web"),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"s:1\"}]}}}}")
                .expected();

        var patched = strategic(
                        apps("deployments/web"),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"$patch\":\"delete\"}]}}}}")
                .expected();

        assertThat(patched.at("/spec/template/spec/containers").findValuesAsText("name"))
                .containsExactly("main");
    }

    @Test
    void a_patch_of_an_unknown_kind_is_not_understood() {
        makeConfigMap("one", "a");

        var answer = api.send("PATCH", configMap("one"), "application/json", "{}");

        assertThat(answer.status()).isEqualTo(415);
    }

    // ---- server-side apply

    private String applied(String image, String extra) {
        return """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},
                 "spec":{%s"selector":{"matchLabels":{"app":"web"}},"template":%s}}""".formatted(extra, template("web", image));
    }

    @Test
    void applying_makes_what_is_not_there_and_remembers_who_said_what() {
        var answer = apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"));

        assertThat(answer.status()).isEqualTo(201);
        var entry = answer.body().at("/metadata/managedFields/0");
        assertThat(text(entry, "/manager")).isEqualTo("one");
        assertThat(text(entry, "/operation")).isEqualTo("Apply");
        assertThat(entry.at("/fieldsV1/f:spec").has("f:replicas")).isTrue();
        assertThat(entry.at("/fieldsV1/f:spec").has("f:strategy")).isFalse();
    }

    @Test
    void applying_against_somebody_else_is_a_conflict_that_names_him() {
        apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"))
                .expected();

        var answer = apply(apps("deployments/web"), "two", applied("shop:v2", ""));

        isFailure(answer, 409, "Conflict");
        assertThat(text(answer.body(), "/message")).contains("Apply failed with 1 conflict", "\"one\"");
        assertThat(text(answer.body(), "/details/causes/0/reason")).isEqualTo("FieldManagerConflict");
        assertThat(text(answer.body(), "/details/causes/0/field"))
                .isEqualTo(".spec.template.spec.containers[name=\"main\"].image");
    }

    @Test
    void applying_the_same_value_is_no_conflict_and_both_own_it() {
        apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"))
                .expected();

        var both = apply(apps("deployments/web"), "two", applied("shop:v1", "")).expected();

        assertThat(both.at("/metadata/managedFields").findValuesAsText("manager"))
                .contains("one", "two");
    }

    @Test
    void force_takes_the_field_over() {
        apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"))
                .expected();

        var forced = apply(apps("deployments/web?force=true"), "two", applied("shop:v2", ""))
                .expected();
        var back = apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"));

        assertThat(imageOf(forced)).isEqualTo("shop:v2");
        isFailure(back, 409, "Conflict");
    }

    @Test
    void what_its_only_owner_no_longer_says_goes_away() {
        apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,\"minReadySeconds\":7,"))
                .expected();

        var without = apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"))
                .expected();

        assertThat(without.at("/spec/minReadySeconds").asInt(0)).isZero();
    }

    @Test
    void applying_against_one_who_patched_is_a_conflict_too() {
        apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"))
                .expected();
        api.send(
                        "PATCH",
                        apps("deployments/web?fieldManager=hotfix"),
                        KubeApi.STRATEGIC_MERGE_PATCH,
                        image("shop:hotfix"))
                .expected();

        var answer = apply(apps("deployments/web"), "one", applied("shop:v1", "\"replicas\":0,"));

        isFailure(answer, 409, "Conflict");
        assertThat(text(answer.body(), "/message")).contains("\"hotfix\" using apps/v1");
    }

    @Test
    void nobody_applies_without_a_name() {
        var answer = api.send("PATCH", apps("deployments/web"), "application/apply-patch+yaml", applied("shop:v1", ""));

        isFailure(answer, 422, "Invalid");
        assertThat(text(answer.body(), "/message")).contains("fieldManager", "is required for apply patch");
    }

    @Test
    void the_manager_of_a_patch_is_written_down() {
        makeConfigMap("one", "a");

        var patched = api.send(
                        "PATCH",
                        configMap("one") + "?fieldManager=hotfix",
                        KubeApi.MERGE_PATCH,
                        "{\"data\":{\"key\":\"b\"}}")
                .expected();

        var entries = new ArrayList<JsonNode>();
        patched.at("/metadata/managedFields").forEach(entries::add);
        assertThat(entries).anySatisfy(e -> {
            assertThat(text(e, "/manager")).isEqualTo("hotfix");
            assertThat(text(e, "/operation")).isEqualTo("Update");
            assertThat(e.at("/fieldsV1/f:data").has("f:key")).isTrue();
        });
    }

    // ---- dry run

    @Test
    void a_dry_run_shows_what_would_be_and_keeps_nothing() {
        var made = makeConfigMap("one", "a");

        var created = post(
                        apps("deployments?dryRun=All"),
                        workload("Deployment", "web", "shop:v1", 1).toString())
                .expected();
        var patched = merge(configMap("one") + "?dryRun=All", "{\"data\":{\"key\":\"b\"}}")
                .expected();
        delete(configMap("one") + "?dryRun=All", "").expected();

        assertThat(created.at("/spec/revisionHistoryLimit").asInt()).isEqualTo(10);
        assertThat(api.find(apps("deployments/web"))).isEmpty();
        assertThat(text(patched, "/data/key")).isEqualTo("b");
        assertThat(version(api.get(configMap("one")))).isEqualTo(version(made));
    }

    @Test
    void a_dry_run_refuses_what_the_real_one_would() {
        var old = makeConfigMap("one", "a");
        merge(configMap("one"), "{\"data\":{\"key\":\"b\"}}").expected();

        isFailure(put(configMap("one") + "?dryRun=All", old), 409, "Conflict");
        isFailure(post(core("configmaps?dryRun=All"), "{\"metadata\":{\"name\":\"one\"}}"), 409, "AlreadyExists");
        isFailure(post(core("configmaps?dryRun=Some"), "{\"metadata\":{\"name\":\"two\"}}"), 422, "Invalid");
    }

    // ---- deleting

    @Test
    void a_deletion_that_means_another_object_is_a_conflict() {
        var made = makeConfigMap("one", "a");

        var wrong = delete(configMap("one"), "{\"preconditions\":{\"uid\":\"00000000-0000-0000-0000-000000000000\"}}");
        var old = delete(configMap("one"), "{\"preconditions\":{\"resourceVersion\":\"1\"}}");
        var right = delete(configMap("one"), "{\"preconditions\":{\"uid\":\"%s\"}}".formatted(uid(made)));

        isFailure(wrong, 409, "Conflict");
        isFailure(old, 409, "Conflict");
        assertThat(right.status()).isEqualTo(200);
        assertThat(text(right.body(), "/status")).isEqualTo("Success");
        assertThat(api.find(configMap("one"))).isEmpty();
    }

    @Test
    void a_finalizer_holds_what_is_to_be_deleted() {
        api.create(core("configmaps"), """
                {"metadata":{"name":"one","finalizers":["lastgood.dev/hold"]}}""");

        delete(configMap("one"), "").expected();
        var dying = api.get(configMap("one"));
        merge(configMap("one"), "{\"metadata\":{\"finalizers\":null}}").expected();

        assertThat(text(dying, "/metadata/deletionTimestamp")).isNotEmpty();
        assertThat(api.find(configMap("one"))).isEmpty();
    }

    private void makeOwned(JsonNode owner) {
        api.create(core("configmaps"), """
                {"metadata":{"name":"owned","ownerReferences":[
                  {"apiVersion":"v1","kind":"ConfigMap","name":"%s","uid":"%s","blockOwnerDeletion":true}]}}""".formatted(name(owner), uid(owner)));
    }

    @Test
    void what_lost_its_owner_goes_too() {
        makeOwned(makeConfigMap("one", "a"));

        delete(configMap("one"), "").expected();

        until("collection", () -> api.find(configMap("owned")).isEmpty());
    }

    @Test
    void an_owner_deleted_in_the_foreground_goes_last() {
        makeOwned(makeConfigMap("one", "a"));

        var dying = delete(configMap("one"), "{\"propagationPolicy\":\"Foreground\"}")
                .expected();

        assertThat(dying.at("/metadata/finalizers").get(0).asText()).isEqualTo("foregroundDeletion");
        until("collection", () -> api.find(configMap("one")).isEmpty());
        assertThat(api.find(configMap("owned"))).isEmpty();
    }

    @Test
    void an_orphan_stays_and_forgets_its_owner() {
        makeOwned(makeConfigMap("one", "a"));

        delete(configMap("one"), "{\"propagationPolicy\":\"Orphan\"}").expected();

        until("deletion", () -> api.find(configMap("one")).isEmpty());
        assertThat(api.get(configMap("owned")).at("/metadata/ownerReferences").isMissingNode())
                .isTrue();
    }

    @Test
    void a_namespace_takes_everything_with_it_and_refuses_what_is_new_meanwhile() {
        var doomed = name(api.create("/api/v1/namespaces", "{\"metadata\":{\"generateName\":\"doomed-\"}}"));
        var inside = "/api/v1/namespaces/" + doomed + "/configmaps";
        api.create(inside, "{\"metadata\":{\"name\":\"held\",\"finalizers\":[\"lastgood.dev/hold\"]}}");

        var dying = api.send("DELETE", "/api/v1/namespaces/" + doomed, KubeApi.JSON, "")
                .expected();
        until(
                "termination",
                () -> !text(api.get("/api/v1/namespaces/" + doomed), "/metadata/deletionTimestamp")
                        .isEmpty());
        var refused = post(inside, "{\"metadata\":{\"name\":\"new\"}}");
        merge(inside + "/held", "{\"metadata\":{\"finalizers\":null}}");

        assertThat(text(dying, "/status/phase")).isEqualTo("Terminating");
        isFailure(refused, 403, "Forbidden");
        assertThat(text(refused.body(), "/message")).contains("because it is being terminated");
        assertThat(text(refused.body(), "/details/causes/0/reason")).isEqualTo("NamespaceTerminating");
        until("end", () -> api.find("/api/v1/namespaces/" + doomed).isEmpty());
    }

    // ---- status

    @Test
    void status_comes_in_through_its_own_door_only() {
        var made = quiet("web");
        var wrong = ((ObjectNode) made).deepCopy();
        wrong.withObject("/status").put("replicas", 77);

        var replaced = put(apps("deployments/web"), wrong).expected();
        merge(apps("deployments/web/status"), "{\"spec\":{\"replicas\":5}}").expected();
        var patched = api.send(
                        "PATCH",
                        apps("deployments/web/status?dryRun=All"),
                        KubeApi.MERGE_PATCH,
                        "{\"status\":{\"collisionCount\":7}}")
                .expected();

        assertThat(replaced.at("/status/replicas").asInt(0)).isZero();
        assertThat(api.get(apps("deployments/web")).at("/spec/replicas").asInt())
                .isZero();
        assertThat(patched.at("/status/collisionCount").asInt()).isEqualTo(7);
        assertThat(generation(patched)).isEqualTo(1);
    }

    // ---- lists

    @Test
    void labels_select() {
        makeConfigMap("one", "a");
        makeConfigMap("two", "a");
        api.create(core("configmaps"), "{\"metadata\":{\"name\":\"bare\",\"labels\":{\"bare\":\"\"}}}");

        assertThat(names("labelSelector=app%3Done")).containsExactly("one");
        assertThat(names("labelSelector=app%20in%20(one,two)")).containsExactly("one", "two");
        assertThat(names("labelSelector=app%20notin%20(one)"))
                .contains("two", "bare")
                .doesNotContain("one");
        assertThat(names("labelSelector=app!%3Done,app")).containsExactly("two");
        assertThat(names("labelSelector=bare")).containsExactly("bare");
        assertThat(names("labelSelector=!app,bare")).containsExactly("bare");
    }

    private List<String> names(String query) {
        return items(core("configmaps?" + query)).stream()
                .map(ContractCase::name)
                .toList();
    }

    @Test
    void fields_select_as_far_as_they_are_known() {
        makeConfigMap("one", "a");
        makeConfigMap("two", "a");

        assertThat(names("fieldSelector=metadata.name%3Done")).containsExactly("one");
        assertThat(names("fieldSelector=metadata.name!%3Done")).contains("two").doesNotContain("one");
        isFailure(api.send("GET", core("configmaps?fieldSelector=data.key%3Da"), KubeApi.JSON, ""), 400, "BadRequest");
    }

    @Test
    void a_list_comes_in_pages_of_one_moment() {
        for (var i = 0; i < 5; i++) {
            makeConfigMap("page-" + i, "a");
        }
        var query = "configmaps?limit=2&labelSelector=app%20in%20(page-0,page-1,page-2,page-3,page-4,late)";

        var first = api.get(core(query));
        makeConfigMap("late", "a");
        var names = new ArrayList<String>();
        var versions = new HashSet<String>();
        var page = first;
        while (true) {
            page.path("items").forEach(i -> names.add(name(i)));
            versions.add(version(page));
            var token = text(page, "/metadata/continue");
            if (token.isEmpty()) {
                break;
            }
            page = api.get(core(query + "&continue=" + token));
        }

        assertThat(first.path("items")).hasSize(2);
        assertThat(names).containsExactly("page-0", "page-1", "page-2", "page-3", "page-4");
        assertThat(versions).hasSize(1);
    }

    @Test
    void how_many_are_left_is_told_for_a_list_without_a_selector() {
        makeConfigMap("one", "a");
        makeConfigMap("two", "a");
        var all = items(core("configmaps")).size();

        assertThat(api.get(core("configmaps?limit=1"))
                        .at("/metadata/remainingItemCount")
                        .asInt())
                .isEqualTo(all - 1);
    }

    @Test
    void items_of_a_list_do_not_say_what_they_are() {
        quiet("web");

        var list = api.get(apps("deployments"));

        assertThat(text(list, "/kind")).isEqualTo("DeploymentList");
        assertThat(text(list, "/apiVersion")).isEqualTo("apps/v1");
        assertThat(list.at("/items/0").has("kind")).isFalse();
    }

    // ---- watches

    private static String typeAndName(JsonNode event) {
        return text(event, "/type") + " " + text(event, "/object/metadata/name");
    }

    @Test
    void a_watch_replays_what_happened_since_the_version_it_names() {
        var start = version(makeConfigMap("before", "a"));
        makeConfigMap("one", "a");
        merge(configMap("one"), "{\"data\":{\"key\":\"b\"}}").expected();
        delete(configMap("one"), "").expected();

        var seen = watch(core("configmaps?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Done"
                + "&resourceVersion=" + start));

        assertThat(seen)
                .extracting(ApiContract::typeAndName)
                .containsExactly("ADDED one", "MODIFIED one", "DELETED one");
        assertThat(text(seen.getFirst(), "/object/kind")).isEqualTo("ConfigMap");
        assertThat(seen.stream()
                        .map(e -> Long.parseLong(version(e.path("object"))))
                        .toList())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void a_watch_that_names_no_version_begins_with_what_is_there() {
        makeConfigMap("one", "a");

        var seen = watch(core("configmaps?watch=true&timeoutSeconds=1&labelSelector=app"));

        assertThat(seen).extracting(ApiContract::typeAndName).containsExactly("ADDED one");
    }

    @Test
    void leaving_the_selection_looks_like_a_deletion_and_entering_it_like_a_birth() {
        var start = version(makeConfigMap("one", "a"));
        merge(configMap("one"), "{\"metadata\":{\"labels\":{\"app\":\"other\"}}}")
                .expected();
        merge(configMap("one"), "{\"metadata\":{\"labels\":{\"app\":\"one\"}}}").expected();

        var seen =
                watch(core("configmaps?watch=true&timeoutSeconds=1&labelSelector=app%3Done&resourceVersion=" + start));

        assertThat(seen).extracting(ApiContract::typeAndName).containsExactly("DELETED one", "ADDED one");
    }

    /// What was defined a moment ago has a cache that knows nothing of the past, whichever server it is.
    @Test
    void a_watch_from_too_long_ago_is_told_so() {
        post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
                {"metadata":{"name":"late.history.lastgood.dev"},
                 "spec":{"group":"history.lastgood.dev","scope":"Namespaced","names":{"plural":"late","kind":"Late"},
                  "versions":[{"name":"v1","served":true,"storage":true,
                   "schema":{"openAPIV3Schema":{"type":"object"}}}]}}""");
        var late = group("history.lastgood.dev/v1", "late");
        until("definition", () -> api.find(late).isPresent());

        var seen = watch(late + "?watch=true&timeoutSeconds=2&resourceVersion=1");

        assertThat(seen).hasSize(1);
        assertThat(text(seen.getFirst(), "/type")).isEqualTo("ERROR");
        assertThat(seen.getFirst().at("/object/code").asInt()).isEqualTo(410);
        assertThat(text(seen.getFirst(), "/object/reason")).isEqualTo("Expired");
        assertThat(text(seen.getFirst(), "/object/message")).startsWith("too old resource version: 1 (");
    }

    // ---- leases

    private String lease(String holder) {
        return """
                {"metadata":{"name":"lock"},"spec":{"holderIdentity":"%s","leaseDurationSeconds":15}}""".formatted(holder);
    }

    @Test
    void only_one_gets_a_lease_and_only_the_latest_version_changes_it() {
        var leases = group("coordination.k8s.io/v1", "leases");
        var mine = (ObjectNode) api.create(leases, lease("one"));

        var second = post(leases, lease("two"));
        mine.withObject("/spec").put("holderIdentity", "three");
        var taken = put(leases + "/lock", mine);
        var late = put(leases + "/lock", mine);
        var blind = put(leases + "/lock", tree(lease("four")));

        isFailure(second, 409, "AlreadyExists");
        assertThat(taken.status()).isEqualTo(200);
        isFailure(late, 409, "Conflict");
        isFailure(blind, 422, "Invalid");
        assertThat(text(api.get(leases + "/lock"), "/spec/holderIdentity")).isEqualTo("three");
    }

    // ---- services

    @Test
    void a_service_gets_an_address_and_keeps_it() {
        var made = api.create(core("services"), """
                {"metadata":{"name":"web"},"spec":{"selector":{"app":"web","color":"blue"},"ports":[{"port":80}]}}""");

        var switched = jsonPatch(
                        core("services/web"),
                        "[{\"op\":\"test\",\"path\":\"/spec/selector/color\",\"value\":\"blue\"},"
                                + "{\"op\":\"replace\",\"path\":\"/spec/selector/color\",\"value\":\"green\"}]")
                .expected();
        var again = jsonPatch(
                core("services/web"),
                "[{\"op\":\"test\",\"path\":\"/spec/selector/color\",\"value\":\"blue\"},"
                        + "{\"op\":\"replace\",\"path\":\"/spec/selector/color\",\"value\":\"green\"}]");

        assertThat(text(made, "/spec/type")).isEqualTo("ClusterIP");
        assertThat(text(made, "/spec/clusterIP")).matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
        assertThat(made.at("/spec/ports/0/targetPort").asInt()).isEqualTo(80);
        assertThat(text(made, "/spec/ports/0/protocol")).isEqualTo("TCP");
        assertThat(text(switched, "/spec/clusterIP")).isEqualTo(text(made, "/spec/clusterIP"));
        isFailure(again, 422, "Invalid");
    }

    // ---- discovery

    @Test
    void what_is_served_can_be_found_out() {
        assertThat(text(api.get("/version"), "/gitVersion")).startsWith("v1.");
        assertThat(api.get("/apis").findValuesAsText("name")).contains("apps", "batch", "coordination.k8s.io");
        assertThat(text(api.get("/apis/apps"), "/preferredVersion/version")).isEqualTo("v1");

        var resources = api.get("/apis/apps/v1").path("resources");

        assertThat(resources.findValuesAsText("name"))
                .contains("deployments", "deployments/scale", "deployments/status", "controllerrevisions");
        for (var resource : resources) {
            if (resource.path("name").asText().equals("deployments")) {
                assertThat(text(resource, "/kind")).isEqualTo("Deployment");
                assertThat(resource.path("namespaced").asBoolean()).isTrue();
                assertThat(resource.path("verbs").toString()).contains("patch", "watch");
            }
        }
        assertThat(api.send("GET", "/apis/apps/v9", KubeApi.JSON, "").status()).isEqualTo(404);
    }

    // ---- access

    private void allowReading(String user) {
        var rbac = "rbac.authorization.k8s.io/v1";
        api.create(group(rbac, "roles"), """
                {"metadata":{"name":"reader"},"rules":[
                  {"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","list"]}]}""");
        api.create(group(rbac, "rolebindings"), """
                {"metadata":{"name":"reader"},"subjects":[{"kind":"User","name":"%s","apiGroup":"rbac.authorization.k8s.io"}],
                 "roleRef":{"kind":"Role","name":"reader","apiGroup":"rbac.authorization.k8s.io"}}""".formatted(user));
    }

    private boolean may(KubeApi who, String verb) {
        return who.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """
                {"spec":{"resourceAttributes":
                  {"namespace":"%s","verb":"%s","group":"apps","resource":"deployments"}}}""".formatted(namespace, verb))
                .at("/status/allowed")
                .asBoolean();
    }

    @Test
    void who_may_not_is_told_what_and_where() {
        quiet("web");
        allowReading("rita");
        var rita = api.impersonating("rita");
        until("binding", () -> may(rita, "get"));

        var patched = rita.send("PATCH", apps("deployments/web"), KubeApi.MERGE_PATCH, "{}");
        var listed = rita.send("GET", core("pods"), KubeApi.JSON, "");

        isFailure(patched, 403, "Forbidden");
        assertThat(text(patched.body(), "/message"))
                .isEqualTo(
                        "deployments.apps \"web\" is forbidden: User \"rita\" cannot patch resource \"deployments\" in"
                                + " API group \"apps\" in the namespace \"%s\"".formatted(namespace));
        isFailure(listed, 403, "Forbidden");
        assertThat(text(listed.body(), "/message"))
                .isEqualTo("pods is forbidden: User \"rita\" cannot list resource \"pods\" in API group \"\" in the"
                        + " namespace \"%s\"".formatted(namespace));
        assertThat(imageOf(rita.get(apps("deployments/web")))).isEqualTo("shop:v1");
    }

    @Test
    void one_can_ask_before() {
        allowReading("rita");
        var rita = api.impersonating("rita");

        until("binding", () -> may(rita, "get"));

        assertThat(may(rita, "patch")).isFalse();
        assertThat(may(api, "patch")).isTrue();
        var rules = rita.create("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """
                {"spec":{"namespace":"%s"}}""".formatted(namespace));
        var verbs = new ArrayList<String>();
        rules.at("/status/resourceRules").forEach(r -> {
            if (r.path("resources").toString().contains("\"deployments\"")) {
                r.path("verbs").forEach(v -> verbs.add(v.asText()));
            }
        });
        assertThat(verbs).containsExactlyInAnyOrder("get", "list");
    }

    @Test
    void a_token_that_nobody_knows_is_401() {
        var cluster = cluster();
        try (var stranger = new KubeApi(new Stranger(cluster))) {
            isFailure(stranger.send("GET", core("pods"), KubeApi.JSON, ""), 401, "Unauthorized");
        }
    }

    private record Stranger(Cluster cluster) implements Cluster {
        @Override
        public String name() {
            return cluster.name();
        }

        @Override
        public java.net.URI url() {
            return cluster.url();
        }

        @Override
        public String token() {
            return "expired";
        }

        @Override
        public String authority() {
            return cluster.authority();
        }

        @Override
        public void close() {
            // not ours
        }
    }
}
