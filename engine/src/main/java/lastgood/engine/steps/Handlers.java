package lastgood.engine.steps;

import lastgood.core.plan.Step;
import lastgood.engine.port.Configs;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Time;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.database.Databases;

/// Which handler looks after which step. A new step breaks the build here until it has one.
public final class Handlers {

    private final PutRevisionHandler putRevision;
    private final CreateWorkloadHandler createWorkload;
    private final ScaleHandler scale;
    private final RestartHandler restart;
    private final PinCapacityHandler pinCapacity;
    private final RestoreConfigHandler restoreConfig;
    private final PauseHandler pause;
    private final ShiftTrafficHandler shiftTraffic;
    private final MaintenanceHandler maintenance;
    private final RemoveWorkloadHandler removeWorkload;
    private final WriteLedgerHandler writeLedger;
    private final EvidenceHandler evidence;

    private final DatabaseHandlers databases;

    public Handlers(
            Workloads workloads,
            Configs configs,
            Traffic traffic,
            Ledgers ledgers,
            EvidenceStore store,
            Databases database,
            Time time) {
        putRevision = new PutRevisionHandler(workloads, time);
        createWorkload = new CreateWorkloadHandler(workloads, time);
        scale = new ScaleHandler(workloads, time);
        restart = new RestartHandler(workloads, time);
        pinCapacity = new PinCapacityHandler(workloads, time);
        restoreConfig = new RestoreConfigHandler(configs, time);
        pause = new PauseHandler(workloads, time);
        shiftTraffic = new ShiftTrafficHandler(traffic, time);
        maintenance = new MaintenanceHandler(traffic, time);
        removeWorkload = new RemoveWorkloadHandler(workloads, time);
        writeLedger = new WriteLedgerHandler(ledgers, time);
        evidence = new EvidenceHandler(store);
        databases = new DatabaseHandlers(database, time);
    }

    /// Looks at the world for one step.
    ///
    /// @throws IllegalStateException for a watch: the engine keeps its count itself, in the journal
    public Sighting look(Step step, String key) {
        return switch (step) {
            case Step.PutRevision s -> putRevision.look(s, key);
            case Step.CreateWorkload s -> createWorkload.look(s, key);
            case Step.Scale s -> scale.look(s, key);
            case Step.Restart s -> restart.look(s, key);
            case Step.PinCapacity s -> pinCapacity.look(s, key);
            case Step.RestoreConfig s -> restoreConfig.look(s, key);
            case Step.Pause s -> pause.look(s, key);
            case Step.ShiftTraffic s -> shiftTraffic.look(s, key);
            case Step.SetMaintenance s -> maintenance.look(s, key);
            case Step.RemoveWorkload s -> removeWorkload.look(s, key);
            case Step.WriteLedger s -> writeLedger.look(s, key);
            case Step.CaptureEvidence s -> evidence.look(s, key);
            case Step.OfDatabase s -> databases.look(s, key);
            case Step.WatchRecovery _ -> throw new IllegalStateException("a watch is not looked at, it is counted");
        };
    }
}
