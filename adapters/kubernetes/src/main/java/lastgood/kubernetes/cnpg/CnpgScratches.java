package lastgood.kubernetes.cnpg;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import lastgood.core.ServiceRef;
import lastgood.core.data.RecoveryTarget;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.PodTrouble;

/// Restores a backup into a new Cluster beside the old one, `NAME-lg-ID`, which writes into no archive.
///
/// The operator ends a recovery by promoting the server: what is there is at the target and can be written to, it is
/// not
/// paused. Only the one that rehearsals restore into is deleted here; `kubectl delete cluster` does it for the others,
/// when nobody needs them any more.
public final class CnpgScratches {

    static final String KEY = "lastgood.dev/key";
    private static final String OF = "lastgood.dev/restored-from";
    private static final String TARGET = "lastgood.dev/recovery-target";

    /// Of a Cluster: its pods' names have more letters.
    private static final int NAME_MAX = 50;

    private static final int TRIES = 8;

    private final Api api;
    private final Clusters clusters;
    private final CnpgBackups backups;
    private final InstantSource clock;

    public CnpgScratches(Api api, Map<ServiceRef, CnpgDatabase> databases, InstantSource clock) {
        this.api = api;
        this.clusters = new Clusters(api, databases);
        this.backups = new CnpgBackups(api, databases, clock);
        this.clock = clock;
    }

    public sealed interface State {
        record None() implements State {}

        /// @param progress in the operator's words, and what is wrong with its pods
        record Underway(String progress) implements State {}

        /// At its target, promoted.
        ///
        /// @param host the name by which it is reached from within the cluster
        /// @param secret the Secret that has the owner's name and password
        record Ready(String cluster, String host, String secret) implements State {}

        /// @param why it is not what was asked for
        record Foreign(String why) implements State {}
    }

    /// @param id short and of the assessment's or run's own: it is part of the name
    public String name(ServiceRef service, String id) {
        var name = clusters.database(service).cluster() + "-lg-" + id;
        if (!name.matches("[a-z]([-a-z0-9]*[a-z0-9])?") || name.length() > NAME_MAX) {
            throw new Forbidden(
                    "`%s` cannot be the name of a Cluster: at most %d small letters, digits and dashes\nnothing was changed"
                            .formatted(name, NAME_MAX));
        }
        return name;
    }

    public State look(ServiceRef service, String id, String backup, RecoveryTarget target) {
        var database = clusters.database(service);
        var name = name(service, id);
        var found = clusters.find(database, name);
        if (found.isEmpty()) {
            return new State.None();
        }
        var cluster = found.get();
        if (!Trees.annotation(cluster, OF).equals(backup)
                || !Trees.annotation(cluster, TARGET).equals(target.toString())) {
            return new State.Foreign("there is a Cluster %s, restored from %s to %s"
                    .formatted(name, said(Trees.annotation(cluster, OF)), said(Trees.annotation(cluster, TARGET))));
        }
        if (!Clusters.healthy(cluster)) {
            return new State.Underway(progress(database, cluster));
        }
        return new State.Ready(
                name,
                host(database, name),
                cluster.at("/spec/bootstrap/recovery/secret/name").asText());
    }

    /// Writes on the backup that it was restored, and how long that took: the best proof that there is. To be called
    /// when
    /// the look says that it is ready.
    public void prove(ServiceRef service, String id, String backup, RecoveryTarget target) {
        var database = clusters.database(service);
        if (!(look(service, id, backup, target) instanceof State.Ready(var name, var _, var _))) {
            throw new WorldMoved("the Cluster %s is not ready".formatted(name(service, id)));
        }
        var cluster = clusters.read(database, name);
        var born = Clusters.instant(cluster.at("/metadata/creationTimestamp").asText())
                .orElseGet(clock::instant);
        var ready = Clusters.instant(Trees.condition(cluster, "Ready")
                        .path("lastTransitionTime")
                        .asText(""))
                .orElseGet(clock::instant);
        backups.restored(database, backup, name, Duration.between(born, ready));
    }

    private static String said(String text) {
        return text.isEmpty() ? "nobody says what" : text;
    }

    private String progress(CnpgDatabase database, JsonNode cluster) {
        var phase = cluster.at("/status/phase").asText("");
        var reason = cluster.at("/status/phaseReason").asText("");
        var trouble = trouble(database, Trees.name(cluster));
        return (phase.isEmpty() ? "asked for; the operator has not taken notice yet" : phase)
                + (reason.isEmpty() ? "" : ": " + reason)
                + (trouble.isEmpty() ? "" : " (%s)".formatted(trouble));
    }

    /// A target that is never reached ends the recovery's pod, and the operator begins anew, for ever.
    private String trouble(CnpgDatabase database, String name) {
        List<JsonNode> pods;
        try {
            pods = api.list(Kind.POD, database.namespace(), CnpgKinds.OF_CLUSTER + "=" + name);
        } catch (Forbidden mayNot) {
            return "its pods may not be looked at";
        }
        return PodTrouble.of(pods).stream().collect(Collectors.joining("; "));
    }

    /// Asks for it; one of that name that was asked for in the same way is left as it is.
    ///
    /// @param backup name of the Backup to begin with: it has to have ended before the target
    public void begin(ServiceRef service, String id, String backup, RecoveryTarget target, Fence fence) {
        begin(service, id, backup, target, fence.key());
    }

    /// @param key of whoever asks
    void begin(ServiceRef service, String id, String backup, RecoveryTarget target, String key) {
        var database = clusters.now(service);
        var name = name(service, id);
        var source = clusters.read(database, database.cluster());
        if (Clusters.hibernates(source)) {
            throw new Forbidden("the Cluster %s is asleep, so it is not what users have\nnothing was changed"
                    .formatted(database.cluster()));
        }
        var from = api.find(CnpgKinds.BACKUP, database.namespace(), backup)
                .filter(b -> b.at("/spec/cluster/name").asText().equals(database.cluster()))
                .filter(b -> b.at("/status/phase").asText().equals("completed"))
                .orElseThrow(
                        () -> new Forbidden("there is no completed backup %s of the Cluster %s\nnothing was changed"
                                .formatted(backup, database.cluster())));
        var object = api.object(CnpgKinds.CLUSTER, database.namespace(), name);
        object.withObject("/metadata/labels").put("app.kubernetes.io/managed-by", Api.MANAGER);
        object.withObject("/metadata/annotations")
                .put(KEY, key)
                .put(OF, backup)
                .put(Clusters.SOURCE, database.cluster())
                .put(TARGET, target.toString());
        object.set("spec", Recovery.spec(source, from, target));
        switch (api.create(CnpgKinds.CLUSTER, database.namespace(), object)) {
            case Answer.Ok _ -> {}
            case Answer.Refused(var refusal, var _)
            when refusal.conflict() -> {
                if (look(service, id, backup, target) instanceof State.Foreign(var why)) {
                    throw new WorldMoved(why);
                }
            }
            case Answer.Refused refused -> throw refused.failure();
        }
    }

    /// The name by which a restored Cluster is reached from within the cluster.
    ///
    /// @throws WorldMoved if there is none of that name, or it was not restored by us, or it is not healthy
    public String host(ServiceRef service, String name) {
        var database = clusters.database(service);
        if (clusters.find(database, name)
                .filter(c -> !Trees.annotation(c, OF).isEmpty())
                .filter(Clusters::healthy)
                .isEmpty()) {
            throw new WorldMoved("the Cluster %s is not there, or not healthy".formatted(name));
        }
        return host(database, name);
    }

    private static String host(CnpgDatabase database, String name) {
        return "%s-rw.%s.svc".formatted(name, database.namespace());
    }

    /// Deletes the one Cluster that rehearsals restore into, and its disk with it; it holds nothing that anybody has
    /// written. No other may be deleted: the Role names this one.
    public void dropRehearsal(ServiceRef service) {
        var database = clusters.database(service);
        var name = name(service, CnpgDatabase.REHEARSAL);
        var there = api.find(CnpgKinds.CLUSTER, database.namespace(), name);
        if (there.isEmpty() || Trees.terminating(there.get())) {
            return;
        }
        if (Trees.annotation(there.get(), OF).isEmpty() || isInUse(service, name)) {
            throw new Forbidden("the Cluster %s is not one that a rehearsal made\nnothing was deleted".formatted(name));
        }
        // With a new look each time, because the operator writes to it as well.
        for (var i = 0; i < TRIES; i++) {
            var seen = api.find(CnpgKinds.CLUSTER, database.namespace(), name);
            if (seen.isEmpty() || !Trees.uid(seen.get()).equals(Trees.uid(there.get()))) {
                return;
            }
            switch (api.delete(CnpgKinds.CLUSTER, database.namespace(), name, seen.get())) {
                case Answer.Ok _ -> {
                    return;
                }
                case Answer.Refused(var refusal, var _) when refusal.conflict() -> {}
                case Answer.Refused refused -> throw refused.failure();
            }
        }
        throw new WorldMoved("the Cluster %s is written to all the time".formatted(name));
    }

    /// Also one that is on its way out.
    boolean isThere(ServiceRef service, String id) {
        return api.find(CnpgKinds.CLUSTER, clusters.database(service).namespace(), name(service, id))
                .isPresent();
    }

    private boolean isInUse(ServiceRef service, String name) {
        return clusters.database(service).entrance().isPresent()
                && clusters.now(service).cluster().equals(name);
    }
}
