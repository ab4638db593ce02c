package lastgood.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lastgood.cli.Bench;
import lastgood.cli.ClusterAdmin;
import lastgood.cli.ClusterAdmin.Did;
import lastgood.cli.ClusterAdmin.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ClusterVerbsTest {

    private static final String CRD = "CustomResourceDefinition rollbacks.lastgood.dev";

    @TempDir
    Path folder;

    private Bench bench;
    private final InMemory cluster = new InMemory();

    @BeforeEach
    void an_empty_cluster() {
        bench = Bench.rolling(folder);
        bench.admin = cluster;
    }

    /// A cluster that knows of one object.
    private static final class InMemory implements ClusterAdmin {
        final List<String> active = new ArrayList<>();
        boolean installed;
        List<Finding> findings = List.of(new Finding(Level.OK, "API server", "1.34", ""));

        @Override
        public List<Change> install(boolean dryRun) {
            var change = new Change(installed ? Did.UNCHANGED : Did.CREATED, CRD, "");
            installed |= !dryRun;
            return List.of(change);
        }

        @Override
        public List<Change> uninstall(boolean dryRun) {
            var change = new Change(installed ? Did.REMOVED : Did.UNCHANGED, CRD, installed ? "3 records" : "");
            installed &= dryRun;
            return List.of(change);
        }

        @Override
        public List<String> activeRuns() {
            return active;
        }

        @Override
        public List<Finding> doctor() {
            return findings;
        }

        @Override
        public String manifest() {
            return "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n";
        }
    }

    // ---- install

    @Test
    void an_installation_is_confirmed_and_says_how_to_undo_it() {
        assertThat(bench.say("cluster install -n shop")).isEqualTo(4);
        assertThat(cluster.installed).isFalse();
        assertThat(bench.err()).contains("lastgood cluster install -n shop --yes");

        assertThat(bench.say("cluster install -n shop --yes")).isZero();

        assertThat(cluster.installed).isTrue();
        assertThat(bench.out())
                .containsSubsequence(
                        "created",
                        CRD,
                        "undo: lastgood cluster uninstall -n shop",
                        "next: lastgood cluster doctor -n shop");
    }

    @Test
    void a_dry_run_installs_nothing() {
        assertThat(bench.say("cluster install -n shop --context kind --dry-run"))
                .isZero();

        assertThat(cluster.installed).isFalse();
        assertThat(bench.out())
                .contains(CRD, "Nothing was changed. Run:  lastgood cluster install -n shop --context kind");
    }

    @Test
    void what_is_there_is_not_made_again() {
        cluster.installed = true;

        assertThat(bench.say("cluster install -n shop")).isZero();

        assertThat(bench.out()).contains("nothing to do: everything is there");
    }

    @Test
    void it_can_be_printed_for_somebody_who_may() {
        assertThat(bench.say("cluster install -n shop --print")).isZero();

        assertThat(bench.out()).isEqualTo(cluster.manifest());
        assertThat(cluster.installed).isFalse();
    }

    @Test
    void changes_are_data_too() {
        bench.say("cluster install -n shop --yes -o json");

        assertThat(bench.out())
                .contains("\"kind\" : \"ClusterChanges\"", "\"did\" : \"created\"", "\"object\" : \"" + CRD);
    }

    // ---- uninstall

    @Test
    void taking_it_away_wants_the_name_because_records_go_with_it() {
        cluster.installed = true;

        assertThat(bench.say("cluster uninstall -n shop --yes")).isEqualTo(4);
        assertThat(bench.err())
                .contains(
                        "every record on this cluster is deleted: it needs the environment's name",
                        "lastgood cluster uninstall -n shop --confirm shop");
        assertThat(cluster.installed).isTrue();

        assertThat(bench.say("cluster uninstall -n shop --confirm shop")).isZero();

        assertThat(cluster.installed).isFalse();
        assertThat(bench.out()).contains("removed", "undo: no way");
    }

    @Test
    void nothing_is_taken_away_under_a_run_unless_told_so() {
        cluster.installed = true;
        cluster.active.add("shop/rb-1  paused");

        assertThat(bench.say("cluster uninstall -n shop --confirm shop")).isEqualTo(3);
        assertThat(bench.err()).contains("shop/rb-1  paused", "lastgood abort RUN -n shop; or say --force");
        assertThat(cluster.installed).isTrue();

        assertThat(bench.say("cluster uninstall -n shop --confirm shop --force"))
                .isZero();
    }

    // ---- doctor

    @Test
    void a_cluster_that_has_everything_is_well() {
        assertThat(bench.say("cluster doctor -n shop")).isZero();

        assertThat(bench.out()).contains("✔ ok", "API server: 1.34");
    }

    @Test
    void what_is_missing_is_said_with_a_way_on_and_an_exit_code() {
        cluster.findings = List.of(
                new ClusterAdmin.Finding(Level.WARN, "metrics", "no Prometheus was found", ""),
                new ClusterAdmin.Finding(
                        Level.MISSING, "Lease: create in shop", "forbidden", "kubectl auth can-i create leases"));

        assertThat(bench.say("cluster doctor -n shop")).isEqualTo(8);
        assertThat(bench.out())
                .containsSubsequence(
                        "◌ warn     metrics: no Prometheus was found",
                        "✖ MISSING  Lease: create in shop: forbidden",
                        "hint: kubectl auth can-i create leases");

        assertThat(bench.say("cluster doctor -n shop -o json")).isEqualTo(8);
        assertThat(bench.out()).contains("\"level\" : \"missing\"", "\"hint\" : \"kubectl auth can-i create leases\"");
    }

    @Test
    void an_environment_on_this_machine_needs_none_of_it() {
        assertThat(bench.say("cluster doctor -e production")).isEqualTo(2);

        assertThat(bench.err()).contains("production is on this machine and needs nothing of a cluster");
    }

    @Test
    void an_environment_of_the_configuration_is_named_as_usual() {
        bench.write("lastgood.yaml", """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments: { live: { namespace: shop, protected: true } }
                services: { a: {}, b: {} }
                """);

        assertThat(bench.say("cluster install -e live --dry-run")).isZero();
        assertThat(bench.out()).contains("lastgood cluster install -e live");
        assertThat(bench.say("cluster install")).isEqualTo(2);
    }
}
