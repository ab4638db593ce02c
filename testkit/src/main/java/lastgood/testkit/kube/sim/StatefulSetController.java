package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps numbered pods. With `OrderedReady` it waits for every pod before it touches the next, also for one that will
/// never be ready: after an undo the set stays stuck until somebody deletes that pod. This is so in the real one, and
/// the reason why a rollback has to delete it.
final class StatefulSetController implements Controller {

    private final Desk desk;
    private final Revisions revisions;

    StatefulSetController(Desk desk) {
        this.desk = desk;
        this.revisions = new Revisions(desk);
    }

    @Override
    public void tick() {
        desk.each("statefulsets.apps", set -> {
            if (!Desk.isDying(set)) {
                sync(set);
            }
        });
    }

    private record Seen(ObjectNode set, ObjectNode update, ObjectNode current, NavigableMap<Integer, ObjectNode> pods) {

        int wanted() {
            return Desk.replicas(set);
        }

        boolean ordered() {
            return !Json.text(set, "spec", "podManagementPolicy").equals("Parallel");
        }

        boolean rolls() {
            return Json.text(set, "spec", "updateStrategy", "type").equals("RollingUpdate");
        }

        int partition() {
            return (int) Json.number(set, 0, "spec", "updateStrategy", "rollingUpdate", "partition");
        }
    }

    private void sync(ObjectNode set) {
        var update = revisions.current(set);
        var current = revisions.of(set).stream()
                .filter(r -> Desk.name(r).equals(Json.text(set, "status", "currentRevision")))
                .findFirst()
                .orElse(update);
        var seen = new Seen(set, update, current, numbered(set));
        if (fill(seen) && condemn(seen)) {
            replaceOld(seen);
        }
        count(new Seen(set, update, current, numbered(set)));
        var live = new HashSet<>(List.of(Desk.name(update), Desk.name(current)));
        numbered(set).values().forEach(p -> live.add(Revisions.hash(p)));
        revisions.cleanUp(set, live);
    }

    private NavigableMap<Integer, ObjectNode> numbered(ObjectNode set) {
        var pods = new TreeMap<Integer, ObjectNode>();
        for (var pod : desk.claimed(set, "pods")) {
            var name = Desk.name(pod);
            var ordinal = name.substring(name.lastIndexOf('-') + 1);
            if (ordinal.matches("[0-9]+")) {
                pods.put(Integer.parseInt(ordinal), pod);
            }
        }
        return pods;
    }

    /// Whether all that should be there are, and it may go on.
    private boolean fill(Seen seen) {
        for (var ordinal = 0; ordinal < seen.wanted(); ordinal++) {
            var pod = seen.pods().get(ordinal);
            var phase = pod == null ? "" : Json.text(pod, "status", "phase");
            if (pod != null && (phase.equals("Failed") || phase.equals("Succeeded")) && !Desk.isDying(pod)) {
                desk.deleteNow(pod);
                return false;
            }
            if (pod == null) {
                create(seen, ordinal);
                if (seen.ordered()) {
                    return false;
                }
            } else if (seen.ordered() && (Desk.isDying(pod) || !Desk.isReady(pod))) {
                return false;
            }
        }
        return true;
    }

    private void create(Seen seen, int ordinal) {
        var old = seen.rolls() && ordinal < seen.partition();
        var revision = old ? seen.current() : seen.update();
        var pod = Templates.pod(seen.set(), Revisions.template(revision));
        var name = Desk.name(seen.set()) + "-" + ordinal;
        Json.child(pod, "metadata").put("name", name);
        Json.child(pod, "metadata", "labels")
                .put(Revisions.HASH, Desk.name(revision))
                .put("statefulset.kubernetes.io/pod-name", name);
        Json.child(pod, "spec").put("hostname", name);
        var service = Json.text(seen.set(), "spec", "serviceName");
        if (!service.isEmpty()) {
            Json.child(pod, "spec").put("subdomain", service);
        }
        try {
            desk.create(pod);
        } catch (ApiFailure failure) {
            desk.event(seen.set(), "Warning", "FailedCreate", failure.said());
        }
    }

    /// Pods above the wanted number go, the last first.
    private boolean condemn(Seen seen) {
        for (var pod : seen.pods().tailMap(seen.wanted(), true).descendingMap().values()) {
            if (!Desk.isDying(pod)) {
                desk.delete(pod, "Background");
            }
            if (seen.ordered()) {
                return false;
            }
        }
        return true;
    }

    /// One at a time from the last down to the partition.
    private void replaceOld(Seen seen) {
        if (!seen.rolls()) {
            return;
        }
        for (var ordinal = seen.wanted() - 1; ordinal >= seen.partition(); ordinal--) {
            var pod = seen.pods().get(ordinal);
            if (pod == null) {
                return;
            }
            if (!Desk.isDying(pod) && !Revisions.hash(pod).equals(Desk.name(seen.update()))) {
                desk.delete(pod, "Background");
                return;
            }
            if (Desk.isDying(pod) || !Desk.isReady(pod)) {
                return;
            }
        }
    }

    private void count(Seen seen) {
        var set = desk.find("statefulsets.apps", Desk.namespace(seen.set()), Desk.name(seen.set()));
        if (set == null) {
            return;
        }
        var next = set.deepCopy();
        var status = Json.child(next, "status");
        var pods = seen.pods().headMap(Math.max(0, seen.wanted()), false).values().stream()
                .filter(p -> !Desk.isDying(p))
                .toList();
        var ready = pods.stream().filter(Desk::isReady).count();
        var updated = of(pods, seen.update());
        var current = of(pods, seen.current());
        status.put("replicas", seen.pods().size());
        status.put("observedGeneration", Json.number(set, 0, "metadata", "generation"));
        whole(status, Map.of("readyReplicas", ready, "updatedReplicas", updated, "currentReplicas", current));
        status.put("currentRevision", Desk.name(seen.current()));
        status.put("updateRevision", Desk.name(seen.update()));
        status.put("collisionCount", 0);
        if (seen.rolls()
                && updated == seen.pods().size()
                && ready == seen.pods().size()
                && ready == seen.wanted()) {
            status.put("currentRevision", Desk.name(seen.update()));
            whole(status, Map.of("currentReplicas", updated));
        }
        if (!Json.same(set, next)) {
            desk.updateStatus(next);
        }
    }

    private static void whole(ObjectNode status, Map<String, Long> counters) {
        counters.forEach((name, value) -> Json.setOrRemove(status, name, value));
    }

    private static long of(List<ObjectNode> pods, @Nullable JsonNode revision) {
        return pods.stream()
                .filter(p -> revision != null && Revisions.hash(p).equals(Desk.name(revision)))
                .count();
    }
}
