package lastgood.kubernetes.cnpg;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// The Clusters of services, and questions to one of them.
final class Clusters {

    static final String SOURCE = "lastgood.dev/source-cluster";

    private final Api api;
    private final Map<ServiceRef, CnpgDatabase> databases;

    Clusters(Api api, Map<ServiceRef, CnpgDatabase> databases) {
        this.api = api;
        this.databases = Map.copyOf(databases);
    }

    CnpgDatabase database(ServiceRef ref) {
        var database = databases.get(ref);
        if (database == null) {
            throw new Forbidden(
                    "the configuration knows no CloudNativePG cluster for %s\nnothing was changed".formatted(ref));
        }
        return database;
    }

    /// As it is now: after a switch, the Cluster that the team's Service leads to is the one that users have. One that
    /// we
    /// did not restore is nobody's that the configuration knows.
    CnpgDatabase now(ServiceRef ref) {
        var database = database(ref);
        if (database.entrance().isEmpty()) {
            return database;
        }
        var entrance =
                api.find(Kind.SERVICE, database.namespace(), database.entrance().get());
        if (entrance.isEmpty()) {
            // A backup is needed most where something is amiss; one of a Cluster that is asleep is refused in any case.
            return database;
        }
        var leads = Entrance.leadsTo(entrance.get());
        if (leads.equals(database.cluster())) {
            return database;
        }
        if (find(database, leads).filter(c -> !source(c).isEmpty()).isEmpty()) {
            throw new Forbidden(
                    "the Service %s leads to %s, which is neither the Cluster %s of the configuration nor restored by lastgood\nnothing was changed\nhint: name the Cluster that users have: services.%s.database.backup.resource"
                            .formatted(database.entrance().get(), leads, database.cluster(), ref.service()));
        }
        return database.in(leads);
    }

    /// The Cluster that one was restored from; empty: it was not restored by us.
    static String source(JsonNode cluster) {
        return Trees.annotation(cluster, SOURCE);
    }

    Optional<JsonNode> find(CnpgDatabase database, String name) {
        return api.find(CnpgKinds.CLUSTER, database.namespace(), name).filter(c -> !Trees.terminating(c));
    }

    JsonNode read(CnpgDatabase database, String name) {
        return find(database, name)
                .orElseThrow(() -> new Forbidden(
                        "there is no Cluster %s in %s\nnothing was changed".formatted(name, database.namespace())));
    }

    static boolean healthy(JsonNode cluster) {
        return cluster.path("status").path("phase").asText().equals(CnpgKinds.HEALTHY)
                && cluster.path("status").path("readyInstances").asInt(0) > 0
                && !hibernates(cluster);
    }

    static boolean hibernates(JsonNode cluster) {
        return Trees.annotation(cluster, CnpgKinds.HIBERNATION).equals("on");
    }

    /// Why the write-ahead log does not reach the archive; empty = it does, as far as the operator says.
    static Optional<String> archivingTrouble(JsonNode cluster) {
        var archiving = Trees.condition(cluster, CnpgKinds.ARCHIVING);
        if (archiving.path("status").asText().equals("True")) {
            return Optional.empty();
        }
        return Optional.of(
                archiving.isMissingNode()
                        ? "the Cluster %s does not say that it archives its write-ahead log"
                                .formatted(Trees.name(cluster))
                        : "the Cluster %s does not archive its write-ahead log: %s"
                                .formatted(
                                        Trees.name(cluster),
                                        archiving.path("message").asText("?")));
    }

    /// The plugin that archives; a missing node if none does.
    static JsonNode archiver(JsonNode cluster) {
        return Trees.items(cluster.path("spec").path("plugins"))
                .filter(p -> p.path("enabled").asBoolean(true)
                        && p.path("isWALArchiver").asBoolean(false))
                .findFirst()
                .orElseGet(com.fasterxml.jackson.databind.node.MissingNode::getInstance);
    }

    static JsonNode objectStore(JsonNode cluster) {
        return cluster.path("spec").path("backup").path("barmanObjectStore");
    }

    /// Before that, nothing can be restored, whatever Backups there are; empty = nobody says.
    Optional<Instant> firstRecoverable(CnpgDatabase database, JsonNode cluster, String method) {
        var status = cluster.path("status");
        var of = method.equals("plugin")
                ? window(database, cluster).path("firstRecoverabilityPoint")
                : status.path("firstRecoverabilityPointByMethod").path(method);
        return instant(of.asText(""))
                .or(() -> method.equals("barmanObjectStore")
                        ? instant(status.path("firstRecoverabilityPoint").asText(""))
                        : Optional.empty());
    }

    /// What the Barman Cloud plugin keeps of this server in its own object.
    private JsonNode window(CnpgDatabase database, JsonNode cluster) {
        var parameters = archiver(cluster).path("parameters");
        var store = parameters.path("barmanObjectName").asText("");
        if (store.isEmpty() || api.served(CnpgKinds.OBJECT_STORE).isEmpty()) {
            return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        }
        return api.find(CnpgKinds.OBJECT_STORE, database.namespace(), store)
                .map(o -> o.path("status")
                        .path("serverRecoveryWindow")
                        .path(parameters.path("serverName").asText(Trees.name(cluster))))
                .orElseGet(com.fasterxml.jackson.databind.node.MissingNode::getInstance);
    }

    static Optional<Instant> instant(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }
}
