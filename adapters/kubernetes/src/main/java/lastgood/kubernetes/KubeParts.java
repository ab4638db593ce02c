package lastgood.kubernetes;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import lastgood.core.ServiceRef;
import lastgood.engine.journal.Journal;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.history.ClusterSnapshots;
import lastgood.kubernetes.history.Contents;
import lastgood.kubernetes.history.Generations;
import lastgood.kubernetes.history.KubeConfigs;
import lastgood.kubernetes.history.KubeRevisions;
import lastgood.kubernetes.history.ObservedLedgers;
import lastgood.kubernetes.preflight.KubePreflight;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.records.ClusterLedgers;
import lastgood.kubernetes.records.KubeJournals;
import lastgood.kubernetes.records.KubeLocks;
import lastgood.kubernetes.traffic.KubeTraffic;
import lastgood.kubernetes.workloads.KubeWorkloads;
import lastgood.kubernetes.workloads.Templates;

/// Everything that speaks to the services of one namespace of one cluster.
public record KubeParts(
        Api api,
        Map<ServiceRef, KubeService> services,
        Cabinet cabinet,
        KubeWorkloads workloads,
        KubeTraffic traffic,
        KubeConfigs configs,
        KubeRevisions revisions,
        JournalStore journals,
        Locks locks,
        Ledgers ledgers,
        Templates templates,
        KubePreflight preflight) {

    /// @param namespace whose services these are
    public static KubeParts of(
            Api api, Cabinet cabinet, String namespace, Map<ServiceRef, KubeService> services, InstantSource clock) {
        var namespaces = new HashMap<ServiceRef, String>();
        services.forEach((ref, service) -> namespaces.put(ref, service.namespace()));
        var snapshots = new ClusterSnapshots(cabinet, namespaces);
        var stored = new ClusterLedgers(cabinet, namespaces);
        var journals = new KubeJournals(cabinet, namespace);
        var locks = new KubeLocks(cabinet, namespaces);
        var contents = new Contents(api, services, snapshots);
        var workloads = new KubeWorkloads(api, services, contents, clock);
        var configs = new KubeConfigs(api, services, contents);
        var traffic = new KubeTraffic(api, services);
        var ledgers = new ObservedLedgers(
                stored,
                locks,
                services,
                workloads,
                configs,
                traffic,
                new Generations(api),
                contents,
                clock,
                run -> Journal.open(journals, run).state().closed().isPresent());
        return new KubeParts(
                api,
                services,
                cabinet,
                workloads,
                traffic,
                configs,
                new KubeRevisions(api, services, contents),
                journals,
                locks,
                ledgers,
                contents,
                new KubePreflight(api, services, contents, workloads, traffic, configs, KubePreflight.USUAL));
    }
}
