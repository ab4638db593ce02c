package lastgood.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import lastgood.config.DatabaseConfig;
import lastgood.config.Effective;
import lastgood.core.ServiceRef;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Preflight;
import lastgood.engine.port.Time;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.cnpg.CnpgBackups;
import lastgood.kubernetes.cnpg.CnpgDatabase;
import lastgood.kubernetes.cnpg.CnpgDoctor;
import lastgood.kubernetes.cnpg.CnpgRestores;
import lastgood.kubernetes.cnpg.CnpgScratches;
import lastgood.kubernetes.cnpg.CnpgSwitch;
import lastgood.kubernetes.install.Finding;
import lastgood.postgres.restore.Operator;
import lastgood.postgres.sql.Address;

/// The databases of one namespace that CloudNativePG runs. Backups, restores and swaps go through its resources; all
/// that is said in SQL goes to the server itself, as everywhere.
record CnpgDatabases(Map<ServiceRef, CnpgDatabase> databases, Api api, Time time) {

    static CnpgDatabases of(Map<ServiceRef, Effective> kept, String namespace, Api api, Time time) {
        var databases = new HashMap<ServiceRef, CnpgDatabase>();
        kept.forEach((ref, effective) ->
                database(ref, effective.service().database(), namespace).ifPresent(d -> databases.put(ref, d)));
        return new CnpgDatabases(Map.copyOf(databases), api, time);
    }

    private static Optional<CnpgDatabase> database(
            ServiceRef ref, @org.jspecify.annotations.Nullable DatabaseConfig config, String namespace) {
        var resource = config == null ? null : config.backup().resource();
        // A backup that is taken before data is changed cannot have been restored; so its operator's word has to do,
        // and
        // everybody is told that it is one.
        return config == null || resource == null || config.backup().kind() != DatabaseConfig.Backup.Kind.CNPG
                ? Optional.empty()
                : Optional.of(new CnpgDatabase(
                        ref,
                        namespace,
                        resource,
                        CnpgDatabase.Trust.OPERATORS_WORD,
                        Optional.ofNullable(config.restore().service())));
    }

    Optional<Operator> operator(ServiceRef service) {
        return Optional.ofNullable(databases.get(service)).map(d -> new Cnpg(d, this));
    }

    SortedSet<String> rehearsals() {
        var names = new TreeSet<String>();
        databases.values().forEach(d -> names.add(d.rehearsal()));
        return names;
    }

    List<Finding> findings() {
        var doctor = new CnpgDoctor(api, databases);
        return databases.keySet().stream()
                .flatMap(s -> doctor.findings(s).stream())
                .toList();
    }

    /// What is missing stops a plan that needs it; the rest a person should know.
    List<Preflight.Problem> beforeStepOne(Plan plan) {
        var needs = plan.steps().stream()
                .map(PlannedStep::step)
                .anyMatch(s -> s instanceof Step.TakeBackup || s instanceof Step.SwapDatabase);
        if (!needs || !databases.containsKey(plan.service())) {
            return List.of();
        }
        var problems = new ArrayList<Preflight.Problem>();
        for (var finding : new CnpgDoctor(api, databases).findings(plan.service())) {
            var words = "%s: %s".formatted(finding.what(), finding.why());
            switch (finding.level()) {
                case OK -> {}
                case WARN -> problems.add(Preflight.Problem.remark(words, finding.hint()));
                case MISSING -> problems.add(Preflight.Problem.block(words, finding.hint()));
            }
        }
        return problems;
    }

    /// CloudNativePG, as the database's parts see it.
    private record Cnpg(CnpgDatabase database, CnpgDatabases all) implements Operator {

        private CnpgScratches scratches() {
            return new CnpgScratches(all.api(), all.databases(), all.time()::now);
        }

        private CnpgRestores restores() {
            return new CnpgRestores(scratches(), all.time());
        }

        private CnpgSwitch switches() {
            return new CnpgSwitch(all.api(), all.databases());
        }

        @Override
        public Backups backups() {
            return new CnpgBackups(all.api(), all.databases(), all.time()::now);
        }

        @Override
        public Restored restore(String id, String backup, RecoveryTarget target, Consumer<String> progress) {
            return at(restores().restore(database.service(), id, backup, target, progress));
        }

        @Override
        public Restored rehearse(String backup, Consumer<String> progress) {
            return at(restores().rehearse(database.service(), backup, progress));
        }

        private static Restored at(CnpgScratches.State.Ready ready) {
            return new Restored(ready.cluster(), ready.host(), Address.DEFAULT_PORT);
        }

        @Override
        public void rehearsed(String backup) {
            restores().rehearsed(database.service(), backup);
        }

        @Override
        public void dropRehearsal() {
            restores().dropRehearsal(database.service());
        }

        @Override
        public Restored restored(String name) {
            return new Restored(name, scratches().host(database.service(), name), Address.DEFAULT_PORT);
        }

        @Override
        public Swapped look(String scratch) {
            return switches().look(database.service(), scratch);
        }

        @Override
        public void swap(String scratch, String keepAs, Fence fence) {
            switches().swap(database.service(), scratch, keepAs, fence);
        }

        @Override
        public Optional<String> entrance() {
            return database.entrance();
        }
    }
}
