package lastgood.testkit.kube.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.testkit.kube.KubeApi;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What the controllers make of a change: history, revisions, conditions, endpoints. Most of these are the cases in
/// which a naive rollback does harm.
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class ControllersContract extends ContractCase {

    private static final String CAUSE = "kubernetes.io/change-cause";
    private static final String HISTORY = "deployment.kubernetes.io/revision-history";

    private String web() {
        return apps("deployments/web");
    }

    // ---- Deployments: history

    @Test
    void a_rollout_is_a_replica_set_that_the_deployment_owns() {
        var deployment = deploy("web", "shop:v1", 2);

        var set = replicaSets("web").getFirst();
        assertThat(revision(set)).isEqualTo("1");
        assertThat(revision(deployment)).isEqualTo("1");
        assertThat(set.at("/metadata/ownerReferences/0/controller").asBoolean()).isTrue();
        var hash = text(set, "/metadata/labels/pod-template-hash");
        assertThat(name(set)).isEqualTo("web-" + hash);
        assertThat(text(set, "/spec/selector/matchLabels/pod-template-hash")).isEqualTo(hash);
        assertThat(text(set, "/spec/template/metadata/labels/pod-template-hash"))
                .isEqualTo(hash);
        assertThat(annotation(set, "deployment.kubernetes.io/desired-replicas")).isEqualTo("2");
        assertThat(annotation(set, "deployment.kubernetes.io/max-replicas")).isEqualTo("3");
        assertThat(pods("web")).hasSize(2).allSatisfy(pod -> {
            assertThat(text(pod, "/metadata/ownerReferences/0/uid")).isEqualTo(uid(set));
            assertThat(text(pod, "/status/phase")).isEqualTo("Running");
            assertThat(text(pod, "/status/containerStatuses/0/imageID")).startsWith("shop@sha256:");
        });
    }

    @Test
    void a_new_template_is_a_new_revision_and_the_old_replica_set_stays_empty() {
        deploy("web", "shop:v1", 2);
        var deployment = roll("web", "shop:v2");

        assertThat(revision(deployment)).isEqualTo("2");
        assertThat(revision(replicaSet("web", "shop:v2"))).isEqualTo("2");
        var old = replicaSet("web", "shop:v1");
        assertThat(revision(old)).isEqualTo("1");
        assertThat(old.at("/spec/replicas").asInt(-1)).isZero();
        assertThat(text(condition(deployment, "Progressing"), "/reason")).isEqualTo("NewReplicaSetAvailable");
        assertThat(text(condition(deployment, "Available"), "/status")).isEqualTo("True");
    }

    @Test
    void any_change_of_the_template_is_a_revision_and_one_of_replicas_is_none() {
        deploy("web", "shop:v1", 1);

        strategic(
                        web(),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}]}}}}")
                .expected();
        complete("web");
        merge(web(), "{\"spec\":{\"replicas\":2}}").expected();
        var scaled = complete("web");

        assertThat(revision(scaled)).isEqualTo("2");
        assertThat(replicaSets("web")).hasSize(2);
    }

    @Test
    void an_undo_takes_the_old_replica_set_and_gives_it_a_new_number() {
        deploy("web", "shop:v1", 2);
        roll("web", "shop:v2");
        var before = replicaSet("web", "shop:v1");

        var undone = roll("web", "shop:v1");

        var after = replicaSet("web", "shop:v1");
        assertThat(uid(after)).isEqualTo(uid(before));
        assertThat(replicaSets("web")).hasSize(2);
        assertThat(revision(undone)).isEqualTo("3");
        assertThat(revision(after)).isEqualTo("3");
        assertThat(annotation(after, HISTORY)).isEqualTo("1");
        assertThat(revision(replicaSet("web", "shop:v2"))).isEqualTo("2");

        roll("web", "shop:v2");
        roll("web", "shop:v1");
        assertThat(annotation(replicaSet("web", "shop:v1"), HISTORY)).isEqualTo("1,3");
    }

    @Test
    void an_undo_copies_the_cause_of_the_bad_release_to_the_good_one_unless_it_is_set_anew() {
        deploy("web", "shop:v1", 1);
        annotate("the good one");
        until("copy", () -> annotation(replicaSet("web", "shop:v1"), CAUSE).equals("the good one"));
        strategic(web(), """
                {"metadata":{"annotations":{"kubernetes.io/change-cause":"the bad one"}},
                 "spec":{"template":{"spec":{"containers":[{"name":"main","image":"shop:v2"}]}}}}""").expected();
        complete("web");

        roll("web", "shop:v1");

        assertThat(annotation(replicaSet("web", "shop:v1"), CAUSE)).isEqualTo("the bad one");
        annotate("rolled back");
        until("copy", () -> annotation(replicaSet("web", "shop:v1"), CAUSE).equals("rolled back"));
        assertThat(annotation(replicaSet("web", "shop:v2"), CAUSE)).isEqualTo("the bad one");
    }

    private void annotate(String cause) {
        merge(web(), "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(CAUSE, cause))
                .expected();
    }

    @Test
    void an_annotation_that_is_removed_stays_on_the_replica_set() {
        deploy("web", "shop:v1", 1);
        annotate("once");
        until("copy", () -> annotation(replicaSet("web", "shop:v1"), CAUSE).equals("once"));

        merge(web(), "{\"metadata\":{\"annotations\":{\"%s\":null}}}".formatted(CAUSE))
                .expected();
        complete("web");
        giveItAChance();

        assertThat(annotation(replicaSet("web", "shop:v1"), CAUSE)).isEqualTo("once");
    }

    @Test
    void a_canary_with_the_same_label_is_no_part_of_the_history() {
        deploy("web", "shop:v1", 1);
        var canary = workload("Deployment", "web", "shop:canary", 1);
        canary.withObject("/metadata").put("name", "web-canary");
        canary.withObject("/spec/selector/matchLabels").put("track", "canary");
        canary.withObject("/spec/template/metadata/labels").put("track", "canary");
        api.create(apps("deployments"), canary.toString());
        complete("web-canary");

        assertThat(items(apps("replicasets?labelSelector=app%3Dweb"))).hasSize(2);
        assertThat(replicaSets("web")).extracting(ContractCase::imageOf).containsExactly("shop:v1");
        assertThat(revision(api.get(web()))).isEqualTo("1");
    }

    @Test
    void history_keeps_as_many_old_replica_sets_as_it_is_told_to() {
        var made = workload("Deployment", "web", "shop:v1", 1);
        made.withObject("/spec").put("revisionHistoryLimit", 1);
        api.create(apps("deployments"), made.toString());
        complete("web");

        roll("web", "shop:v2");
        roll("web", "shop:v3");

        until("clean-up", () -> replicaSets("web").size() == 2);
        assertThat(replicaSet("web", "shop:v3").isMissingNode()).isFalse();
    }

    @Test
    void without_a_history_nothing_is_left_to_go_back_to() {
        var made = workload("Deployment", "web", "shop:v1", 1);
        made.withObject("/spec").put("revisionHistoryLimit", 0);
        api.create(apps("deployments"), made.toString());
        complete("web");

        roll("web", "shop:v2");

        until("clean-up", () -> replicaSets("web").size() == 1);
        roll("web", "shop:v1");
        assertThat(annotation(replicaSet("web", "shop:v1"), HISTORY)).isEmpty();
    }

    // ---- Deployments: paused, scaled, deleted

    @Test
    void what_changes_while_paused_makes_no_revision_until_it_is_resumed() {
        deploy("web", "shop:v1", 1);
        merge(web(), "{\"spec\":{\"paused\":true}}").expected();

        var edited = setImage("deployments/web", "shop:v2");
        until(web(), d -> d.at("/status/observedGeneration").asInt() >= generation(edited));
        giveItAChance();

        assertThat(replicaSets("web")).hasSize(1);
        assertThat(text(condition(api.get(web()), "Progressing"), "/reason")).isEqualTo("DeploymentPaused");
        merge(web(), "{\"spec\":{\"paused\":null}}").expected();
        complete("web");
        assertThat(replicaSets("web")).hasSize(2);
    }

    @Test
    void one_patch_can_put_a_paused_deployment_back_and_resume_it() {
        deploy("web", "shop:v1", 1);
        merge(web(), "{\"spec\":{\"paused\":true}}").expected();
        var seen = setImage("deployments/web", "shop:v2");
        var settled = until(web(), d -> d.at("/status/observedGeneration").asInt() >= generation(seen));

        jsonPatch(web(), """
                        [{"op":"test","path":"/metadata/resourceVersion","value":"%s"},
                         {"op":"replace","path":"/spec/template/spec/containers/0/image","value":"shop:v1"},
                         {"op":"replace","path":"/spec/paused","value":false}]""".formatted(version(settled))).expected();

        complete("web");
        assertThat(replicaSets("web")).extracting(ContractCase::imageOf).containsExactly("shop:v1");
    }

    @Test
    void a_paused_deployment_can_be_scaled() {
        deploy("web", "shop:v1", 1);
        merge(web(), "{\"spec\":{\"paused\":true}}").expected();

        merge(web(), "{\"spec\":{\"replicas\":3}}").expected();

        until(web(), d -> d.at("/status/availableReplicas").asInt() == 3);
    }

    @Test
    void the_scale_door_scales_and_an_undo_does_not() {
        deploy("web", "shop:v1", 1);
        var scale = (ObjectNode) api.get(web() + "/scale");
        scale.withObject("/spec").put("replicas", 2);

        var scaled = put(web() + "/scale", scale);
        complete("web");
        roll("web", "shop:v2");

        assertThat(scaled.status()).isEqualTo(200);
        assertThat(text(scaled.body(), "/kind")).isEqualTo("Scale");
        assertThat(text(scale, "/status/selector")).isEqualTo("app=web");
        assertThat(api.get(web()).at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(revision(api.get(web()))).isEqualTo("2");
    }

    @Test
    void a_deleted_deployment_takes_its_replica_sets_and_pods_along() {
        deploy("web", "shop:v1", 2);

        delete(web(), "{\"propagationPolicy\":\"Foreground\"}").expected();

        until("deletion", () -> api.find(web()).isEmpty());
        until(
                "collection",
                () -> items(apps("replicasets")).isEmpty() && pods("web").isEmpty());
    }

    @Test
    void a_deployment_made_again_takes_in_what_the_old_one_orphaned() {
        deploy("web", "shop:v1", 1);
        var before = replicaSet("web", "shop:v1");
        delete(web(), "{\"propagationPolicy\":\"Orphan\"}").expected();
        until("deletion", () -> api.find(web()).isEmpty());
        assertThat(pods("web")).hasSize(1);

        deploy("web", "shop:v1", 1);

        assertThat(uid(replicaSet("web", "shop:v1"))).isEqualTo(uid(before));
        assertThat(pods("web")).hasSize(1);
    }

    @Test
    void a_pod_that_is_deleted_comes_back_under_another_name() {
        deploy("web", "shop:v1", 1);
        var gone = pods("web").getFirst();

        delete(core("pods/" + name(gone)), "{\"preconditions\":{\"uid\":\"%s\"}}".formatted(uid(gone)))
                .expected();

        until(
                "another",
                () -> pods("web").stream().noneMatch(p -> uid(p).equals(uid(gone)))
                        && pods("web").size() == 1);
        complete("web");
    }

    // ---- Deployments: trouble

    @Test
    void a_bad_image_leaves_the_old_pods_serving_and_says_why() {
        deploy("web", "shop:v1", 2);
        merge(web(), "{\"spec\":{\"progressDeadlineSeconds\":2}}").expected();
        setImage("deployments/web", "shop:nopull");

        var stuck =
                until(web(), d -> text(condition(d, "Progressing"), "/reason").equals("ProgressDeadlineExceeded"));

        assertThat(text(condition(stuck, "Progressing"), "/status")).isEqualTo("False");
        assertThat(stuck.at("/status/availableReplicas").asInt()).isEqualTo(2);
        assertThat(stuck.at("/status/updatedReplicas").asInt()).isEqualTo(1);
        assertThat(imageOf(stuck)).isEqualTo("shop:nopull");
        assertThat(reasons("web")).contains("ImagePullBackOff");

        roll("web", "shop:v1");
        until("end of the bad pod", () -> pods("web").size() == 2);
    }

    private Set<String> reasons(String app) {
        return pods(app).stream()
                .map(p -> text(p, "/status/containerStatuses/0/state/waiting/reason"))
                .collect(Collectors.toCollection(HashSet::new));
    }

    @Test
    void a_crashing_container_shows_its_reason_its_restarts_and_its_last_words() {
        api.create(
                apps("deployments"),
                workload("Deployment", "web", "shop:crash-1", 1).toString());

        until("crash", () -> reasons("web").contains("CrashLoopBackOff"));
        until(
                "restart",
                () -> pods("web")
                                .getFirst()
                                .at("/status/containerStatuses/0/restartCount")
                                .asInt()
                        >= 1);

        var pod = pods("web").getFirst();
        assertThat(pod.at("/status/containerStatuses/0/lastState/terminated/exitCode")
                        .asInt())
                .isEqualTo(1);
        assertThat(pod.at("/status/containerStatuses/0/ready").asBoolean()).isFalse();
    }

    @Test
    void a_pod_that_runs_and_is_not_ready_is_not_available() {
        api.create(
                apps("deployments"),
                workload("Deployment", "web", "shop:unready", 1).toString());

        var running = until(
                web(),
                d -> d.at("/status/unavailableReplicas").asInt() == 1
                        && d.at("/status/updatedReplicas").asInt() == 1);
        until(
                "running",
                () -> pods("web").stream()
                        .allMatch(p -> text(p, "/status/phase").equals("Running")));

        assertThat(text(condition(pods("web").getFirst(), "Ready"), "/status")).isEqualTo("False");
        assertThat(running.at("/status/availableReplicas").asInt(0)).isZero();
        assertThat(text(condition(running, "Available"), "/status")).isEqualTo("False");
    }

    @Test
    void a_slow_pod_takes_its_time() {
        api.create(
                apps("deployments"),
                workload("Deployment", "web", "shop:slow2", 1).toString());
        until(web(), d -> d.at("/status/unavailableReplicas").asInt() == 1);

        complete("web");
    }

    @Test
    void recreate_ends_the_old_before_it_begins_the_new() {
        var made = workload("Deployment", "web", "shop:v1", 2);
        made.withObject("/spec").putObject("strategy").put("type", "Recreate");
        api.create(apps("deployments"), made.toString());
        complete("web");
        var start = version(api.get(core("pods")));

        roll("web", "shop:v2");

        var born = 0;
        var gone = 0;
        for (var event : watch(core("pods?watch=true&timeoutSeconds=1&resourceVersion=" + start))) {
            if (text(event, "/type").equals("DELETED")) {
                gone++;
            }
            if (text(event, "/type").equals("ADDED")) {
                assertThat(gone)
                        .as("old pods that were gone before the first new one")
                        .isEqualTo(2);
                born++;
            }
        }
        assertThat(born).isEqualTo(2);
    }

    @Test
    void a_rollout_never_has_fewer_pods_ready_than_it_may() {
        deploy("web", "shop:v1", 4);
        var start = version(api.get(core("pods")));
        roll("web", "shop:v2");

        var ready = new HashSet<String>();
        pods("web").forEach(p -> ready.add("start"));
        var least = Integer.MAX_VALUE;
        var serving = 4;
        var seen = new HashSet<String>();
        for (var event : watch(core("pods?watch=true&timeoutSeconds=1&resourceVersion=" + start))) {
            var pod = event.path("object");
            var is = text(condition(pod, "Ready"), "/status").equals("True")
                    && text(pod, "/metadata/deletionTimestamp").isEmpty()
                    && !text(event, "/type").equals("DELETED");
            var isOld = text(pod, "/spec/containers/0/image").equals("shop:v1");
            if (is && !isOld && seen.add(uid(pod))) {
                serving++;
            }
            if (!is && isOld && seen.add(uid(pod))) {
                serving--;
            }
            least = Math.min(least, serving);
        }
        assertThat(least).isGreaterThanOrEqualTo(3);
    }

    @Test
    void a_full_quota_stops_a_rollout_and_the_deployment_says_so() {
        deploy("web", "shop:v1", 1);
        api.create(core("resourcequotas"), "{\"metadata\":{\"name\":\"small\"},\"spec\":{\"hard\":{\"pods\":\"1\"}}}");
        until(core("resourcequotas/small"), q -> text(q, "/status/used/pods").equals("1"));

        setImage("deployments/web", "shop:v2");

        var stuck = until(
                web(), d -> text(condition(d, "ReplicaFailure"), "/status").equals("True"));
        assertThat(text(condition(stuck, "ReplicaFailure"), "/reason")).isEqualTo("FailedCreate");
        assertThat(text(condition(stuck, "ReplicaFailure"), "/message")).contains("exceeded quota: small");
        assertThat(stuck.at("/status/availableReplicas").asInt()).isEqualTo(1);
    }

    // ---- StatefulSets

    private JsonNode set(String image, int replicas) {
        api.create(
                apps("statefulsets"),
                workload("StatefulSet", "db", image, replicas).toString());
        return settledSet();
    }

    private JsonNode settledSet() {
        return until(
                apps("statefulsets/db"),
                s -> s.at("/status/observedGeneration").asInt() >= generation(s)
                        && s.at("/status/readyReplicas").asInt()
                                == s.at("/spec/replicas").asInt()
                        && text(s, "/status/updateRevision").equals(text(s, "/status/currentRevision")));
    }

    private List<JsonNode> revisions() {
        return items(apps("controllerrevisions")).stream()
                .sorted((a, b) -> Integer.compare(
                        a.path("revision").asInt(), b.path("revision").asInt()))
                .toList();
    }

    @Test
    void a_stateful_set_numbers_its_pods_and_keeps_its_history_in_revisions() {
        var set = set("shop:v1", 2);

        assertThat(pods("db")).extracting(ContractCase::name).containsExactlyInAnyOrder("db-0", "db-1");
        var revision = revisions().getFirst();
        assertThat(revision.path("revision").asInt()).isEqualTo(1);
        assertThat(text(set, "/status/currentRevision")).isEqualTo(name(revision));
        assertThat(text(revision, "/data/spec/template/$patch")).isEqualTo("replace");
        assertThat(text(revision, "/data/spec/template/spec/containers/0/image"))
                .isEqualTo("shop:v1");
        assertThat(pods("db"))
                .allSatisfy(p -> assertThat(text(p, "/metadata/labels/controller-revision-hash"))
                        .isEqualTo(name(revision)));
    }

    @Test
    void an_undo_gives_the_old_revision_of_a_stateful_set_a_new_number() {
        set("shop:v1", 1);
        var first = name(revisions().getFirst());
        setImage("statefulsets/db", "shop:v2");
        settledSet();

        setImage("statefulsets/db", "shop:v1");
        var undone = settledSet();

        assertThat(revisions()).hasSize(2);
        assertThat(name(revisions().getLast())).isEqualTo(first);
        assertThat(revisions().getLast().path("revision").asInt()).isEqualTo(3);
        assertThat(text(undone, "/status/currentRevision")).isEqualTo(first);
    }

    @Test
    void a_stateful_set_stays_stuck_on_a_bad_pod_after_an_undo_until_that_pod_is_deleted() {
        set("shop:v1", 2);
        setImage("statefulsets/db", "shop:unready");
        until("bad pod", () -> isRunning("db-1", "shop:unready"));

        setImage("statefulsets/db", "shop:v1");
        giveItAChance();
        giveItAChance();
        assertThat(isRunning("db-1", "shop:unready")).isTrue();

        var bad = api.get(core("pods/db-1"));
        delete(core("pods/db-1"), "{\"preconditions\":{\"uid\":\"%s\"}}".formatted(uid(bad)))
                .expected();
        settledSet();
        assertThat(text(api.get(core("pods/db-1")), "/spec/containers/0/image")).isEqualTo("shop:v1");
    }

    private boolean isRunning(String pod, String image) {
        return api.find(core("pods/" + pod))
                .filter(p -> text(p, "/spec/containers/0/image").equals(image))
                .filter(p -> text(p, "/status/phase").equals("Running"))
                .isPresent();
    }

    @Test
    void a_partition_holds_the_lower_pods_back() {
        set("shop:v1", 2);
        merge(apps("statefulsets/db"), """
                {"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}}}}""").expected();
        setImage("statefulsets/db", "shop:v2");

        until("upper pod", () -> isRunning("db-1", "shop:v2"));
        giveItAChance();

        assertThat(isRunning("db-0", "shop:v1")).isTrue();
        var set = until(
                apps("statefulsets/db"), s -> s.at("/status/updatedReplicas").asInt() == 1);
        assertThat(text(set, "/status/updateRevision")).isNotEqualTo(text(set, "/status/currentRevision"));
    }

    // ---- DaemonSets

    @Test
    void a_daemon_set_runs_on_every_node_and_undoes_by_revision() {
        api.create(
                apps("daemonsets"), workload("DaemonSet", "agent", "shop:v1", 0).toString());
        settledDaemons();
        var first = name(revisions().getFirst());
        setImage("daemonsets/agent", "shop:v2");
        settledDaemons();

        setImage("daemonsets/agent", "shop:v1");
        settledDaemons();

        assertThat(revisions()).hasSize(2);
        assertThat(name(revisions().getLast())).isEqualTo(first);
        assertThat(revisions().getLast().path("revision").asInt()).isEqualTo(3);
        var hash = text(revisions().getLast(), "/metadata/labels/controller-revision-hash");
        until(
                "new pods",
                () -> pods("agent").stream()
                        .allMatch(p -> text(p, "/metadata/labels/controller-revision-hash")
                                .equals(hash)));
    }

    private void settledDaemons() {
        until(apps("daemonsets/agent"), s -> {
            var wanted = s.at("/status/desiredNumberScheduled").asInt();
            return s.at("/status/observedGeneration").asInt() >= generation(s)
                    && wanted > 0
                    && s.at("/status/updatedNumberScheduled").asInt() == wanted
                    && s.at("/status/numberAvailable").asInt() == wanted;
        });
    }

    // ---- traffic

    private String slices() {
        var v1 = api.send("GET", "/apis/discovery.k8s.io/v1", KubeApi.JSON, "").status() == 200;
        return group(
                v1 ? "discovery.k8s.io/v1" : "discovery.k8s.io/v1beta1",
                "endpointslices?labelSelector=kubernetes.io/service-name%3Dweb");
    }

    private long ready() {
        return items(slices()).stream()
                .flatMap(s -> java.util.stream.StreamSupport.stream(
                        s.path("endpoints").spliterator(), false))
                .filter(e -> e.at("/conditions/ready").asBoolean())
                .count();
    }

    @Test
    void only_ready_pods_are_endpoints_and_a_new_selector_moves_them() {
        deploy("web", "shop:v1", 2);
        api.create(
                apps("deployments"),
                workload("Deployment", "green", "shop:unready", 1).toString());
        api.create(core("services"), """
                {"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}}""");

        var endpoints =
                until(core("endpoints/web"), e -> e.at("/subsets/0/addresses").size() == 2);
        until("slices", () -> ready() == 2);
        merge(core("services/web"), "{\"spec\":{\"selector\":{\"app\":\"green\"}}}")
                .expected();

        assertThat(endpoints.at("/subsets/0/ports/0/port").asInt()).isEqualTo(8080);
        assertThat(text(endpoints, "/subsets/0/addresses/0/targetRef/kind")).isEqualTo("Pod");
        until(
                core("endpoints/web"),
                e -> e.at("/subsets/0/notReadyAddresses").size() == 1
                        && e.at("/subsets/0/addresses").isMissingNode());
        until("slices", () -> ready() == 0);
    }

    // ---- the rest

    @Test
    void an_autoscaler_keeps_the_minimum_and_leaves_zero_alone() {
        deploy("web", "shop:v1", 1);
        api.create(group("autoscaling/v1", "horizontalpodautoscalers"), """
                {"metadata":{"name":"web"},"spec":{"minReplicas":3,"maxReplicas":5,
                  "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""");

        until(web(), d -> d.at("/spec/replicas").asInt() == 3);
        complete("web");

        assertThat(revision(api.get(web()))).isEqualTo("1");
    }

    @Test
    void a_job_runs_to_its_end() {
        api.create(group("batch/v1", "jobs"), """
                {"metadata":{"name":"once"},"spec":{"template":{"spec":{"restartPolicy":"Never",
                  "containers":[{"name":"main","image":"shop:v1"}]}}}}""");

        var done = until(
                group("batch/v1", "jobs/once"),
                j -> text(condition(j, "Complete"), "/status").equals("True"));

        assertThat(done.at("/status/succeeded").asInt()).isEqualTo(1);
    }

    @Test
    void a_budget_stops_an_eviction_and_not_a_deletion() {
        deploy("web", "shop:v1", 1);
        var v1 = api.send("GET", "/apis/policy/v1", KubeApi.JSON, "").status() == 200;
        var version = v1 ? "policy/v1" : "policy/v1beta1";
        api.create(group(version, "poddisruptionbudgets"), """
                {"metadata":{"name":"web"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}}""");
        until(
                group(version, "poddisruptionbudgets/web"),
                b -> b.at("/status/currentHealthy").asInt() == 1);
        var pod = name(pods("web").getFirst());

        var evicted = post(core("pods/" + pod + "/eviction"), """
                {"apiVersion":"%s","kind":"Eviction","metadata":{"name":"%s"}}""".formatted(version, pod));

        isFailure(evicted, 429, "TooManyRequests");
        assertThat(text(evicted.body(), "/message")).contains("disruption budget");
        delete(core("pods/" + pod), "").expected();
    }
}
