package lastgood.kubernetes.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// Reads how far a workload is. What its controller says counts only once it has seen the latest wish
/// (`observedGeneration`), and "complete" is all of: as many of the new as wanted, all available, none of the old left,
/// none on its way out that still gets requests.
final class Rollouts {

    private static final String REVISION = "deployment.kubernetes.io/revision";
    private static final String HASH = "controller-revision-hash";

    private final Api api;
    private final Pods pods;

    Rollouts(Api api, Pods pods) {
        this.api = api;
        this.pods = pods;
    }

    Counts count(WorkloadKind kind, String namespace, JsonNode object) {
        return switch (kind) {
            case DEPLOYMENT -> deployment(namespace, object);
            case STATEFUL_SET -> statefulSet(namespace, object);
            case DAEMON_SET -> daemonSet(namespace, object);
            case CRON_JOB -> cronJob(namespace, object);
        };
    }

    static boolean observed(JsonNode object) {
        return object.path("status").path("observedGeneration").asLong(0)
                >= object.path("metadata").path("generation").asLong(0);
    }

    static int replicas(JsonNode object) {
        return object.path("spec").path("replicas").asInt(1);
    }

    // ---- Deployment

    private Counts deployment(String namespace, JsonNode object) {
        var status = object.path("status");
        var wanted = replicas(object);
        var updated = status.path("updatedReplicas").asInt(0);
        var all = status.path("replicas").asInt(0);
        var available = status.path("availableReplicas").asInt(0);
        if (observed(object) && updated == wanted && all == wanted && available == wanted) {
            var leaving = pods.of(namespace, object).stream()
                    .filter(Trees::terminating)
                    .toList();
            var serving = Math.toIntExact(pods.stillServing(namespace, leaving));
            return new Counts(wanted, wanted, wanted, serving, true, List.of());
        }
        return replacing(namespace, object, wanted, all);
    }

    private Counts replacing(String namespace, JsonNode object, int wanted, int all) {
        var sets = pods.replicaSets(namespace, object);
        var current = sets.stream()
                .filter(rs ->
                        observed(object) && Trees.annotation(rs, REVISION).equals(Trees.annotation(object, REVISION)))
                .filter(rs -> sameTemplate(rs, object))
                .findFirst();
        var updated =
                current.map(rs -> rs.path("status").path("replicas").asInt(0)).orElse(0);
        var ready = current.map(
                        rs -> rs.path("status").path("availableReplicas").asInt(0))
                .orElse(0);
        var old = sets.stream()
                .filter(rs -> current.isEmpty() || !Trees.uid(rs).equals(Trees.uid(current.get())))
                .mapToInt(rs -> rs.path("status").path("replicas").asInt(0))
                .sum();
        var trouble = new ArrayList<>(conditions(object));
        current.ifPresent(rs -> trouble.addAll(PodTrouble.of(ownPods(namespace, object, rs))));
        // The Deployment's own status lags behind: as long as it does, the workload is not complete.
        var settled = updated == wanted && ready == wanted && old == 0 && all != wanted ? all : old;
        return new Counts(wanted, updated, ready, settled, observed(object), trouble);
    }

    private static boolean sameTemplate(JsonNode set, JsonNode deployment) {
        var place = lastgood.kubernetes.objects.Template.Place.of(deployment, java.util.Optional.empty());
        return lastgood.kubernetes.objects.Template.of(set.path("spec").path("template"), place)
                .digest()
                .equals(lastgood.kubernetes.objects.Template.of(
                                deployment.path("spec").path("template"), place)
                        .digest());
    }

    private List<JsonNode> ownPods(String namespace, JsonNode deployment, JsonNode set) {
        return api
                .list(
                        Kind.POD,
                        namespace,
                        Trees.selector(deployment.path("spec").path("selector")))
                .stream()
                .filter(p -> Trees.ownedBy(p, Trees.uid(set)))
                .toList();
    }

    private static List<String> conditions(JsonNode object) {
        var trouble = new ArrayList<String>();
        if (Trees.is(object, "ReplicaFailure")) {
            trouble.add(
                    Trees.condition(object, "ReplicaFailure").path("message").asText());
        }
        var progressing = Trees.condition(object, "Progressing");
        if (progressing.path("status").asText().equals("False")) {
            trouble.add("%s: %s"
                    .formatted(
                            progressing.path("reason").asText(),
                            progressing.path("message").asText()));
        }
        return trouble;
    }

    // ---- StatefulSet and DaemonSet: their pods say which revision they are of

    private Counts statefulSet(String namespace, JsonNode object) {
        var wanted = replicas(object);
        return byHash(
                namespace,
                object,
                wanted,
                object.path("status").path("updateRevision").asText(""),
                true);
    }

    private Counts daemonSet(String namespace, JsonNode object) {
        var wanted = object.path("status").path("desiredNumberScheduled").asInt(0);
        return byHash(namespace, object, wanted, newestHash(namespace, object), false);
    }

    private Counts byHash(String namespace, JsonNode object, int wanted, String hash, boolean waits) {
        var all = pods.of(namespace, object);
        var current = all.stream()
                .filter(p -> !Trees.terminating(p) && Trees.label(p, HASH).equals(hash) && observed(object))
                .toList();
        var ready = Math.toIntExact(current.stream().filter(Pods::ready).count());
        return new Counts(
                wanted,
                current.size(),
                ready,
                all.size() - current.size(),
                observed(object),
                ready == wanted ? List.of() : PodTrouble.of(current),
                waits && observed(object) ? stuck(all, hash) : List.of());
    }

    /// A StatefulSet goes on with the next pod when this one is ready. One of a revision that nobody wants any more and
    /// that is not ready may never be: its controller waits for it for ever, also after an undo.
    private static List<WorkloadState.Stuck> stuck(List<JsonNode> pods, String hash) {
        return pods.stream()
                .filter(p -> !Trees.terminating(p) && !Trees.label(p, HASH).equals(hash) && !Pods.ready(p))
                .map(p -> new WorkloadState.Stuck(Trees.name(p), Trees.uid(p)))
                .toList();
    }

    // ---- CronJob

    /// It makes pods when it is due; until then there is nothing to replace. Suspended it is at zero, but not complete
    /// while Jobs that it began before still run: whoever stops it because of what it writes has to wait for them.
    private Counts cronJob(String namespace, JsonNode object) {
        return object.path("spec").path("suspend").asBoolean(false)
                ? new Counts(0, 0, 0, running(namespace, object), true, List.of())
                : new Counts(1, 1, 1, 0, true, List.of());
    }

    /// By who owns them: what the CronJob says itself (`status.active`) lags behind, and is the answer only where the
    /// Role does not allow to look, which a plan that relies on it is refused for.
    private int running(String namespace, JsonNode object) {
        try {
            return Math.toIntExact(api.list(Kind.JOB, namespace, "").stream()
                    .filter(job -> Trees.ownedBy(job, Trees.uid(object)))
                    .filter(job -> !Trees.is(job, "Complete") && !Trees.is(job, "Failed"))
                    .count());
        } catch (Forbidden mayNot) {
            return object.path("status").path("active").size();
        }
    }

    private String newestHash(String namespace, JsonNode object) {
        return revisions(namespace, object).stream()
                .max(Comparator.comparingLong(r -> r.path("revision").asLong()))
                .map(r -> Trees.label(r, HASH))
                .orElse("");
    }

    List<JsonNode> revisions(String namespace, JsonNode object) {
        return api
                .list(
                        Kind.CONTROLLER_REVISION,
                        namespace,
                        Trees.selector(object.path("spec").path("selector")))
                .stream()
                .filter(r -> Trees.ownedBy(r, Trees.uid(object)))
                .toList();
    }
}
