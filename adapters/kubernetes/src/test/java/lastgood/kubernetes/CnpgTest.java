package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.Backup;
import lastgood.core.data.Backup.Proof;
import lastgood.core.data.Backup.Rehearsal;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Backups.State;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.kubernetes.cnpg.CnpgBackups;
import lastgood.kubernetes.cnpg.CnpgDatabase;
import lastgood.kubernetes.cnpg.CnpgDatabase.Trust;
import lastgood.kubernetes.cnpg.CnpgDoctor;
import lastgood.kubernetes.cnpg.CnpgKinds;
import lastgood.kubernetes.cnpg.CnpgRestores;
import lastgood.kubernetes.cnpg.CnpgScratches;
import lastgood.kubernetes.cnpg.CnpgSwitch;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// CloudNativePG by its resources. On the simulated API only: the real one of this tier dies of custom resources.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CnpgTest {

    private static final String NAME = "lg-rb-0k3f9a2c-50-backup";
    private static final Fence FENCE = new Fence(new RunId("rb-0k3f9a2c"), "50-backup", 1);
    private static final RecoveryTarget XID = RecoveryTarget.before(new Point.Xid((3L << 32) + 815));

    private static SimCluster cluster;

    @BeforeAll
    static void start() {
        cluster = SimCluster.start();
        OurKinds.install(cluster);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @TempDir
    Path folder;

    private Shop shop;
    private ServiceRef web;

    @BeforeEach
    void openTheShop() {
        cluster.cnpg().calm();
        shop = new Shop(cluster, folder);
        web = shop.ref("web");
    }

    @AfterEach
    void closeTheShop() {
        cluster.faults().clear();
        shop.close();
    }

    private static final String STORE = """
            "backup":{"barmanObjectStore":{"destinationPath":"s3://backups/","s3Credentials":{}},"retentionPolicy":"7d"}""";

    private static final String PLUGIN = """
            "plugins":[{"name":"barman-cloud.cloudnative-pg.io","isWALArchiver":true,"parameters":{"barmanObjectName":"store"}}]""";

    private static final String SNAPSHOTS = """
            "backup":{"volumeSnapshot":{"className":"csi"}}""";

    private void database(String archive) {
        shop.kube.create(path("clusters"), """
                {"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","metadata":{"name":"shop-db"},
                 "spec":{"instances":3,"imageName":"pg:17","storage":{"size":"1Gi"},"managed":{"roles":[]},
                  "bootstrap":{"initdb":{"database":"shop","owner":"shop"}},%s}}
                """.formatted(archive));
        healthy("shop-db");
    }

    private void healthy(String name) {
        Shop.eventually(
                name + " to be healthy",
                () -> object("clusters", name).at("/status/readyInstances").asInt() > 0);
    }

    private String path(String plural) {
        return "/apis/postgresql.cnpg.io/v1/namespaces/%s/%s".formatted(shop.namespace, plural);
    }

    private JsonNode object(String plural, String name) {
        return shop.kube.get(path(plural) + "/" + name);
    }

    private Map<ServiceRef, CnpgDatabase> databases(Trust trust) {
        return Map.of(web, new CnpgDatabase(web, shop.namespace, "shop-db", trust, Optional.of("db")));
    }

    private CnpgBackups backups(Trust trust) {
        return new CnpgBackups(shop.api, databases(trust), InstantSource.system());
    }

    private CnpgScratches scratches() {
        return new CnpgScratches(shop.api, databases(Trust.RESTORED), InstantSource.system());
    }

    private CnpgSwitch switches() {
        return new CnpgSwitch(shop.api, databases(Trust.RESTORED));
    }

    private Backup taken(Trust trust) {
        backups(trust).take(web, NAME, "before-change", "before data is changed", FENCE);
        Shop.eventually("the backup", () -> backups(trust).look(web, NAME) instanceof State.There);
        return backups(trust).find(web, NAME).orElseThrow();
    }

    // ---- backups

    @Test
    void a_backup_is_asked_for_once_and_looked_at_until_it_is_there() {
        database(STORE);
        assertThat(backups(Trust.RESTORED).look(web, NAME)).isEqualTo(new State.None());
        cluster.cnpg().asleep(true);
        backups(Trust.RESTORED).take(web, NAME, "before-change", "a reason", FENCE);
        backups(Trust.RESTORED).take(web, NAME, "before-change", "a reason", FENCE);
        assertThat(backups(Trust.RESTORED).look(web, NAME))
                .isEqualTo(new State.Underway("asked for; the operator has not taken notice yet"));
        cluster.cnpg().asleep(false);

        var backup = taken(Trust.RESTORED);

        assertThat(backup.alias()).isEqualTo("before-change");
        assertThat(backup.kind()).isEqualTo("cnpg");
        assertThat(backup.label()).startsWith("20260102T1435");
        assertThat(backup.timeline()).isEqualTo(1);
        assertThat(backup.startLsn()).matches("0/[0-9A-F]+");
        assertThat(backup.system()).startsWith("7");
        assertThat(backup.proof()).isEqualTo(new Proof.Unverified());
        assertThat(backup.rehearsal()).isEqualTo(new Rehearsal.Never());
        assertThat(backups(Trust.RESTORED).all(web)).containsExactly(backup);
        assertThat(object("backups", NAME).at("/spec/method").asText()).isEqualTo("barmanObjectStore");
    }

    @Test
    void the_method_is_the_clusters() {
        database(PLUGIN);

        taken(Trust.RESTORED);

        assertThat(object("backups", NAME).path("spec").toString())
                .contains("\"method\":\"plugin\"")
                .contains("\"pluginConfiguration\":{\"name\":\"barman-cloud.cloudnative-pg.io\"}");
    }

    @Test
    void a_cluster_with_nowhere_to_put_one_is_refused() {
        database("\"logLevel\":\"info\"");

        assertThatThrownBy(() -> backups(Trust.RESTORED).take(web, NAME, "", "", FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("has nowhere to put a backup");
    }

    @Test
    void one_that_somebody_else_took_under_that_name_is_not_ours() {
        database(STORE);
        shop.kube.create(
                path("backups"),
                "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"cluster\":{\"name\":\"shop-db\"}}}".formatted(NAME));

        assertThatThrownBy(() -> backups(Trust.RESTORED).take(web, NAME, "", "", FENCE))
                .isInstanceOf(WorldMoved.class);
    }

    @Test
    void one_that_failed_is_broken_with_the_operators_words() {
        database(STORE);
        cluster.cnpg().backupsFail("exit status 2: no space left");

        assertThat(taken(Trust.OPERATORS_WORD).proof())
                .isInstanceOfSatisfying(
                        Proof.Broken.class,
                        b -> assertThat(b.why()).contains("it failed: exit status 2: no space left"));
    }

    @Test
    void a_log_that_is_not_archived_is_said_while_it_waits_and_verifies_nothing() {
        database(STORE);
        taken(Trust.OPERATORS_WORD);
        cluster.cnpg().archives(false);
        backups(Trust.OPERATORS_WORD).take(web, "lg-later", "", "", FENCE);

        Shop.eventually(
                "the backup to wait",
                () -> backups(Trust.OPERATORS_WORD)
                        .look(web, "lg-later")
                        .equals(new State.Underway("it waits: the write-ahead log is not archived")));
        assertThatThrownBy(() -> backups(Trust.OPERATORS_WORD).verify(web, NAME, FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("does not archive its write-ahead log: unexpected failure");
    }

    @Test
    void completed_is_no_proof_unless_the_configuration_takes_the_operators_word() {
        database(STORE);
        taken(Trust.RESTORED);

        assertThatThrownBy(() -> backups(Trust.RESTORED).verify(web, NAME, FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("nobody has read it back");

        backups(Trust.OPERATORS_WORD).verify(web, NAME, FENCE);
        assertThat(backups(Trust.OPERATORS_WORD).find(web, NAME).orElseThrow().proof())
                .isInstanceOfSatisfying(
                        Proof.Vouched.class,
                        v -> assertThat(v.word())
                                .isEqualTo("cnpg: completed and archiving, by the operator's word; not read back"));
        assertThat(backups(Trust.RESTORED).find(web, NAME).orElseThrow().proof())
                .isEqualTo(new Proof.Unverified());
    }

    @Test
    void one_that_retention_has_taken_is_not_there_to_be_restored() {
        database(STORE);
        taken(Trust.RESTORED);
        var later = Instant.now().plusSeconds(3600).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        shop.kube.patch(
                path("clusters") + "/shop-db/status",
                KubeApi.MERGE_PATCH,
                "{\"status\":{\"firstRecoverabilityPointByMethod\":{\"barmanObjectStore\":\"%s\"}}}".formatted(later));

        assertThat(backups(Trust.RESTORED).find(web, NAME).orElseThrow().proof())
                .isInstanceOfSatisfying(
                        Proof.Broken.class, b -> assertThat(b.why()).contains("older than the first point"));
    }

    // ---- restores

    private String restored(RecoveryTarget target) {
        scratches().begin(web, "a1", NAME, target, FENCE);
        healthy("shop-db-lg-a1");
        return "shop-db-lg-a1";
    }

    @Test
    void a_restore_is_a_new_cluster_that_stops_before_the_damage_and_archives_nowhere() {
        database(STORE);
        var backup = taken(Trust.RESTORED);

        var name = restored(XID);

        assertThat(scratches().look(web, "a1", NAME, XID))
                .isEqualTo(new CnpgScratches.State.Ready(name, name + "-rw." + shop.namespace + ".svc", "shop-db-app"));
        var spec = object("clusters", name).path("spec");
        assertThat(spec.at("/bootstrap/recovery/recoveryTarget").toString())
                .isEqualTo("{\"backupID\":\"%s\",\"targetXID\":\"815\",\"exclusive\":true}".formatted(backup.label()));
        assertThat(spec.at("/bootstrap/recovery/database").asText()).isEqualTo("shop");
        assertThat(spec.at("/externalClusters/0/barmanObjectStore/serverName").asText())
                .isEqualTo("shop-db");
        assertThat(spec.has("backup") || spec.has("plugins") || spec.has("managed"))
                .isFalse();
        assertThat(spec.path("instances").asInt()).isEqualTo(1);
        assertThat(spec.path("imageName").asText()).isEqualTo("pg:17");
    }

    @Test
    void a_restore_proves_its_backup() {
        database(STORE);
        taken(Trust.RESTORED);
        restored(RecoveryTarget.upTo(new Point.Latest()));

        scratches().prove(web, "a1", NAME, RecoveryTarget.upTo(new Point.Latest()));

        var backup = backups(Trust.RESTORED).find(web, NAME).orElseThrow();
        assertThat(backup.proof()).isInstanceOf(Proof.Verified.class);
        assertThat(backup.rehearsal()).isInstanceOf(Rehearsal.Restored.class);
        backups(Trust.RESTORED).verify(web, NAME, FENCE);
    }

    @Test
    void snapshots_are_restored_as_volumes_and_only_as_they_are_where_no_log_is_archived() {
        database(SNAPSHOTS);
        taken(Trust.RESTORED);

        assertThatThrownBy(() -> scratches().begin(web, "a1", NAME, XID, FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("no archive of its write-ahead log");
        var name = restored(RecoveryTarget.upTo(new Point.Latest()));

        assertThat(object("clusters", name)
                        .at("/spec/bootstrap/recovery/volumeSnapshots")
                        .toString())
                .contains("\"storage\":{\"name\":\"%s\",\"kind\":\"VolumeSnapshot\"".formatted(NAME))
                .contains("\"walStorage\":{\"name\":\"%s-wal\"".formatted(NAME));
    }

    @Test
    void a_plugins_archive_is_read_under_the_old_clusters_name() {
        database(PLUGIN);
        taken(Trust.RESTORED);

        var name = restored(XID);

        assertThat(object("clusters", name)
                        .at("/spec/externalClusters/0/plugin")
                        .toString())
                .isEqualTo(
                        "{\"name\":\"barman-cloud.cloudnative-pg.io\",\"parameters\":{\"barmanObjectName\":\"store\",\"serverName\":\"shop-db\"}}");
    }

    @Test
    void a_target_before_the_backup_ended_is_refused() {
        database(STORE);
        taken(Trust.RESTORED);

        assertThatThrownBy(() ->
                        scratches().begin(web, "a1", NAME, RecoveryTarget.before(new Point.At(Instant.EPOCH)), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("cannot be brought back to it");
        assertThatThrownBy(() -> scratches().begin(web, "a1", NAME, RecoveryTarget.before(new Point.Lsn("0/1")), FENCE))
                .isInstanceOf(Forbidden.class);
        assertThat(scratches().look(web, "a1", NAME, XID)).isEqualTo(new CnpgScratches.State.None());
    }

    @Test
    void a_restore_that_does_not_get_there_is_never_ready_and_one_to_elsewhere_is_not_it() {
        database(STORE);
        taken(Trust.RESTORED);
        cluster.cnpg().restores(false);
        scratches().begin(web, "a1", NAME, XID, FENCE);
        scratches().begin(web, "a1", NAME, XID, FENCE);

        Shop.eventually(
                "a word of the operator",
                () -> scratches()
                        .look(web, "a1", NAME, XID)
                        .equals(new CnpgScratches.State.Underway(
                                "Setting up primary: Creating primary instance shop-db-lg-a1-1")));
        var elsewhere = RecoveryTarget.before(new Point.Xid(7));
        assertThat(scratches().look(web, "a1", NAME, elsewhere)).isInstanceOf(CnpgScratches.State.Foreign.class);
        assertThatThrownBy(() -> scratches().begin(web, "a1", NAME, elsewhere, FENCE))
                .isInstanceOf(WorldMoved.class);
        assertThatThrownBy(() -> scratches().prove(web, "a1", NAME, XID)).isInstanceOf(WorldMoved.class);
    }

    // ---- the switch

    private String entrance() {
        return "/api/v1/namespaces/%s/services/db".formatted(shop.namespace);
    }

    @Test
    void the_service_is_led_to_the_restored_cluster_and_the_old_one_sleeps() {
        database(STORE);
        shop.serviceObject("db", Map.of("cnpg.io/cluster", "shop-db", "cnpg.io/instanceRole", "primary"));
        taken(Trust.RESTORED);
        var name = restored(XID);
        assertThat(switches().look(web, name))
                .isInstanceOfSatisfying(
                        Swapped.NotYet.class, n -> assertThat(n.stamp()).startsWith("shop-db "));

        switches().swap(web, name, "shop-db-before-rb-0k3f9a2c", FENCE);
        switches().swap(web, name, "shop-db-before-rb-0k3f9a2c", FENCE);

        assertThat(switches().look(web, name)).isEqualTo(new Swapped.Done("shop-db-before-rb-0k3f9a2c"));
        var selector = shop.kube.get(entrance()).at("/spec/selector");
        assertThat(selector.path("cnpg.io/cluster").asText()).isEqualTo(name);
        assertThat(selector.path("cnpg.io/instanceRole").asText()).isEqualTo("primary");
        assertThat(object("clusters", name).at("/spec/backup/barmanObjectStore").toString())
                .as("a place of its own in the same store")
                .contains("\"destinationPath\":\"s3://backups/\"")
                .contains("\"serverName\":\"%s\"".formatted(name));
        backups(Trust.RESTORED).take(web, "lg-later", "after-swap", "the database was swapped", FENCE);
        assertThat(object("backups", "lg-later").at("/spec/cluster/name").asText())
                .as("of what users have now")
                .isEqualTo(name);
        assertThat(object("clusters", "shop-db").at("/metadata/annotations").toString())
                .contains("\"cnpg.io/hibernation\":\"on\"")
                .contains("\"lastgood.dev/kept-as\":\"shop-db-before-rb-0k3f9a2c\"");
    }

    @Test
    void a_switch_whose_second_half_is_missing_is_not_done_and_is_finished() {
        database(STORE);
        shop.kube.create("/api/v1/namespaces/%s/services".formatted(shop.namespace), """
                {"metadata":{"name":"db"},"spec":{"type":"ExternalName","externalName":"shop-db-rw.%s.svc"}}
                """.formatted(shop.namespace));
        taken(Trust.RESTORED);
        var name = restored(XID);
        cluster.faults().on("PATCH", "/clusters/shop-db").answer(403);

        assertThatThrownBy(() -> switches().swap(web, name, "old", FENCE)).isInstanceOf(Forbidden.class);
        assertThat(switches().look(web, name)).isInstanceOf(Swapped.NotYet.class);
        switches().swap(web, name, "old", FENCE);

        assertThat(switches().look(web, name)).isEqualTo(new Swapped.Done("old"));
        assertThat(shop.kube.get(entrance()).at("/spec/externalName").asText())
                .isEqualTo("shop-db-lg-a1-rw.%s.svc".formatted(shop.namespace));
    }

    @Test
    void a_service_that_leads_elsewhere_is_left_alone() {
        database(STORE);
        shop.serviceObject("db", Map.of("cnpg.io/cluster", "shop-db"));
        taken(Trust.RESTORED);
        var name = restored(XID);
        shop.kube.patch(entrance(), KubeApi.MERGE_PATCH, "{\"spec\":{\"selector\":{\"cnpg.io/cluster\":\"other\"}}}");

        assertThat(switches().look(web, name)).isEqualTo(new Swapped.Stale("the Service db leads to other"));
        assertThatThrownBy(() -> switches().swap(web, name, "old", FENCE)).isInstanceOf(WorldMoved.class);
    }

    @Test
    void after_one_switch_there_can_be_another() {
        database(STORE);
        shop.serviceObject("db", Map.of("cnpg.io/cluster", "shop-db", "cnpg.io/instanceRole", "primary"));
        taken(Trust.OPERATORS_WORD);
        var first = restored(XID);
        switches().swap(web, first, "old", FENCE);
        healthy(first);
        backups(Trust.OPERATORS_WORD).take(web, "lg-later", "", "", FENCE);
        Shop.eventually("the backup", () -> backups(Trust.OPERATORS_WORD).look(web, "lg-later") instanceof State.There);

        scratches().begin(web, "a2", "lg-later", XID, FENCE);
        healthy("shop-db-lg-a2");
        switches().swap(web, "shop-db-lg-a2", "older", FENCE);

        assertThat(switches().look(web, "shop-db-lg-a2")).isEqualTo(new Swapped.Done("older"));
        assertThat(switches().look(web, first))
                .as("the first one is not what users have any more")
                .isInstanceOf(Swapped.Stale.class);
        assertThat(object("clusters", first).at("/metadata/annotations").toString())
                .contains("\"cnpg.io/hibernation\":\"on\"");
        assertThat(object("clusters", "shop-db-lg-a2")
                        .at("/spec/externalClusters/0/barmanObjectStore/serverName")
                        .asText())
                .as("its past is in the first one's archive")
                .isEqualTo(first);
    }

    @Test
    void a_cluster_asleep_that_nobody_leads_to_is_not_backed_up() {
        database(STORE);
        shop.kube.patch(
                path("clusters") + "/shop-db",
                KubeApi.MERGE_PATCH,
                "{\"metadata\":{\"annotations\":{\"cnpg.io/hibernation\":\"on\"}}}");

        assertThatThrownBy(() -> backups(Trust.RESTORED).take(web, "lg-later", "", "", FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("the Cluster shop-db is asleep");
    }

    @Test
    void a_service_that_was_led_to_a_strange_cluster_by_hand_stops_backups_of_the_wrong_one() {
        database(STORE);
        shop.serviceObject("db", Map.of("cnpg.io/cluster", "other"));

        assertThatThrownBy(() -> backups(Trust.RESTORED).take(web, NAME, "", "", FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("the Service db leads to other");
    }

    // ---- rehearsals

    @Test
    void a_rehearsal_is_restored_proved_and_thrown_away_and_no_other_cluster_is() {
        database(STORE);
        taken(Trust.OPERATORS_WORD);
        var restores = new CnpgRestores(scratches(), new WallTime());

        var ready = restores.rehearse(web, NAME, said -> {});
        restores.rehearsed(web, NAME);
        restores.dropRehearsal(web);

        assertThat(ready.cluster()).isEqualTo("shop-db-lg-rehearsal");
        assertThat(backups(Trust.OPERATORS_WORD).find(web, NAME).orElseThrow().rehearsal())
                .isInstanceOf(Rehearsal.Restored.class);
        assertThat(shop.api.find(CnpgKinds.CLUSTER, shop.namespace, "shop-db-lg-rehearsal"))
                .isEmpty();
        shop.kube.create(
                path("clusters"), "{\"metadata\":{\"name\":\"shop-db-lg-rehearsal\"},\"spec\":{\"instances\":1}}");
        assertThatThrownBy(() -> restores.dropRehearsal(web))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("is not one that a rehearsal made");
    }

    // ---- the doctor

    @Test
    void the_doctor_says_what_would_stop_a_backup_and_what_would_undo_a_fence() {
        shop.kube.create(path("clusters"), """
                {"metadata":{"name":"shop-db"},"spec":{"instances":1,
                 "managed":{"roles":[{"name":"shop","login":true}]}}}""");
        healthy("shop-db");

        var found = new CnpgDoctor(shop.api, databases(Trust.OPERATORS_WORD)).findings(web);

        assertThat(found)
                .extracting(f -> f.level() + " " + f.why())
                .anySatisfy(line -> assertThat(line).startsWith("MISSING has nowhere to put a backup"))
                .anySatisfy(line -> assertThat(line).startsWith("WARN manages the logins of shop"))
                .anySatisfy(line -> assertThat(line).startsWith("WARN there is no Service db"));
    }

    @Test
    void nothing_is_led_to_a_cluster_that_is_not_healthy() {
        database(STORE);
        shop.serviceObject("db", Map.of("cnpg.io/cluster", "shop-db"));

        assertThatThrownBy(() -> switches().swap(web, "shop-db-lg-a1", "old", FENCE))
                .isInstanceOf(WorldMoved.class)
                .hasMessageContaining("is not there, or not healthy");
    }
}
