package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A CloudNativePG of the simulated cluster: it has no servers, and walks Clusters and Backups through the phases that
/// the
/// real operator shows, one at each look. It does nothing where its kinds are not defined.
public final class CnpgOperator implements Controller {

    private static final String BACKUPS = "backups.postgresql.cnpg.io";
    private static final String CLUSTERS = "clusters.postgresql.cnpg.io";
    private static final String HIBERNATION = "cnpg.io/hibernation";

    private static final long SEGMENT = 0x100_0000;

    private final Desk desk;
    private volatile String backupError = "";
    private volatile boolean archives = true;
    private volatile boolean restores = true;
    private volatile boolean asleep;
    private long lsn = 0x300_0000;
    private int count;

    CnpgOperator(Desk desk) {
        this.desk = desk;
    }

    /// Backups from now on fail with that; empty = they do not.
    public void backupsFail(String error) {
        backupError = error;
    }

    /// Whether the log reaches the archive.
    public void archives(boolean works) {
        archives = works;
    }

    /// Whether a restore gets where it should; else its recovery ends and begins anew.
    public void restores(boolean works) {
        restores = works;
    }

    /// While it is asleep nothing moves.
    public void asleep(boolean sleeps) {
        asleep = sleeps;
    }

    /// As a test begins.
    public void calm() {
        backupsFail("");
        archives(true);
        restores(true);
        asleep(false);
    }

    @Override
    public void tick() {
        if (asleep) {
            return;
        }
        desk.each(CLUSTERS, this::cluster);
        desk.each(BACKUPS, this::backup);
    }

    // ---- clusters

    private void cluster(ObjectNode cluster) {
        if (Desk.isDying(cluster)) {
            return;
        }
        var next = cluster.deepCopy();
        var status = Json.child(next, "status");
        if (Desk.annotation(cluster, HIBERNATION).equals("on")) {
            status.put("phase", "Cluster in healthy state").put("readyInstances", 0);
            Conditions.set(status, condition(HIBERNATION, true, "Hibernated", "Cluster has been hibernated"));
        } else {
            advance(cluster, status);
        }
        if (!Json.same(cluster, next)) {
            desk.updateStatus(next, "cloudnative-pg");
        }
    }

    private void advance(ObjectNode cluster, ObjectNode status) {
        var phase = Json.text(status, "phase");
        if (phase.isEmpty()) {
            status.put("phase", "Setting up primary").put("instances", 0).put("readyInstances", 0);
            return;
        }
        if (!restores && !Json.at(cluster, "spec", "bootstrap", "recovery").isMissingNode()) {
            status.put("phaseReason", "Creating primary instance %s-1".formatted(Desk.name(cluster)));
            return;
        }
        var instances = Json.number(cluster, 1, "spec", "instances");
        status.put("phase", "Cluster in healthy state")
                .put("instances", instances)
                .put("readyInstances", instances);
        status.remove("phaseReason");
        Json.whenMissing(
                status,
                "systemID",
                "7" + Integer.toUnsignedString(Desk.uid(cluster).hashCode()));
        Json.whenMissing(status, "timelineID", 1);
        status.put("currentPrimary", Desk.name(cluster) + "-1");
        Conditions.set(status, condition("Ready", true, "ClusterIsReady", "Cluster is Ready"));
        if (hasArchive(cluster)) {
            Conditions.set(
                    status,
                    archives
                            ? condition(
                                    "ContinuousArchiving",
                                    true,
                                    "ContinuousArchivingSuccess",
                                    "Continuous archiving is working")
                            : condition(
                                    "ContinuousArchiving",
                                    false,
                                    "ContinuousArchivingFailing",
                                    "unexpected failure invoking barman-cloud-wal-archive: exit status 4"));
        }
    }

    private static boolean hasArchive(JsonNode cluster) {
        return Json.at(cluster, "spec", "backup").has("barmanObjectStore")
                || !Json.at(cluster, "spec", "plugins").isMissingNode();
    }

    private ObjectNode condition(String type, boolean yes, String reason, String message) {
        return Json.object(
                "type",
                type,
                "status",
                yes ? "True" : "False",
                "reason",
                reason,
                "message",
                message,
                "lastTransitionTime",
                desk.time());
    }

    // ---- backups

    private void backup(ObjectNode backup) {
        var phase = Json.text(backup, "status", "phase");
        var cluster = desk.find(CLUSTERS, Desk.namespace(backup), Json.text(backup, "spec", "cluster", "name"));
        if (phase.equals("completed") || phase.equals("failed") || Desk.isDying(backup) || cluster == null) {
            return;
        }
        var next = backup.deepCopy();
        var status = Json.child(next, "status");
        switch (phase) {
            case "" -> {
                if (!archives && hasArchive(cluster)) {
                    status.put("phase", "walArchivingFailing");
                } else {
                    begin(backup, status);
                }
            }
            case "walArchivingFailing" -> {
                if (archives) {
                    begin(backup, status);
                }
            }
            case "started" -> status.put("phase", "running");
            default -> end(backup, status);
        }
        if (!Json.same(backup, next)) {
            desk.updateStatus(next, "cloudnative-pg");
            if (Json.text(status, "phase").equals("completed")) {
                tell(cluster, status);
            }
        }
    }

    private void begin(ObjectNode backup, ObjectNode status) {
        status.put("phase", "started").put("startedAt", desk.time());
        status.put("method", Json.text(backup, "spec", "method"));
        status.putObject("instanceID").put("podName", Json.text(backup, "spec", "cluster", "name") + "-1");
    }

    private void end(ObjectNode backup, ObjectNode status) {
        status.put("stoppedAt", desk.time());
        if (!backupError.isEmpty()) {
            status.put("phase", "failed").put("error", backupError);
            return;
        }
        count++;
        status.put("phase", "completed").put("online", true);
        status.put("beginLSN", position(lsn)).put("beginWal", segment(lsn));
        lsn += SEGMENT;
        status.put("endLSN", position(lsn)).put("endWal", segment(lsn));
        if (Json.text(backup, "spec", "method").equals("volumeSnapshot")) {
            var elements = status.putObject("snapshotBackupStatus").putArray("elements");
            elements.addObject().put("name", Desk.name(backup)).put("type", "PG_DATA");
            elements.addObject().put("name", Desk.name(backup) + "-wal").put("type", "PG_WAL");
        } else {
            status.put("backupId", "20260102T1435%02d".formatted(count % 60));
        }
    }

    private static String position(long lsn) {
        return "%X/%X".formatted(lsn >>> 32, lsn & 0xFFFF_FFFFL);
    }

    private static String segment(long lsn) {
        return "%08X%08X%08X".formatted(1, lsn >>> 32, (lsn & 0xFFFF_FFFFL) / SEGMENT);
    }

    /// As for the built-in store; a plugin keeps it elsewhere.
    private void tell(ObjectNode cluster, ObjectNode of) {
        if (Json.text(of, "method").equals("plugin")) {
            return;
        }
        var next = desk.find(CLUSTERS, Desk.namespace(cluster), Desk.name(cluster));
        if (next == null) {
            return;
        }
        var status = Json.child(next, "status");
        var stopped = Json.text(of, "stoppedAt");
        Json.whenMissing(status, "firstRecoverabilityPoint", stopped);
        Json.whenMissing(Json.child(status, "firstRecoverabilityPointByMethod"), Json.text(of, "method"), stopped);
        status.put("lastSuccessfulBackup", stopped);
        desk.updateStatus(next, "cloudnative-pg");
    }
}
