package lastgood.kubernetes.preflight;

import java.util.ArrayList;
import java.util.List;
import lastgood.core.Workload;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.records.Records;
import lastgood.kubernetes.workloads.WorkloadKind;

/// The rights that a plan's steps use, and that its journal does. Not those of keeping evidence: what cannot be kept is
/// said in the evidence, and stops nothing.
record Needed(KubeService service) {

    static List<Right> by(KubeService service, Plan plan) {
        var needed = new Needed(service);
        var rights = new ArrayList<Right>();
        plan.steps().forEach(s -> rights.addAll(needed.by(s.step())));
        return Right.merged(rights);
    }

    private List<Right> by(Step step) {
        return switch (step) {
            case Step.CaptureEvidence _ -> List.of();
            case Step.PutRevision(var workload, var _, var _) -> replaced(workload, "put it back");
            case Step.Restart(var workload, var _) -> replaced(workload, "start its pods anew");
            case Step.Scale(var workload, var _, var _) -> scaled(workload);
            case Step.Pause(var workload, var _) -> replaced(workload, "pause it");
            case Step.CreateWorkload(var workload, var _, var _) ->
                List.of(right(kind(workload), "make it", "get", "create"), pods());
            case Step.RemoveWorkload(var workload, var _) ->
                List.of(right(kind(workload), "remove it", "get", "delete"));
            case Step.PinCapacity _ ->
                List.of(right(Kind.AUTOSCALER, "hold capacity while traffic moves", "list", "get", "patch"));
            case Step.RestoreConfig(var _, var _, var from, var _) ->
                List.of(
                        switch (from) {
                            case Step.RestoreConfig.Held.Nothing() ->
                                right(Kind.CONFIG_MAP, "put configuration back", "get", "create");
                            case Step.RestoreConfig.Held.Content _ ->
                                right(Kind.CONFIG_MAP, "put configuration back", "get", "patch");
                        });
            case Step.ShiftTraffic _ -> traffic();
            case Step.SetMaintenance _ ->
                service.strategyWorkloads().stream()
                        .map(w -> right(service.kind(w).kind(), "switch maintenance", "get", "patch"))
                        .toList();
            case Step.WriteLedger _ -> List.of(); // see records
            case Step.WatchRecovery _ -> List.of(pods());
            // Rights in the database are the database's to check.
            case Step.OfDatabase _ -> List.of();
        };
    }

    private Kind kind(Workload workload) {
        return service.kind(workload.name()).kind();
    }

    private List<Right> replaced(Workload workload, String why) {
        return switch (service.kind(workload.name())) {
            case DEPLOYMENT ->
                List.of(
                        right(kind(workload), why, "get", "patch"),
                        right(Kind.REPLICA_SET, "tell new pods from old ones", "list"),
                        pods());
            // A StatefulSet that is stuck on a bad pod stays stuck until that pod is deleted.
            case STATEFUL_SET ->
                List.of(
                        right(kind(workload), why, "get", "patch"),
                        right(Kind.POD, "free it if it is stuck", "list", "get", "delete"));
            case DAEMON_SET -> List.of(right(kind(workload), why, "get", "patch"), pods());
            case CRON_JOB -> List.of(right(kind(workload), why, "get", "patch"));
        };
    }

    private List<Right> scaled(Workload workload) {
        var rights = new ArrayList<>(replaced(workload, "scale it"));
        if (service.kind(workload.name()) == WorkloadKind.CRON_JOB) {
            rights.add(right(Kind.JOB, "see that those it began have ended", "list"));
        }
        return rights;
    }

    private List<Right> traffic() {
        return switch (service.traffic()) {
            case TrafficBy.Fixed _ -> List.of();
            case TrafficBy.Replicas _ ->
                service.strategyWorkloads().stream()
                        .map(w -> right(service.kind(w).kind(), "move traffic by pods", "get", "patch"))
                        .toList();
            case TrafficBy.Selector _ ->
                List.of(
                        right(Kind.SERVICE, "move traffic", "get", "patch"),
                        right(Kind.ENDPOINT_SLICE, "see whom requests reach", "list"),
                        pods());
            case TrafficBy.HttpRoute _ -> List.of(right(Kind.HTTP_ROUTE, "move traffic", "get", "patch"));
            case TrafficBy.VirtualService _ -> List.of(right(Kind.VIRTUAL_SERVICE, "move traffic", "get", "patch"));
        };
    }

    static boolean mayRunCommands(Step step) {
        return step instanceof Step.UndoMigrations || step instanceof Step.ApplyMigration;
    }

    static List<Right> commands(String namespace) {
        return List.of(
                Right.of(namespace, Kind.JOB, "run commands of the team's", "get", "create", "patch"),
                new Right(namespace, "", "pods/log", List.of("get"), "keep what a command wrote"));
    }

    /// Those of the records, which every run writes.
    ///
    /// @param ourKinds whether they are objects of kinds of our own, see [lastgood.kubernetes.records.Cabinet]
    static List<Right> records(String namespace, boolean ourKinds) {
        var leases = Right.of(namespace, Kind.LEASE, "say who drives the run", "get", "create", "patch");
        return ourKinds
                ? List.of(
                        Right.of(namespace, Records.ROLLBACK, "keep the journal", "get", "create"),
                        new Right(namespace, Records.GROUP, "rollbacks/status", List.of("update"), "write the journal"),
                        Right.of(
                                namespace,
                                Records.SERVICE_LOCK,
                                "let one run at a time change it",
                                "get",
                                "create",
                                "delete"),
                        Right.of(namespace, Records.LEDGER, "write the ledger", "get", "create", "update"),
                        Right.of(namespace, Records.RELEASE, "keep what a release is made of", "list", "create"),
                        leases)
                : List.of(
                        Right.of(
                                namespace,
                                Kind.CONFIG_MAP,
                                "keep records",
                                "get",
                                "list",
                                "create",
                                "update",
                                "delete"),
                        leases);
    }

    private Right pods() {
        return right(Kind.POD, "count who is ready", "list");
    }

    private Right right(Kind kind, String why, String... verbs) {
        return Right.of(service.namespace(), kind, why, verbs);
    }

    /// Whether pods of it are made anew by a change of its template.
    static boolean makesPods(WorkloadKind kind) {
        return kind != WorkloadKind.CRON_JOB;
    }
}
