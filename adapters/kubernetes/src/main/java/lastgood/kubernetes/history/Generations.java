package lastgood.kubernetes.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Pods;
import lastgood.kubernetes.workloads.Templates;
import lastgood.kubernetes.workloads.WorkloadKind;

/// The history that Kubernetes keeps of one workload, in the order in which it ran: old ReplicaSets of a Deployment,
/// ControllerRevisions of the others.
///
/// Their numbers are positions, not names: an undo takes a ReplicaSet out of its place and puts it at the end, and
/// notes
/// the places it had in `revision-history`. Read back, that is the only trace of a rollback that was done by hand.
public final class Generations {

    private static final String REVISION = "deployment.kubernetes.io/revision";
    private static final String EARLIER = "deployment.kubernetes.io/revision-history";

    private final Api api;

    public Generations(Api api) {
        this.api = api;
    }

    /// One stretch of time in which the workload was asked for one pod template.
    ///
    /// @param position Kubernetes' revision number
    /// @param made when the template was first seen; for a return to an earlier one, when that was first made
    public record Generation(long position, Templates.Found found, Instant made) {
        public Digest digest() {
            return found.template().digest();
        }
    }

    /// Oldest first. Neighbours with the same template (a restart, a maintenance switch) are one.
    public List<Generation> of(KubeService service, String workload) {
        var kind = service.kind(workload);
        var object = api.find(kind.kind(), service.namespace(), workload);
        return object.map(o -> of(service, kind, o)).orElse(List.of());
    }

    List<Generation> of(KubeService service, WorkloadKind kind, JsonNode object) {
        var place = Template.Place.of(object, service.maintenanceEnv());
        return switch (kind) {
            case DEPLOYMENT -> replicaSets(new Pods(api).replicaSets(service.namespace(), object), place);
            case STATEFUL_SET, DAEMON_SET -> revisions(controllerRevisions(service.namespace(), object), place);
            case CRON_JOB -> List.of();
        };
    }

    private List<JsonNode> controllerRevisions(String namespace, JsonNode object) {
        return api
                .list(
                        Kind.CONTROLLER_REVISION,
                        namespace,
                        Trees.selector(object.path("spec").path("selector")))
                .stream()
                .filter(r -> Trees.ownedBy(r, Trees.uid(object)))
                .toList();
    }

    static List<Generation> replicaSets(List<JsonNode> sets, Template.Place place) {
        var byPosition = new TreeMap<Long, Generation>();
        for (var set : sets) {
            var found = new Templates.Found(Template.of(set.path("spec").path("template"), place), place);
            for (var position : positions(set)) {
                byPosition.put(position, new Generation(position, found, made(set)));
            }
        }
        return merged(List.copyOf(byPosition.values()));
    }

    private static List<Long> positions(JsonNode set) {
        var all = new ArrayList<Long>();
        for (var text : (Trees.annotation(set, EARLIER) + "," + Trees.annotation(set, REVISION)).split(",", -1)) {
            if (text.matches("[0-9]{1,18}")) {
                all.add(Long.parseLong(text));
            }
        }
        return all;
    }

    static List<Generation> revisions(List<JsonNode> revisions, Template.Place place) {
        return merged(revisions.stream()
                .map(r -> new Generation(
                        r.path("revision").asLong(),
                        new Templates.Found(Template.of(template(r), place), place),
                        made(r)))
                .sorted(Comparator.comparingLong(Generation::position))
                .toList());
    }

    /// What a controller keeps is a patch, and `$patch` tells whoever applies it how: no part of the template.
    private static JsonNode template(JsonNode revision) {
        var template = revision.path("data").path("spec").path("template").deepCopy();
        return template instanceof ObjectNode object ? object.without("$patch") : template;
    }

    private static Instant made(JsonNode object) {
        return Optional.of(object.path("metadata").path("creationTimestamp").asText(""))
                .filter(t -> !t.isEmpty())
                .map(Instant::parse)
                .orElse(Instant.EPOCH);
    }

    private static List<Generation> merged(List<Generation> all) {
        var merged = new ArrayList<Generation>();
        for (var next : all) {
            if (merged.isEmpty() || !merged.getLast().digest().equals(next.digest())) {
                merged.add(next);
            }
        }
        return merged;
    }
}
