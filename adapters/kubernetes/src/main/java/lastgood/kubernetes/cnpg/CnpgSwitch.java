package lastgood.kubernetes.cnpg;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// Makes a restored Cluster the one that the application reaches: the team's own Service is led there in one patch, and
/// then the old Cluster is put to sleep, which also ends the sessions that were open to it. It is never deleted; a
/// Cluster cannot be renamed, so it is kept under its own name.
///
/// The Services that the operator makes (`NAME-rw`) belong to it and always lead to their own Cluster: an application
/// that
/// connects to one of these cannot be led elsewhere by us.
public final class CnpgSwitch {

    private static final String KEPT_AS = "lastgood.dev/kept-as";

    private static final int TRIES = 8;

    private final Api api;
    private final Clusters clusters;

    public CnpgSwitch(Api api, Map<ServiceRef, CnpgDatabase> databases) {
        this.api = api;
        this.clusters = new Clusters(api, databases);
    }

    public Swapped look(ServiceRef ref, String scratch) {
        var database = clusters.database(ref);
        var leads = leadsTo(entrance(database));
        if (leads.equals(database.cluster())) {
            var old = clusters.read(database, database.cluster());
            return clusters.find(database, scratch).filter(Clusters::healthy).isEmpty()
                    ? new Swapped.Stale("the Cluster %s is not there, or not healthy".formatted(scratch))
                    : new Swapped.NotYet("%s %s".formatted(database.cluster(), Trees.uid(old)));
        }
        if (!leads.equals(scratch)) {
            return new Swapped.Stale("the Service %s leads to %s".formatted(entranceName(database), leads));
        }
        var old = clusters.find(database, database.cluster());
        return old.filter(o -> !Clusters.hibernates(o)).isPresent()
                ? new Swapped.NotYet("%s %s".formatted(scratch, Trees.uid(old.get())))
                : new Swapped.Done(old.map(o -> Trees.annotation(o, KEPT_AS))
                        .filter(k -> !k.isEmpty())
                        .orElse(database.cluster()));
    }

    /// @param keepAs what people call the old one; written on it, and told by [#look] from then on
    public void swap(ServiceRef ref, String scratch, String keepAs, Fence fence) {
        var database = clusters.database(ref);
        switch (look(ref, scratch)) {
            case Swapped.Done _ -> {}
            case Swapped.Stale(var why) -> throw new WorldMoved(why);
            case Swapped.NotYet _ -> {
                lead(database, scratch, fence);
                putToSleep(database, keepAs, fence);
            }
        }
    }

    private void lead(CnpgDatabase database, String scratch, Fence fence) {
        for (var i = 0; i < TRIES; i++) {
            var service = entrance(database);
            if (leadsTo(service).equals(scratch)) {
                return;
            }
            if (!leadsTo(service).equals(database.cluster())) {
                throw new WorldMoved("the Service %s leads to %s".formatted(Trees.name(service), leadsTo(service)));
            }
            var patch = JsonPatch.of(service).annotate(service, Trees.MARK, fence.key());
            if (service.path("spec").path("type").asText().equals("ExternalName")) {
                patch.set(
                        "/spec/externalName",
                        scratch
                                + externalName(service)
                                        .substring(database.cluster().length()));
            } else {
                patch.set("/spec/selector/" + JsonPatch.escape(CnpgKinds.OF_CLUSTER), scratch);
            }
            if (written(Kind.SERVICE, database, Trees.name(service), patch)) {
                return;
            }
        }
        throw new WorldMoved("the Service %s is written to all the time".formatted(entranceName(database)));
    }

    private void putToSleep(CnpgDatabase database, String keepAs, Fence fence) {
        for (var i = 0; i < TRIES; i++) {
            var old = clusters.find(database, database.cluster());
            if (old.isEmpty() || Clusters.hibernates(old.get())) {
                return;
            }
            var patch = JsonPatch.of(old.get())
                    .annotate(old.get(), CnpgKinds.HIBERNATION, "on")
                    .annotate(old.get(), KEPT_AS, keepAs)
                    .annotate(old.get(), Trees.MARK, fence.key());
            if (written(CnpgKinds.CLUSTER, database, database.cluster(), patch)) {
                return;
            }
        }
        throw new WorldMoved("the Cluster %s is written to all the time".formatted(database.cluster()));
    }

    private boolean written(Kind kind, CnpgDatabase database, String name, JsonPatch patch) {
        return switch (api.patch(kind, database.namespace(), name, patch)) {
            case Answer.Ok _ -> true;
            case Answer.Refused(var refusal, var _) when refusal.conflict() || refusal.invalid() -> false;
            case Answer.Refused refused -> throw refused.failure();
        };
    }

    // ---- the way in

    private static String entranceName(CnpgDatabase database) {
        return database.entrance()
                .orElseThrow(() -> new Forbidden(
                        "no Service of the team's own stands before the Cluster %s, so the application cannot be led to another one\nnothing was changed\nhint: make a Service with the selector cnpg.io/cluster: %s, cnpg.io/instanceRole: primary, let the application connect to it, and name it in the configuration"
                                .formatted(database.cluster(), database.cluster())));
    }

    private JsonNode entrance(CnpgDatabase database) {
        var name = entranceName(database);
        var service = api.find(Kind.SERVICE, database.namespace(), name)
                .orElseThrow(() -> new Forbidden(
                        "there is no Service %s in %s\nnothing was changed".formatted(name, database.namespace())));
        if (isTheOperators(service)) {
            throw new Forbidden("the Service %s is the operator's, who would lead it back at once\nnothing was changed"
                    .formatted(name));
        }
        return service;
    }

    private static boolean isTheOperators(JsonNode service) {
        return Trees.items(service.path("metadata").path("ownerReferences"))
                .anyMatch(o -> o.path("kind").asText().equals("Cluster"));
    }

    /// The Cluster's name; what is neither a selector of one nor a name of its `-rw` is told as it is.
    private static String leadsTo(JsonNode service) {
        if (service.path("spec").path("type").asText().equals("ExternalName")) {
            var first = externalName(service).split("\\.", 2)[0];
            return first.endsWith("-rw") ? first.substring(0, first.length() - "-rw".length()) : externalName(service);
        }
        return Optional.of(service.path("spec")
                        .path("selector")
                        .path(CnpgKinds.OF_CLUSTER)
                        .asText(""))
                .filter(s -> !s.isEmpty())
                .orElse("no Cluster");
    }

    private static String externalName(JsonNode service) {
        return service.path("spec").path("externalName").asText("");
    }
}
