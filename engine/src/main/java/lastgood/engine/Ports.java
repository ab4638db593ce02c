package lastgood.engine;

import lastgood.engine.port.Checks;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Drivers;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Probes;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Time;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.database.Databases;

/// Everything the engine asks of the world, in one place.
public record Ports(
        JournalStore journals,
        Locks locks,
        Drivers drivers,
        Workloads workloads,
        Configs configs,
        Traffic traffic,
        Ledgers ledgers,
        EvidenceStore evidence,
        Checks checks,
        Databases databases,
        Telemetry telemetry,
        Probes probes,
        Time time) {

    /// Nobody counts users' requests, and there are none of our own to send.
    public Ports(
            JournalStore journals,
            Locks locks,
            Drivers drivers,
            Workloads workloads,
            Configs configs,
            Traffic traffic,
            Ledgers ledgers,
            EvidenceStore evidence,
            Checks checks,
            Databases databases,
            Time time) {
        this(
                journals,
                locks,
                drivers,
                workloads,
                configs,
                traffic,
                ledgers,
                evidence,
                checks,
                databases,
                Telemetry.none(),
                Probes.none(),
                time);
    }

    /// The same, where users' requests are counted.
    public Ports counting(Telemetry counts, Probes ours) {
        return new Ports(
                journals, locks, drivers, workloads, configs, traffic, ledgers, evidence, checks, databases, counts,
                ours, time);
    }
}
