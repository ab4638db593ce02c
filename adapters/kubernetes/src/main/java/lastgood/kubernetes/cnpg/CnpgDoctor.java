package lastgood.kubernetes.cnpg;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.install.Finding;
import lastgood.kubernetes.objects.Trees;

/// What would keep a backup, a restore or a swap by CloudNativePG from working. It only looks.
public final class CnpgDoctor {

    private final Api api;
    private final Clusters clusters;

    public CnpgDoctor(Api api, Map<ServiceRef, CnpgDatabase> databases) {
        this.api = api;
        this.clusters = new Clusters(api, databases);
    }

    /// Also what is fine.
    public List<Finding> findings(ServiceRef service) {
        var configured = clusters.database(service);
        var what = "CloudNativePG Cluster %s/%s".formatted(configured.namespace(), configured.cluster());
        try {
            if (api.served(CnpgKinds.CLUSTER).isEmpty()) {
                return List.of(Finding.missing(
                        what,
                        "this API server knows no Cluster of CloudNativePG, so no backup of %s can be taken"
                                .formatted(service),
                        "install its operator, or name another kind of backup"));
            }
            var found = new ArrayList<Finding>();
            entrance(configured, found);
            var now = clusters.now(service);
            clusters.find(now, now.cluster())
                    .ifPresentOrElse(
                            c -> cluster(what(now), c, found),
                            () -> found.add(Finding.missing(
                                    what(now),
                                    "does not exist",
                                    "name it: services.%s.database.backup.resource".formatted(service.service()))));
            return found;
        } catch (Forbidden e) {
            return List.of(Finding.missing(what, first(e), "no backup can be taken until that is so"));
        } catch (Unreachable e) {
            return List.of(Finding.warn(what, "could not look: " + first(e), ""));
        }
    }

    private static String first(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String what(CnpgDatabase database) {
        return "CloudNativePG Cluster %s/%s".formatted(database.namespace(), database.cluster());
    }

    private void entrance(CnpgDatabase database, List<Finding> found) {
        if (database.entrance().isEmpty()) {
            found.add(Finding.warn(
                    what(database),
                    "no Service of your own is named, so the application cannot be led to a restored Cluster: damaged rows can be salvaged, and the database cannot be swapped",
                    "services.%s.database.restore.service"
                            .formatted(database.service().service())));
            return;
        }
        var entrance = new Entrance(api, database);
        var what = "Service %s/%s".formatted(database.namespace(), entrance.name());
        try {
            found.add(Finding.ok(what, "leads to " + entrance.leadsTo()));
        } catch (Forbidden e) {
            // A backup can be taken all the same.
            found.add(Finding.warn(
                    what, first(e), "without it the database cannot be swapped; damaged rows can be salvaged"));
        }
    }

    private static void cluster(String what, JsonNode cluster, List<Finding> found) {
        if (Clusters.hibernates(cluster)) {
            found.add(Finding.missing(
                    what, "is asleep, so it is not what users have", "name the Cluster that replaced it"));
            return;
        }
        found.add(
                Clusters.healthy(cluster)
                        ? Finding.ok(what, "healthy, by the operator's word")
                        : Finding.warn(
                                what,
                                "not healthy: " + cluster.at("/status/phase").asText("the operator says nothing"),
                                "kubectl describe cluster " + Trees.name(cluster)));
        if (!Recovery.hasPlace(cluster)) {
            found.add(Finding.missing(
                    what,
                    "has nowhere to put a backup: no object store, no plugin that archives, no snapshots",
                    "configure `spec.backup` or `spec.plugins` of it"));
        }
        found.add(Clusters.archivingTrouble(cluster)
                .map(why -> Finding.missing(
                        what, why, "no backup is relied on, and no point in time is reached, until it does"))
                .orElseGet(() -> Finding.ok(what, "archives its write-ahead log, by the operator's word")));
        var managed = Trees.items(cluster.at("/spec/managed/roles"))
                .filter(r -> r.path("login").asBoolean(false))
                .map(r -> r.path("name").asText())
                .collect(Collectors.joining(", "));
        if (!managed.isEmpty()) {
            found.add(
                    Finding.warn(
                            what,
                            "manages the logins of %s: a write fence takes them away, and the operator gives them back"
                                    .formatted(managed),
                            "take those that the application uses out of `spec.managed.roles`; the fence's limit of connections holds all but superusers"));
        }
    }
}
