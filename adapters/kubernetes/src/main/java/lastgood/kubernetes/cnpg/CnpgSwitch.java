package lastgood.kubernetes.cnpg;

import java.util.Map;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
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
/// Before users reach it, the new Cluster gets a place for its log and backups: the old one's, under its own name
/// there. A server that archives nothing cannot be restored to what users will write from now on.
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
        var database = of(ref, scratch);
        var entrance = new Entrance(api, database);
        var leads = entrance.leadsTo();
        if (leads.equals(database.cluster())) {
            var old = clusters.read(database, database.cluster());
            return clusters.find(database, scratch).filter(Clusters::healthy).isEmpty()
                    ? new Swapped.Stale("the Cluster %s is not there, or not healthy".formatted(scratch))
                    : new Swapped.NotYet("%s %s".formatted(database.cluster(), Trees.uid(old)));
        }
        if (!leads.equals(scratch)) {
            return new Swapped.Stale("the Service %s leads to %s".formatted(entrance.name(), leads));
        }
        var old = clusters.find(database, database.cluster());
        return old.filter(o -> !Clusters.hibernates(o)).isPresent()
                ? new Swapped.NotYet("%s %s".formatted(scratch, Trees.uid(old.get())))
                : new Swapped.Done(old.map(o -> Trees.annotation(o, KEPT_AS))
                        .filter(k -> !k.isEmpty())
                        .orElse(database.cluster()));
    }

    /// The service's database as it was when the scratch was restored from it: not the first one after a second switch.
    private CnpgDatabase of(ServiceRef ref, String scratch) {
        var database = clusters.database(ref);
        return clusters.find(database, scratch)
                .map(Clusters::source)
                .filter(s -> !s.isEmpty())
                .map(database::in)
                .orElse(database);
    }

    /// @param keepAs what people call the old one; written on it, and told by [#look] from then on
    public void swap(ServiceRef ref, String scratch, String keepAs, Fence fence) {
        var database = of(ref, scratch);
        switch (look(ref, scratch)) {
            case Swapped.Done _ -> {}
            case Swapped.Stale(var why) -> throw new WorldMoved(why);
            case Swapped.NotYet _ -> {
                archive(database, scratch, fence);
                lead(database, scratch, fence);
                putToSleep(database, keepAs, fence);
            }
        }
    }

    private void archive(CnpgDatabase database, String scratch, Fence fence) {
        for (var i = 0; i < TRIES; i++) {
            var there = clusters.read(database, scratch);
            var place = Recovery.place(clusters.read(database, database.cluster()), scratch);
            if (place.isEmpty() || Recovery.hasPlace(there)) {
                return;
            }
            var patch = JsonPatch.of(there).annotate(there, Trees.MARK, fence.key());
            place.properties().forEach(field -> patch.set("/spec/" + field.getKey(), field.getValue()));
            if (written(CnpgKinds.CLUSTER, database, scratch, patch)) {
                return;
            }
        }
        throw new WorldMoved("the Cluster %s is written to all the time".formatted(scratch));
    }

    private void lead(CnpgDatabase database, String scratch, Fence fence) {
        var entrance = new Entrance(api, database);
        for (var i = 0; i < TRIES; i++) {
            var service = entrance.object();
            var leads = Entrance.leadsTo(service);
            if (leads.equals(scratch)) {
                return;
            }
            if (!leads.equals(database.cluster())) {
                throw new WorldMoved("the Service %s leads to %s".formatted(entrance.name(), leads));
            }
            var patch = JsonPatch.of(service).annotate(service, Trees.MARK, fence.key());
            Entrance.lead(service, database.cluster(), scratch, patch);
            if (written(Kind.SERVICE, database, entrance.name(), patch)) {
                return;
            }
        }
        throw new WorldMoved("the Service %s is written to all the time".formatted(entrance.name()));
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
}
