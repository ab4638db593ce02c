package lastgood.kubernetes.cnpg;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.core.data.Backup;
import lastgood.core.data.Backup.Proof;
import lastgood.core.data.Backup.Rehearsal;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Backups;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Refusal;
import lastgood.kubernetes.objects.Trees;

/// Backups of CloudNativePG: each is a Backup object, which its operator carries out.
///
/// The operator's word is all there is until somebody restores one: `completed` means that it was written, not that it
/// can be read. So such a proof is [Proof.Vouched] and never more. What we add (alias, reason, proof, rehearsal) is in
/// annotations of the object, so it goes when it goes.
/// Retention is the operator's, by time; taking one never takes another away, and nothing here deletes any.
public final class CnpgBackups implements Backups {

    static final String KEY = "lastgood.dev/key";
    private static final String ALIAS = "lastgood.dev/alias";
    private static final String REASON = "lastgood.dev/reason";

    /// `2026-01-02T14:35:12Z how`
    private static final String VERIFIED = "lastgood.dev/verified";

    /// `2026-01-02T14:35:12Z seconds cluster`
    static final String RESTORED = "lastgood.dev/restored";

    private static final int TRIES = 8;

    /// The store and the object may round differently.
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    private final Api api;
    private final Clusters clusters;
    private final InstantSource clock;

    public CnpgBackups(Api api, Map<ServiceRef, CnpgDatabase> databases, InstantSource clock) {
        this.api = api;
        this.clusters = new Clusters(api, databases);
        this.clock = clock;
    }

    // ---- looking

    /// Those that failed are in it, as broken ones; those underway are not.
    @Override
    public List<Backup> all(ServiceRef service) {
        var database = clusters.now(service);
        var cluster = clusters.find(database, database.cluster());
        return api.list(CnpgKinds.BACKUP, database.namespace(), "").stream()
                .filter(b -> isOf(b, database))
                .filter(b -> isOver(b))
                .map(b -> backup(database, cluster, b))
                .sorted(Comparator.comparing(Backup::finished).reversed())
                .toList();
    }

    @Override
    public State look(ServiceRef service, String name) {
        var database = clusters.now(service);
        var found = api.find(CnpgKinds.BACKUP, database.namespace(), name);
        if (found.isEmpty()) {
            return new State.None();
        }
        var object = requireOf(found.get(), database);
        return isOver(object)
                ? new State.There(backup(database, clusters.find(database, database.cluster()), object))
                : new State.Underway(progress(object));
    }

    private static boolean isOf(JsonNode backup, CnpgDatabase database) {
        return backup.at("/spec/cluster/name").asText().equals(database.cluster());
    }

    private static JsonNode requireOf(JsonNode backup, CnpgDatabase database) {
        if (!isOf(backup, database)) {
            throw new Forbidden("the Backup %s is of the Cluster %s, not of %s\nnothing was changed"
                    .formatted(
                            Trees.name(backup), backup.at("/spec/cluster/name").asText(), database.cluster()));
        }
        return backup;
    }

    private static String phase(JsonNode backup) {
        return backup.at("/status/phase").asText("");
    }

    private static boolean isOver(JsonNode backup) {
        return phase(backup).equals("completed") || phase(backup).equals("failed");
    }

    private static String progress(JsonNode backup) {
        return switch (phase(backup)) {
            case "" -> "asked for; the operator has not taken notice yet";
            case "walArchivingFailing" -> "it waits: the write-ahead log is not archived";
            default -> phase(backup) + error(backup);
        };
    }

    private static String error(JsonNode backup) {
        var error = backup.at("/status/error").asText("");
        return error.isEmpty() ? "" : ": " + error;
    }

    private Backup backup(CnpgDatabase database, Optional<JsonNode> cluster, JsonNode object) {
        var status = object.path("status");
        var made = Clusters.instant(object.at("/metadata/creationTimestamp").asText())
                .orElse(Instant.EPOCH);
        var started = Clusters.instant(status.path("startedAt").asText("")).orElse(made);
        var finished = Clusters.instant(status.path("stoppedAt").asText("")).orElse(started);
        return new Backup(
                Trees.name(object),
                Trees.annotation(object, ALIAS),
                "cnpg",
                label(object),
                system(cluster, made),
                timeline(status.path("beginWal").asText("")),
                status.path("beginLSN").asText(""),
                status.path("endLSN").asText(""),
                started,
                finished,
                0, // the operator does not say
                "",
                "",
                Trees.annotation(object, REASON),
                proof(database, cluster, object, finished),
                rehearsal(object));
    }

    static String method(JsonNode backup) {
        return backup.at("/status/method").asText(backup.at("/spec/method").asText("barmanObjectStore"));
    }

    private static String label(JsonNode backup) {
        var id = backup.at("/status/backupId").asText("");
        var snapshots = backup.at("/status/snapshotBackupStatus/elements");
        return id.isEmpty() ? snapshots.path(0).path("name").asText("") : id;
    }

    /// Of the Cluster that is there now, if it was there when the backup was made.
    private static String system(Optional<JsonNode> cluster, Instant made) {
        return cluster.filter(c -> Clusters.instant(
                                c.at("/metadata/creationTimestamp").asText())
                        .filter(born -> !born.isAfter(made))
                        .isPresent())
                .map(c -> c.at("/status/systemID").asText(""))
                .orElse("");
    }

    /// The first eight hexadecimal digits of a segment's name.
    private static int timeline(String segment) {
        return segment.matches("[0-9A-F]{24}") ? Integer.parseUnsignedInt(segment.substring(0, 8), 16) : 0;
    }

    private Proof proof(CnpgDatabase database, Optional<JsonNode> cluster, JsonNode object, Instant finished) {
        if (!phase(object).equals("completed")) {
            return new Proof.Broken(finished, "the operator says that it failed" + error(object));
        }
        var gone = cluster.flatMap(c -> clusters.firstRecoverable(database, c, method(object)))
                .filter(first -> finished.plus(ROUNDING).isBefore(first));
        if (gone.isPresent()) {
            return new Proof.Broken(
                    gone.get(), "it is older than the first point that can be restored, %s".formatted(gone.get()));
        }
        if (rehearsal(object) instanceof Rehearsal.Restored(var at, var _, var _)) {
            return new Proof.Verified(at, "cnpg: restored into a Cluster that became healthy");
        }
        var said = Trees.annotation(object, VERIFIED).split(" ", 2);
        var at = Clusters.instant(said[0]);
        return said.length == 2 && at.isPresent() && database.trust() == CnpgDatabase.Trust.OPERATORS_WORD
                ? new Proof.Vouched(at.get(), said[1])
                : new Proof.Unverified();
    }

    private static Rehearsal rehearsal(JsonNode object) {
        var said = Trees.annotation(object, RESTORED).split(" ", 3);
        var at = Clusters.instant(said[0]);
        return said.length >= 2 && at.isPresent() && said[1].matches("[0-9]{1,9}")
                ? new Rehearsal.Restored(at.get(), Duration.ofSeconds(Long.parseLong(said[1])), 0)
                : new Rehearsal.Never();
    }

    // ---- taking

    @Override
    public void take(ServiceRef service, String name, String alias, String reason, Fence fence) {
        var database = clusters.now(service);
        var cluster = clusters.read(database, database.cluster());
        if (Clusters.hibernates(cluster)) {
            // After a switch: a backup of the old one would be taken for one of what users have.
            throw new Forbidden(
                    "the Cluster %s is asleep, so it is not what users have\nnothing was changed\nhint: name the Cluster that replaced it in the configuration, and give it a place for its backups"
                            .formatted(database.cluster()));
        }
        var object = api.object(CnpgKinds.BACKUP, database.namespace(), name);
        object.withObject("/metadata/labels").put("app.kubernetes.io/managed-by", Api.MANAGER);
        object.withObject("/metadata/annotations")
                .put(KEY, fence.key())
                .put(ALIAS, alias)
                .put(REASON, reason);
        var spec = object.putObject("spec");
        spec.putObject("cluster").put("name", database.cluster());
        var archiver = Clusters.archiver(cluster);
        if (!archiver.isMissingNode()) {
            spec.put("method", "plugin");
            spec.putObject("pluginConfiguration")
                    .put("name", archiver.path("name").asText());
        } else if (Clusters.objectStore(cluster).isObject()) {
            spec.put("method", "barmanObjectStore");
        } else if (cluster.at("/spec/backup/volumeSnapshot").isObject()) {
            spec.put("method", "volumeSnapshot");
        } else {
            throw new Forbidden(
                    "the Cluster %s has nowhere to put a backup: no object store, no plugin that archives, no snapshots\nnothing was changed\nhint: configure `spec.backup` or `spec.plugins` of it"
                            .formatted(database.cluster()));
        }
        switch (api.create(CnpgKinds.BACKUP, database.namespace(), object)) {
            case Answer.Ok _ -> {}
            case Answer.Refused(var refusal, var _)
            when refusal.conflict() -> requireOurs(database, name, fence, refusal);
            case Answer.Refused refused -> throw refused.failure();
        }
    }

    private void requireOurs(CnpgDatabase database, String name, Fence fence, Refusal refusal) {
        var there = api.find(CnpgKinds.BACKUP, database.namespace(), name);
        if (there.filter(b -> Trees.annotation(b, KEY).equals(fence.key())).isEmpty()) {
            throw new WorldMoved("could not take the backup %s: %s".formatted(name, refusal));
        }
    }

    // ---- verifying

    /// Takes the operator's word, if that is what the service's configuration trusts; else only a restore proves it.
    @Override
    public void verify(ServiceRef service, String name, Fence fence) {
        var database = clusters.now(service);
        for (var i = 0; i < TRIES; i++) {
            var object = requireOf(read(database, name), database);
            if (!phase(object).equals("completed")) {
                throw new WorldMoved("the backup %s is not completed but %s".formatted(name, progress(object)));
            }
            if (rehearsal(object) instanceof Rehearsal.Restored) {
                return;
            }
            requireTrust(database, name);
            var how = word(database, object);
            var patch = JsonPatch.of(object).annotate(object, VERIFIED, "%s %s".formatted(clock.instant(), how));
            if (written(database, name, patch)) {
                return;
            }
        }
        throw new WorldMoved("the Backup %s is written to all the time".formatted(name));
    }

    private JsonNode read(CnpgDatabase database, String name) {
        return api.find(CnpgKinds.BACKUP, database.namespace(), name)
                .orElseThrow(() -> new WorldMoved("the Backup %s is gone".formatted(name)));
    }

    private static void requireTrust(CnpgDatabase database, String name) {
        switch (database.trust()) {
            case OPERATORS_WORD -> {}
            case RESTORED ->
                throw new Forbidden(
                        "the backup %s is completed, and nobody has read it back: CloudNativePG can only do that by restoring it\nnothing was changed\nhint: restore it into a scratch Cluster (a rehearsal), or trust the operator's word for this service"
                                .formatted(name));
        }
    }

    /// One that was taken while the server was down needs no log to be restored.
    private String word(CnpgDatabase database, JsonNode backup) {
        if (method(backup).equals("volumeSnapshot")
                && !backup.at("/status/online").asBoolean(true)) {
            return "cnpg: completed, by the operator's word; not read back";
        }
        var trouble = Clusters.archivingTrouble(clusters.read(database, database.cluster()));
        if (trouble.isPresent()) {
            throw new Forbidden("the backup %s cannot be relied on: %s\nnothing was changed"
                    .formatted(Trees.name(backup), trouble.get()));
        }
        return "cnpg: completed and archiving, by the operator's word; not read back";
    }

    private boolean written(CnpgDatabase database, String name, JsonPatch patch) {
        return switch (api.patch(CnpgKinds.BACKUP, database.namespace(), name, patch)) {
            case Answer.Ok _ -> true;
            case Answer.Refused(var refusal, var _) when refusal.conflict() || refusal.invalid() -> false;
            case Answer.Refused refused -> throw refused.failure();
        };
    }

    /// Writes down that it was restored, which is the best proof there is.
    void restored(CnpgDatabase database, String name, String into, Duration took) {
        for (var i = 0; i < TRIES; i++) {
            var object = read(database, name);
            if (!Trees.annotation(object, RESTORED).isEmpty()) {
                return;
            }
            var patch = JsonPatch.of(object)
                    .annotate(
                            object,
                            RESTORED,
                            "%s %d %s".formatted(clock.instant(), Math.max(1, took.toSeconds()), into));
            if (written(database, name, patch)) {
                return;
            }
        }
    }
}
