package lastgood.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.app.CommandLine.Said;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.cnpg.CnpgKinds;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import lastgood.testkit.kube.Shop;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that CloudNativePG runs, from the command line to its resources and back: the API server and the operator
/// are simulated, the servers behind their Services are real. What the operator would restore are copies of the live
/// server's files, made right before and right after the damage, so transactions' numbers are those of the log.
///
/// The real API server of this tier dies of custom resources, so this is not tried on it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CnpgOnSimTest {

    private static final ServiceRef WEB = new ServiceRef("production", "web");

    /// Every operator's server listens there.
    private static final int PORT = 5432;

    /// On one machine each has an address of its own instead; of this process, because others do the same.
    private static final int NET = 2 + (int) (ProcessHandle.current().pid() % 250);

    private static final int LIVE = 1;
    private static final int BEFORE = 2;
    private static final int AFTER = 3;
    private static final int ENTRANCE = 4;

    private static final Duration SHORT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final SimCluster cluster = SimCluster.start();
    private final Map<Integer, Server> servers = new HashMap<>();
    private final List<Socket> led = new ArrayList<>();
    private Shop shop;
    private ServerSocket door;
    private CommandLine people;

    @BeforeEach
    void a_shop_whose_database_an_operator_runs() throws Exception {
        define(CnpgKinds.CLUSTER);
        define(CnpgKinds.BACKUP);
        shop = new Shop(cluster, folder);
        shop.deploy("web", "v1", 1);
        shop.complete("web");
        shop.kube.create(path("clusters"), """
                {"metadata":{"name":"shop-db"},
                 "spec":{"instances":1,"storage":{"size":"1Gi"},
                  "bootstrap":{"initdb":{"database":"shop","owner":"shop"}},
                  "backup":{"barmanObjectStore":{"destinationPath":"s3://backups/","s3Credentials":{}}}}}""");
        shop.serviceObject("db", Map.of("cnpg.io/cluster", "shop-db", "cnpg.io/instanceRole", "primary"));
        Shop.eventually(
                "the Cluster",
                () -> object("clusters", "shop-db").at("/status/readyInstances").asInt() > 0);
        ClusterNames.are(this::address);
        door = new ServerSocket(PORT, 50, InetAddress.getByAddress(ip(ENTRANCE)));
        var _ = Thread.ofVirtual().start(this::lead);
        Files.createDirectories(folder.resolve("migrations"));
        Files.writeString(
                folder.resolve("migrations/20260102_zero.up.sql"),
                "UPDATE public.orders SET total = 0 WHERE id <= 40;\n");
        Files.writeString(folder.resolve("migrations/20260102_zero.down.sql"), "SELECT 1;\n");
        Files.writeString(folder.resolve("lastgood.yaml"), """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments:
                  production: { namespace: %s, cluster: { kubeconfig: %s } }
                services:
                  web:
                    verify:
                      window: 100ms
                      checks: { errorRate: {enabled: false}, latencyP95: {enabled: false}, auth: {enabled: false},
                        database: {enabled: false}, endpoints: {enabled: false}, logs: {enabled: false},
                        integrations: {enabled: false}, smoke: {enabled: false}, users: {enabled: false} }
                    maintenance: { env: MAINTENANCE_MODE }
                    database:
                      url: { env: APP_URL }
                      admin: { env: ADMIN_URL }
                      migrations: { dir: migrations }
                      backup: { kind: cnpg, resource: shop-db, maxAgeForRestore: 1h }
                      restore: { mode: side-by-side, service: db }
                """.formatted(shop.namespace, shop.kubeconfig));
        people = new CommandLine(
                "laptop",
                variables(),
                List.of(
                        "--config",
                        folder.resolve("lastgood.yaml").toString(),
                        "--data",
                        folder.resolve("data").toString()));
        var live = Server.create(
                Binaries.ours(EmbeddedDatabases.cache(System.getenv(), folder)), folder.resolve("pg/live"));
        start(LIVE, live);
        sql("postgres", "CREATE ROLE shop LOGIN");
        sql("postgres", "CREATE DATABASE shop OWNER shop");
        sql("shop", "CREATE TABLE public.orders (id int PRIMARY KEY, total int NOT NULL)");
        sql("shop", "ALTER TABLE public.orders OWNER TO shop");
        sql("shop", "INSERT INTO public.orders SELECT n, n FROM generate_series(1, 100) n");
        shop.kube.patch(
                path("clusters") + "/shop-db/status",
                lastgood.testkit.kube.KubeApi.MERGE_PATCH,
                "{\"status\":{\"systemID\":\"%s\"}}"
                        .formatted(sql("postgres", "SELECT system_identifier FROM pg_control_system()")));
        // The simulated operator's positions begin at 0/3000000, so the log has to be behind the backup's end.
        for (var i = 0; i < 6; i++) {
            sql("postgres", "CREATE TABLE public.log_%d ()".formatted(i));
            sql("postgres", "SELECT pg_switch_wal()");
        }
    }

    @AfterEach
    void nothing_is_left_running() throws IOException {
        ClusterNames.areForgotten();
        door.close();
        for (var socket : led) {
            socket.close();
        }
        servers.values().forEach(Server::stop);
        shop.close();
        cluster.close();
    }

    // ---- the cluster

    private void define(Kind kind) {
        try (var kube = new lastgood.testkit.kube.KubeApi(cluster)) {
            kube.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
                    {"metadata":{"name":"%s"},
                     "spec":{"group":"%s","scope":"Namespaced","names":{"plural":"%s","singular":"%s","kind":"%s"},
                      "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
                       "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
                    """.formatted(
                            kind.resource(),
                            kind.group(),
                            kind.plural(),
                            kind.kind().toLowerCase(java.util.Locale.ROOT),
                            kind.kind()));
            Shop.eventually(
                    kind + " to be served",
                    () -> kube.find("/apis/%s/v1/namespaces/default/%s".formatted(kind.group(), kind.plural()))
                            .isPresent());
        }
    }

    private String path(String plural) {
        return "/apis/postgresql.cnpg.io/v1/namespaces/%s/%s".formatted(shop.namespace, plural);
    }

    private JsonNode object(String plural, String name) {
        return shop.kube.get(path(plural) + "/" + name);
    }

    private String leadsTo() {
        return shop.kube
                .get("/api/v1/namespaces/%s/services/db".formatted(shop.namespace))
                .at("/spec/selector")
                .path("cnpg.io/cluster")
                .asText();
    }

    // ---- its network

    private static byte[] ip(int host) {
        return new byte[] {127, (byte) NET, 7, (byte) host};
    }

    private static String text(int host) {
        return "127.%d.7.%d".formatted(NET, host);
    }

    private Optional<byte[]> address(String name) {
        if (name.equals("db.%s.svc".formatted(shop.namespace))) {
            return Optional.of(ip(ENTRANCE));
        }
        var own = "-rw.%s.svc".formatted(shop.namespace);
        return name.endsWith(own)
                ? Optional.of(ip(server(name.substring(0, name.length() - own.length()))))
                : Optional.empty();
    }

    /// Which copy a Cluster would hold, by what the operator was asked for.
    private int server(String name) {
        if (name.equals("shop-db")) {
            return LIVE;
        }
        var target = object("clusters", name).at("/spec/bootstrap/recovery/recoveryTarget");
        return target.path("exclusive").asBoolean(false) ? BEFORE : AFTER;
    }

    /// What a Service's address does: it leads to where the selector says, each time anew.
    private void lead() {
        while (!door.isClosed()) {
            try {
                var in = door.accept();
                led.add(in);
                var out = new Socket();
                led.add(out);
                out.connect(new InetSocketAddress(InetAddress.getByAddress(ip(server(leadsTo()))), PORT));
                var _ = Thread.ofVirtual().start(() -> pump(in, out));
                var _ = Thread.ofVirtual().start(() -> pump(out, in));
            } catch (IOException _) {
                // closed, or nobody listens there: whoever asked sees that
            }
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException _) {
            // the other side went
        }
    }

    // ---- its servers

    private void start(int host, Server server) {
        var _ = server.start(
                PORT,
                Server.Durability.FAST,
                Map.of(
                        "listen_addresses", text(host),
                        "archive_mode", "on",
                        "archive_command", "/bin/true",
                        "wal_level", "replica"));
        servers.put(host, server);
    }

    private void copyTo(int host, String name) throws Exception {
        var live = servers.get(LIVE);
        live.stop();
        assertThat(new ProcessBuilder(
                                "cp",
                                "--archive",
                                live.data().toString(),
                                live.data().resolveSibling(name).toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        start(LIVE, live);
        start(host, new Server(live.binaries(), live.data().resolveSibling(name)));
    }

    private String sql(String database, String text) {
        return sessions(database, LIVE).in("arrange", SHORT, session -> asked(session, text));
    }

    private static Sessions sessions(String database, int host) {
        return new Sessions(
                new Address(text(host), PORT, database, "postgres", new Address.Password(""), Map.of()), "test");
    }

    private static String asked(Connection session, String text) throws java.sql.SQLException {
        try (var statement = session.createStatement()) {
            if (!statement.execute(text)) {
                return "";
            }
            try (var row = statement.getResultSet()) {
                return row.next() ? String.valueOf(row.getString(1)) : "";
            }
        }
    }

    private static String read(String database, int host, String question) {
        return sessions(database, host).look("see", session -> asked(session, question));
    }

    private Map<String, String> variables() {
        return Map.of(
                "HOME",
                folder.toString(),
                "XDG_CACHE_HOME",
                EmbeddedDatabases.cache(System.getenv(), folder)
                        .resolveSibling("")
                        .toString(),
                "APP_URL",
                "postgres://shop@db.%s.svc/shop".formatted(shop.namespace),
                "ADMIN_URL",
                "postgres://postgres@db.%s.svc/shop".formatted(shop.namespace));
    }

    private Said lastgood(int exit, String... words) {
        var said = people.run(words);
        assertThat(said.exit()).as(said.toString()).isEqualTo(exit);
        return said;
    }

    @Test
    void backup_rehearsal_assessment_and_swap_go_through_the_operators_resources() throws Exception {
        // A backup, by the operator's word.
        var taken = lastgood(0, "db", "backup", "-e", "production", "--reason", "before-zero");
        var backup = taken.out().strip();
        assertThat(taken.err()).contains("by the provider's word; nobody has read it back");
        assertThat(taken.toString()).doesNotContain("and was read back");
        assertThat(object("backups", backup).at("/spec/cluster/name").asText()).isEqualTo("shop-db");
        assertThat(lastgood(0, "db", "backups", "-e", "production").out())
                .contains(backup, "no: taken on trust", "never: UNPROVEN");

        // The damage: a migration that is bad for the data.
        var session = session();
        var databases = session.ports().databases();
        databases.points().mark(WEB, "lg-op-00000001-10-mark", "v2", new Fence(new RunId("op-00000001"), "10-mark", 1));
        copyTo(BEFORE, "before");
        databases
                .schemas()
                .apply(
                        databases.schemas().look(WEB),
                        "20260102_zero",
                        new Fence(new RunId("op-00000001"), "20-apply", 1));
        databases.points().close(WEB, "lg-op-00000001-10-mark", new Fence(new RunId("op-00000001"), "30-close", 1));
        copyTo(AFTER, "after");
        sql("shop", "INSERT INTO public.orders SELECT n, n FROM generate_series(101, 110) n");

        // A rehearsal restores it, reads it, and throws it away.
        assertThat(lastgood(0, "db", "rehearse", "-e", "production").toString())
                .contains("was restored in", "and thrown away");
        assertThat(shop.kube.find(path("clusters") + "/shop-db-lg-rehearsal")).isEmpty();
        var list = new ObjectMapper()
                .readTree(lastgood(0, "db", "backups", "-e", "production", "-o", "json")
                        .out());
        assertThat(list.at("/items/0/restored").asBoolean()).isTrue();
        assertThat(list.at("/items/0/readBack").asText()).isEqualTo("yes");

        // What is at stake is counted on two new Clusters, before and behind the damage.
        var assessed = new ObjectMapper()
                .readTree(lastgood(0, "db", "corruption", "assess", "-e", "production", "-o", "json")
                        .out());
        var scratch = assessed.path("scratch").asText();
        assertThat(scratch).startsWith("shop-db-lg-");
        assertThat(object("clusters", scratch)
                        .at("/spec/bootstrap/recovery/recoveryTarget/backupID")
                        .asText())
                .isEqualTo(object("backups", backup).at("/status/backupId").asText());
        assertThat(assessed.at("/tables/0/repaired").asInt()).isEqualTo(40);
        assertThat(assessed.at("/tables/0/kept").asInt()).isEqualTo(10);

        // It becomes the database, behind the fence; the old one sleeps, and the new one is backed up.
        var restored = lastgood(0, "db", "restore", "-e", "production", "--scratch", scratch, "--confirm", "web");

        assertThat(leadsTo()).as(restored.toString()).isEqualTo(scratch);
        assertThat(object("clusters", "shop-db").at("/metadata/annotations").toString())
                .contains("\"cnpg.io/hibernation\":\"on\"");
        assertThat(read("shop", BEFORE, "SELECT count(*) || ' ' || sum(total) FROM public.orders"))
                .isEqualTo("100 5050");
        var mayEnter = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'shop'";
        assertThat(read("postgres", BEFORE, mayEnter))
                .as("the fence is open again, on the new one")
                .isEqualTo("t");
        assertThat(read("postgres", LIVE, mayEnter))
                .as("and shut on the old one")
                .isEqualTo("f");
        assertThat(lastgood(0, "db", "backups", "-e", "production").out())
                .as("the catalogue is of the Cluster that users have")
                .contains("after-swap")
                .doesNotContain(backup);
    }

    @Test
    void an_old_backup_is_not_restored_by_the_way_and_the_doctor_and_the_role_know_the_operator() throws Exception {
        assertThat(lastgood(0, "cluster", "install", "-e", "production", "--print")
                        .out())
                .contains("postgresql.cnpg.io", "shop-db-lg-rehearsal");
        assertThat(lastgood(0, "cluster", "doctor", "-e", "production").out())
                .contains(
                        "CloudNativePG Cluster",
                        "archives its write-ahead log, by the operator's word",
                        "leads to shop-db");
        var backup = lastgood(0, "db", "backup", "-e", "production", "--reason", "before-zero")
                .out()
                .strip();
        shop.kube.patch(
                path("backups") + "/" + backup + "/status",
                lastgood.testkit.kube.KubeApi.MERGE_PATCH,
                "{\"status\":{\"stoppedAt\":\"2020-01-01T00:00:00Z\",\"startedAt\":\"2020-01-01T00:00:00Z\"}}");
        shop.kube.patch(
                path("clusters") + "/shop-db/status",
                lastgood.testkit.kube.KubeApi.MERGE_PATCH,
                "{\"status\":{\"firstRecoverabilityPointByMethod\":{\"barmanObjectStore\":\"2019-01-01T00:00:00Z\"}}}");

        var refused = lastgood(3, "db", "restore", "-e", "production", "--backup", backup, "--confirm", "web");

        assertThat(refused.err()).contains("backup.maxAgeForRestore is 1h", "--older-backup");
        assertThat(shop.kube.get(path("clusters")).path("items"))
                .as("nothing was restored")
                .hasSize(1);
    }

    private lastgood.cli.Session session() {
        var host = new ThisMachine(variables());
        var loaded = new lastgood.config.ConfigLoader().load(folder.resolve("lastgood.yaml"));
        var catalog = ((lastgood.config.Loaded.Ok) loaded).catalog();
        var effective = ((lastgood.config.Resolved.Ok) catalog.effective(
                        "production",
                        "web",
                        lastgood.config.Overrides.of(
                                Map.of(
                                        lastgood.config.Setting.DATA,
                                        folder.resolve("data").toString()),
                                variables())))
                .effective();
        return host.open(catalog, effective);
    }
}
