package lastgood.app;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lastgood.cli.ClusterAdmin;
import lastgood.config.Catalog;
import lastgood.engine.port.Time;
import lastgood.kubernetes.KubeParts;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.install.Access;
import lastgood.kubernetes.install.DataAccess;
import lastgood.kubernetes.install.Doctor;
import lastgood.kubernetes.install.Install;
import lastgood.kubernetes.records.Records;

/// What the `cluster` verbs ask for, answered by the adapter.
///
/// @param records the namespace that journals are kept in
/// @param looked services that the doctor looks at: all that the configuration keeps there
/// @param cnpg those that CloudNativePG runs
/// @param data what their databases need
/// @param readsPods whether pods are asked for what they count
/// @param measured what is found about how users' requests are counted
record ClusterInstallation(
        KubeParts kube,
        String records,
        Collection<KubeService> looked,
        DataAccess data,
        CnpgDatabases cnpg,
        boolean readsPods,
        Supplier<List<Finding>> measured,
        Time time)
        implements ClusterAdmin {

    static ClusterInstallation of(Catalog catalog, ClusterParts parts) {
        var services = parts.kube().services().values();
        return new ClusterInstallation(
                parts.kube(),
                services.iterator().next().namespace(),
                // Without a configuration the service was made up, so that there is an environment to speak of.
                catalog.services().isEmpty() ? List.of() : services,
                parts.dataAccess(),
                parts.cnpg(),
                catalog.podMetrics() != null,
                parts::measured,
                parts.time());
    }

    private Install installer() {
        return new Install(kube.api(), access(Access.Keep.OUR_KINDS), time);
    }

    private Access access(Access.Keep keep) {
        var services = kube.services().values();
        var access = Access.of(services, records, keep, Access.Secrets.UNSEEN, List.of(data));
        return readsPods ? access.readingPods(services) : access;
    }

    @Override
    public List<Change> install(boolean dryRun) {
        return changes(installer().install(dryRun));
    }

    /// Whoever asked has been told what is lost and has agreed, or has said --force.
    @Override
    public List<Change> uninstall(boolean dryRun) {
        return changes(installer().uninstall(dryRun, true));
    }

    private static List<Change> changes(List<lastgood.kubernetes.install.Change> changes) {
        return changes.stream()
                .map(c -> new Change(did(c.did()), c.object(), c.why()))
                .toList();
    }

    private static Did did(lastgood.kubernetes.install.Change.Did did) {
        return switch (did) {
            case CREATED -> Did.CREATED;
            case UPDATED -> Did.UPDATED;
            case REMOVED -> Did.REMOVED;
            case UNCHANGED -> Did.UNCHANGED;
        };
    }

    @Override
    public List<String> activeRuns() {
        return installer().activeRuns();
    }

    /// By the rights that are needed with the records where they are now. Where nobody can ask which, the doctor says
    /// that the API server does not answer.
    @Override
    public List<Finding> doctor() {
        var services = new Doctor(kube, access(keep()), time::now, looked).findings();
        var cluster = Stream.concat(services.stream(), cnpg.findings().stream())
                .map(f -> new Finding(level(f.level()), f.what(), f.why(), f.hint()));
        return Stream.concat(cluster, looked.isEmpty() ? Stream.of() : measured.get().stream())
                .toList();
    }

    private Access.Keep keep() {
        try {
            return kube.api().served(Records.ROLLBACK).isPresent() ? Access.Keep.OUR_KINDS : Access.Keep.CONFIG_MAPS;
        } catch (lastgood.engine.port.Unreachable silent) {
            return Access.Keep.OUR_KINDS;
        }
    }

    private static Level level(lastgood.kubernetes.install.Finding.Level level) {
        return switch (level) {
            case OK -> Level.OK;
            case WARN -> Level.WARN;
            case MISSING -> Level.MISSING;
        };
    }

    @Override
    public String manifest() {
        return installer().manifest();
    }
}
