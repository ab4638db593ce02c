package lastgood.kubernetes.cnpg;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Trees;

/// The wish for a new Cluster that is restored from a backup of another. Pure.
///
/// Of the source only what the server needs to read its files and to be reached is taken over, by name: a Cluster that
/// had all of it would write its log into the source's archive, and make Services and roles of the same names.
final class Recovery {

    private static final String ORIGIN = "origin";

    /// What the files need (image, settings, disks) and what the pod needs (account, pull secrets, resources).
    private static final List<String> TAKEN_OVER = List.of(
            "imageName",
            "imageCatalogRef",
            "imagePullPolicy",
            "imagePullSecrets",
            "postgresUID",
            "postgresGID",
            "postgresql",
            "storage",
            "walStorage",
            "tablespaces",
            "resources",
            "ephemeralVolumesSizeLimit",
            "affinity",
            "serviceAccountTemplate",
            "seccompProfile",
            "schedulerName",
            "priorityClassName",
            "env",
            "envFrom",
            "projectedVolumeTemplate",
            "enableSuperuserAccess",
            "superuserSecret",
            "startDelay",
            "stopDelay",
            "logLevel");

    private Recovery() {}

    static ObjectNode spec(JsonNode source, JsonNode backup, RecoveryTarget target) {
        var spec = Api.JSON.createObjectNode();
        for (var field : TAKEN_OVER) {
            var value = source.path("spec").path(field);
            if (!value.isMissingNode()) {
                spec.set(field, value.deepCopy());
            }
        }
        spec.put("instances", 1);
        var recovery = spec.putObject("bootstrap").putObject("recovery");
        owner(source, recovery);
        origin(source, backup, spec, recovery, target);
        target(backup, recovery, target);
        return spec;
    }

    /// The owner keeps his password: without its Secret the operator would give him a new one.
    private static void owner(JsonNode source, ObjectNode recovery) {
        var bootstrap = source.path("spec").path("bootstrap");
        var made = bootstrap.path("initdb").isObject()
                ? bootstrap.path("initdb")
                : bootstrap.path("recovery").isObject() ? bootstrap.path("recovery") : bootstrap.path("pg_basebackup");
        recovery.put("database", made.path("database").asText("app"));
        recovery.put("owner", made.path("owner").asText(made.path("database").asText("app")));
        recovery.putObject("secret")
                .put("name", made.path("secret").path("name").asText(Trees.name(source) + "-app"));
    }

    private static void origin(
            JsonNode source, JsonNode backup, ObjectNode spec, ObjectNode recovery, RecoveryTarget target) {
        var archive = archive(source);
        archive.ifPresent(a -> {
            recovery.put("source", ORIGIN);
            spec.putArray("externalClusters").add(a);
        });
        if (CnpgBackups.method(backup).equals("volumeSnapshot")) {
            snapshots(backup, recovery);
            if (archive.isEmpty() && !(target.point() instanceof Point.Latest)) {
                throw new Forbidden(
                        "the Cluster %s has no archive of its write-ahead log: its snapshots can only be restored as they are\nnothing was changed"
                                .formatted(Trees.name(source)));
            }
        } else if (archive.isEmpty()) {
            throw new Forbidden(
                    "the Cluster %s has no object store any more, from which its backup could be restored\nnothing was changed"
                            .formatted(Trees.name(source)));
        }
    }

    private static Optional<ObjectNode> archive(JsonNode source) {
        var external = Api.JSON.createObjectNode().put("name", ORIGIN);
        var plugin = Clusters.archiver(source);
        if (!plugin.isMissingNode()) {
            var of =
                    external.putObject("plugin").put("name", plugin.path("name").asText());
            of.set("parameters", named(plugin.path("parameters"), source));
            return Optional.of(external);
        }
        if (Clusters.objectStore(source).isObject()) {
            external.set("barmanObjectStore", named(Clusters.objectStore(source), source));
            return Optional.of(external);
        }
        return Optional.empty();
    }

    /// The folder of the source's server; the operator would look for one that is called as the external cluster is.
    private static ObjectNode named(JsonNode store, JsonNode source) {
        var named = (ObjectNode) store.deepCopy();
        if (named.path("serverName").asText("").isEmpty()) {
            named.put("serverName", Trees.name(source));
        }
        return named;
    }

    /// Where the Clusters that are restored from it may keep their log and backups, each under its own name: two
    /// servers
    /// that write into one folder destroy each other's past.
    static ObjectNode place(JsonNode source, String name) {
        var spec = Api.JSON.createObjectNode();
        if (source.path("spec").path("backup").isObject()) {
            var backup = (ObjectNode) source.path("spec").path("backup").deepCopy();
            if (backup.path("barmanObjectStore").isObject()) {
                ((ObjectNode) backup.path("barmanObjectStore")).put("serverName", name);
            }
            spec.set("backup", backup);
        }
        if (source.path("spec").path("plugins").isArray()) {
            var plugins = (ArrayNode) source.path("spec").path("plugins").deepCopy();
            plugins.forEach(p -> {
                if (p.path("isWALArchiver").asBoolean(false)) {
                    ((ObjectNode) p).withObject("/parameters").put("serverName", name);
                }
            });
            spec.set("plugins", plugins);
        }
        return spec;
    }

    static boolean hasPlace(JsonNode cluster) {
        return cluster.path("spec").path("backup").isObject()
                || !Clusters.archiver(cluster).isMissingNode();
    }

    private static void snapshots(JsonNode backup, ObjectNode recovery) {
        var volumes = recovery.putObject("volumeSnapshots");
        for (var element : backup.at("/status/snapshotBackupStatus/elements")) {
            var name = element.path("name").asText();
            switch (element.path("type").asText()) {
                case "PG_DATA" -> snapshot(volumes.putObject("storage"), name);
                case "PG_WAL" -> snapshot(volumes.putObject("walStorage"), name);
                case "PG_TABLESPACE" ->
                    snapshot(
                            volumes.withObject("/tablespaceStorage")
                                    .putObject(element.path("tablespaceName").asText()),
                            name);
                default -> {} // nothing that we know how to bring back
            }
        }
        if (!volumes.has("storage")) {
            throw new Forbidden(
                    "the Backup %s names no snapshot of the data\nnothing was changed".formatted(Trees.name(backup)));
        }
    }

    private static void snapshot(ObjectNode reference, String name) {
        reference.put("name", name).put("kind", "VolumeSnapshot").put("apiGroup", "snapshot.storage.k8s.io");
    }

    private static void target(JsonNode backup, ObjectNode recovery, RecoveryTarget target) {
        var to = Api.JSON.createObjectNode();
        // The operator finds the right backup for a time or a position only; else it would take the last one, which may
        // be one of the damaged state.
        var id = backup.at("/status/backupId").asText("");
        if (!id.isEmpty() && !CnpgBackups.method(backup).equals("volumeSnapshot")) {
            to.put("backupID", id);
        }
        switch (target.point()) {
            // The server compares the lower half, without the epoch.
            case Point.Xid(var xid) -> to.put("targetXID", Long.toString(xid & 0xFFFF_FFFFL));
            case Point.Lsn(var lsn) -> {
                requireBefore(backup, position(backup.at("/status/endLSN").asText("")) <= position(lsn), lsn);
                to.put("targetLSN", lsn);
            }
            case Point.At(var time) -> {
                requireBefore(backup, !ended(backup).isAfter(time), time.toString());
                to.put("targetTime", time.toString());
            }
            case Point.Named(var name) -> to.put("targetName", name);
            case Point.Latest _ -> {}
        }
        if (!(target.point() instanceof Point.Latest)) {
            to.put("exclusive", !target.inclusive());
        }
        if (!to.isEmpty()) {
            recovery.set("recoveryTarget", to);
        }
    }

    private static Instant ended(JsonNode backup) {
        return Clusters.instant(backup.at("/status/stoppedAt").asText("")).orElse(Instant.MAX);
    }

    private static void requireBefore(JsonNode backup, boolean before, String target) {
        if (!before) {
            throw new Forbidden(
                    "the backup %s ended after %s, and cannot be brought back to it\nnothing was changed\nhint: take an earlier one"
                            .formatted(Trees.name(backup), target));
        }
    }

    private static long position(String lsn) {
        var slash = lsn.indexOf('/');
        return slash < 0
                ? Long.MAX_VALUE
                : (Long.parseLong(lsn.substring(0, slash), 16) << 32) | Long.parseLong(lsn.substring(slash + 1), 16);
    }
}
