package lastgood.kubernetes.install;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import lastgood.kubernetes.cnpg.CnpgKinds;

/// What the databases of the services of one namespace need beside the services themselves.
///
/// @param does what lastgood does with them there
/// @param rehearsals names of the Clusters that rehearsals restore into: these and no others may be deleted
/// @param secrets names of those that are read when a connection is made: these and no others, and never a list of them
public record DataAccess(String namespace, Set<Does> does, SortedSet<String> rehearsals, SortedSet<String> secrets) {

    public DataAccess(String namespace, Set<Does> does, SortedSet<String> secrets) {
        this(namespace, does, new TreeSet<>(), secrets);
    }

    public enum Does {
        /// Runs commands of the team's as Jobs, see [lastgood.kubernetes.jobs.KubeCommands].
        COMMANDS,

        /// Takes and looks at backups of CloudNativePG.
        CNPG_BACKUPS,

        /// Makes a new Cluster of a backup, and makes it the one that a Service leads to.
        CNPG_RESTORES
    }

    public DataAccess {
        does = Set.copyOf(does);
        rehearsals = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(rehearsals));
        secrets = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(secrets));
    }

    List<Rule> rules() {
        var rules = new ArrayList<Rule>();
        if (does.contains(Does.COMMANDS)) {
            rules.add(Rule.of("batch", "jobs", "run commands of the team's", "get", "create", "patch"));
            rules.add(Rule.of("", "pods", "see how a command ends", "list"));
            rules.add(Rule.of("", "pods/log", "keep what a command wrote", "get"));
        }
        if (does.contains(Does.CNPG_BACKUPS) || does.contains(Does.CNPG_RESTORES)) {
            var backups = CnpgKinds.BACKUP;
            var clusters = CnpgKinds.CLUSTER;
            rules.add(Rule.of(
                    backups.group(), backups.plural(), "take and find backups", "get", "list", "create", "patch"));
            rules.add(Rule.of(clusters.group(), clusters.plural(), "see whether it archives", "get"));
            rules.add(Rule.of(
                    CnpgKinds.OBJECT_STORE.group(),
                    CnpgKinds.OBJECT_STORE.plural(),
                    "see how far back a restore can go",
                    "get"));
        }
        if (does.contains(Does.CNPG_RESTORES)) {
            var clusters = CnpgKinds.CLUSTER;
            rules.add(Rule.of(clusters.group(), clusters.plural(), "restore into a new one", "get", "create", "patch"));
            rules.add(Rule.of("", "services", "lead the service to the restored one", "get", "patch"));
            rules.add(Rule.of("", "pods", "see why a restore does not come up", "list"));
        }
        if (!rehearsals.isEmpty()) {
            var clusters = CnpgKinds.CLUSTER;
            rules.add(new Rule(
                    clusters.group(),
                    clusters.plural(),
                    List.of("delete"),
                    List.copyOf(rehearsals),
                    "throw away what a rehearsal restored"));
        }
        if (!secrets.isEmpty()) {
            rules.add(new Rule("", "secrets", List.of("get"), List.copyOf(secrets), "connect to the database"));
        }
        return Rule.together(List.of(), rules);
    }
}
