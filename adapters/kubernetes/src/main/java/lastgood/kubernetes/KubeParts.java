package lastgood.kubernetes;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import lastgood.core.ServiceRef;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.history.ClusterSnapshots;
import lastgood.kubernetes.history.Contents;
import lastgood.kubernetes.history.FileSnapshots;
import lastgood.kubernetes.history.Generations;
import lastgood.kubernetes.history.KubeConfigs;
import lastgood.kubernetes.history.KubeRevisions;
import lastgood.kubernetes.history.ObservedLedgers;
import lastgood.kubernetes.records.ClusterLedgers;
import lastgood.kubernetes.records.KubeJournals;
import lastgood.kubernetes.records.KubeLocks;
import lastgood.kubernetes.records.Records;
import lastgood.kubernetes.traffic.KubeTraffic;
import lastgood.kubernetes.workloads.KubeWorkloads;

/// Everything that speaks to the services of one namespace of one cluster.
public record KubeParts(
        Api api,
        Map<ServiceRef, KubeService> services,
        Home home,
        KubeWorkloads workloads,
        KubeTraffic traffic,
        KubeConfigs configs,
        KubeRevisions revisions,
        JournalStore journals,
        Locks locks,
        Ledgers ledgers) {

    /// Where runs, ledgers and snapshots are kept.
    public sealed interface Home {

        /// In the cluster, as objects of our own kinds.
        record InCluster(String namespace) implements Home {}

        /// On this machine, because our kinds are not installed; the lock is in the cluster all the same.
        record Files(JournalStore journals, Ledgers ledgers, Path snapshots) implements Home {}
    }

    /// Whether our own kinds are installed.
    public static boolean installed(Api api) {
        return api.served(Records.ROLLBACK).isPresent();
    }

    public static KubeParts of(Api api, Map<ServiceRef, KubeService> services, Home home, InstantSource clock) {
        var namespaces = new HashMap<ServiceRef, String>();
        services.forEach((ref, service) -> namespaces.put(ref, service.namespace()));
        var snapshots = switch (home) {
            case Home.InCluster _ -> new ClusterSnapshots(api, namespaces);
            case Home.Files files -> new FileSnapshots(files.snapshots());
        };
        var stored = switch (home) {
            case Home.InCluster _ -> new ClusterLedgers(api, namespaces);
            case Home.Files files -> files.ledgers();
        };
        var journals = switch (home) {
            case Home.InCluster(var namespace) -> new KubeJournals(api, namespace);
            case Home.Files files -> files.journals();
        };
        var locks = new KubeLocks(api, namespaces, home instanceof Home.InCluster);
        var contents = new Contents(api, services, snapshots);
        var workloads = new KubeWorkloads(api, services, contents);
        var configs = new KubeConfigs(api, services, contents);
        var traffic = new KubeTraffic(api, services);
        var ledgers = new ObservedLedgers(
                stored, locks, services, workloads, configs, traffic, new Generations(api), contents, clock);
        return new KubeParts(
                api,
                services,
                home,
                workloads,
                traffic,
                configs,
                new KubeRevisions(api, services, contents),
                journals,
                locks,
                ledgers);
    }
}
