package lastgood.testkit.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real control plane on loopback: etcd, kube-apiserver and kube-controller-manager as child processes, and a
/// [FakeKubelet] in place of nodes and scheduler. Everything that decides about a rollout is the real thing; only the
/// containers are made up.
///
/// It takes seconds to start and half a gigabyte, so there is one for each test JVM ([#shared]) and a namespace for
/// each test ([#newNamespace]). Nothing of it outlives the JVM, see [Leashed].
public final class ControlPlane implements Cluster {

    /// The variables that may name the folder with the binaries; the second is what envtest's users have set already.
    static final List<String> ASSETS = List.of("LASTGOOD_KUBE_ASSETS", "KUBEBUILDER_ASSETS");

    private static final List<String> BINARIES = List.of("etcd", "kube-apiserver", "kube-controller-manager");

    /// Seen: 6 s alone on two cores, 9 s on a cold cache; a machine that runs three other builds takes a few times
    /// that.
    private static final Duration START = Duration.ofMinutes(2);

    /// From this minor version on, a service account has no token Secret of its own.
    private static final int NO_TOKEN_SECRETS = 24;

    /// From this minor version on, the controller manager no longer knows the flag for its plain HTTP port.
    private static final int NO_PLAIN_PORT = 24;

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private static @Nullable ControlPlane shared;
    private static String whyNotShared = "";

    private final Path assets;
    private final Path folder;
    private final Leashed sweep;
    private final User admin = new User("admin", token(16), List.of("system:masters"));
    private final int etcdPort = freePort();
    private final int peerPort = freePort();
    private final int apiPort = freePort();
    private final Thread hook = new Thread(this::end, "control-plane-end");
    private @Nullable Leashed etcd;
    private @Nullable Leashed apiServer;
    private @Nullable Leashed controllers;
    private @Nullable KubeApi api;
    private @Nullable FakeKubelet kubelet;
    private String version = "v?";
    private int minor;

    /// Someone with a token; what they may do is up to RBAC, by name and groups.
    public record User(String name, String token, List<String> groups) {

        public User {
            groups = List.copyOf(groups);
        }

        /// A user with a new token.
        public static User named(String name, String... groups) {
            return new User(name, ControlPlane.token(16), List.of(groups));
        }

        private String line() {
            return "%s,%s,%s,\"%s\"".formatted(token, name, name, String.join(",", groups));
        }
    }

    private ControlPlane(Path assets, List<User> users) {
        this.assets = assets;
        try {
            this.folder = Files.createTempDirectory("lastgood-kube-");
            this.sweep = Leashed.sweep(folder);
            var all = Stream.concat(Stream.of(admin), users.stream()).map(User::line);
            Files.writeString(folder.resolve("tokens.csv"), all.collect(Collectors.joining("\n", "", "\n")));
            writeServiceAccountKey();
        } catch (IOException e) {
            throw new UncheckedIOException("could not prepare a folder for the control plane", e);
        }
    }

    /// The folder with the binaries, if someone named one.
    public static Optional<Path> assets() {
        return ASSETS.stream()
                .map(System::getenv)
                .filter(value -> value != null && !value.isBlank())
                .map(Path::of)
                .findFirst();
    }

    /// The one control plane of this JVM, started by whoever asks first. A start that failed is not tried again: each
    /// of a hundred tests would wait for it.
    public static synchronized ControlPlane shared() {
        if (!whyNotShared.isEmpty()) {
            throw new IllegalStateException("the control plane did not start earlier: " + whyNotShared);
        }
        if (shared == null) {
            try {
                shared = start(assets().orElseThrow(() -> new IllegalStateException(
                        "set %s to a folder with %s".formatted(ASSETS.getFirst(), String.join(", ", BINARIES)))));
            } catch (RuntimeException e) {
                whyNotShared = String.valueOf(e.getMessage());
                throw e;
            }
        }
        return shared;
    }

    /// A control plane of one's own, for tests that do harm to it.
    public static ControlPlane start(Path assets, User... users) {
        check(assets);
        var plane = new ControlPlane(assets, List.of(users));
        try {
            plane.start();
            return plane;
        } catch (RuntimeException e) {
            plane.closeAfter(e);
            throw e;
        }
    }

    private static void check(Path assets) {
        var missing = BINARIES.stream()
                .filter(name -> !Files.isExecutable(assets.resolve(name)))
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "%s has no executable %s; hint: envtest's archives lack the controller manager, Debian's etcd is in etcd-server"
                            .formatted(assets, String.join(", ", missing)));
        }
    }

    private void start() {
        Runtime.getRuntime().addShutdownHook(hook);
        startEtcd();
        startApiServer();
        startControllers();
        kubelet = FakeKubelet.start(this);
        awaitServiceAccount("default");
    }

    @Override
    public String name() {
        return "real " + version;
    }

    @Override
    public URI url() {
        return URI.create("https://127.0.0.1:" + apiPort);
    }

    @Override
    public String token() {
        return admin.token();
    }

    /// The API server's self-made certificate comes with the authority that signed it.
    @Override
    public String authority() {
        try {
            return Files.readString(certificate());
        } catch (IOException e) {
            throw new UncheckedIOException("the API server has no certificate yet", e);
        }
    }

    /// The same cluster as this user sees it.
    public Cluster as(User user) {
        var plane = this;
        return new Cluster() {
            @Override
            public String name() {
                return plane.name() + " as " + user.name();
            }

            @Override
            public URI url() {
                return plane.url();
            }

            @Override
            public String token() {
                return user.token();
            }

            @Override
            public String authority() {
                return plane.authority();
            }

            @Override
            public void close() {} // the control plane is not this user's to end
        };
    }

    /// With the rights of an administrator.
    public KubeApi api() {
        return there(api, "API client");
    }

    /// Whose pods these are; says what their logs are and how long they take to stop.
    public FakeKubelet kubelet() {
        return there(kubelet, "kubelet");
    }

    /// A namespace of one's own in which pods can be made at once.
    public String newNamespace(String prefix) {
        var name = "%s-%d-%s".formatted(prefix, NAMESPACES.incrementAndGet(), token(2));
        api().create(
                        "/api/v1/namespaces",
                        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"%s\"}}"
                                .formatted(name));
        awaitServiceAccount(name);
        return name;
    }

    /// A token for a service account, whose rights a test can change while everything runs.
    public User serviceAccount(String namespace, String name) {
        var path = "/api/v1/namespaces/%s/serviceaccounts".formatted(namespace);
        api().create(
                        path,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"%s\"}}"
                                .formatted(name));
        var token = api().create(
                        path + "/" + name + "/token",
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{\"expirationSeconds\":3600}}")
                .at("/status/token")
                .asText();
        return new User("system:serviceaccount:%s:%s".formatted(namespace, name), token, List.of());
    }

    /// The API server goes away in the middle of whatever it does; its data stays.
    public void killApiServer() {
        apiServer = ended(apiServer);
    }

    /// Comes back on the same port with the same data and certificate once it is ready.
    public void startApiServer() {
        apiServer = run("kube-apiserver", apiServerFlags());
        await("an API server that is ready", apiServer, this::isReady);
        var seen = api().get("/version");
        version = seen.path("gitVersion").asText();
        minor = Integer.parseInt(seen.path("minor").asText().replaceAll("\\D", ""));
    }

    /// From now on nobody reconciles: generations are not observed, no pod is made.
    public void killControllers() {
        controllers = ended(controllers);
    }

    public void startControllers() {
        writeControllersKubeconfig();
        controllers = run("kube-controller-manager", controllersFlags());
    }

    /// The resident memory of the three processes, where the system tells.
    public long residentBytes() {
        return processes().stream().mapToLong(ControlPlane::residentBytes).sum();
    }

    /// Ends everything and deletes the data.
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the JVM is ending, so the hook is what runs us or has
        }
    }

    List<ProcessHandle> processes() {
        return Stream.of(etcd, apiServer, controllers)
                .flatMap(child -> child == null ? Stream.empty() : child.processes().stream())
                .toList();
    }

    Path folder() {
        return folder;
    }

    private synchronized void end() {
        if (kubelet != null) {
            kubelet.close();
        }
        if (api != null) {
            api.close();
        }
        controllers = ended(controllers);
        apiServer = ended(apiServer);
        etcd = ended(etcd);
        sweep.close();
    }

    private void closeAfter(RuntimeException first) {
        try {
            close();
        } catch (RuntimeException second) {
            first.addSuppressed(second);
        }
    }

    private static @Nullable Leashed ended(@Nullable Leashed child) {
        if (child != null) {
            child.close();
        }
        return null;
    }

    private void startEtcd() {
        var flags = new ArrayList<>(List.of(
                "--name=default",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + plain(etcdPort),
                "--advertise-client-urls=" + plain(etcdPort),
                "--listen-peer-urls=" + plain(peerPort),
                "--initial-advertise-peer-urls=" + plain(peerPort),
                "--initial-cluster=default=" + plain(peerPort),
                "--heartbeat-interval=50", // it elects only itself: no reason to wait a second for that
                "--election-timeout=500",
                "--logger=zap",
                "--log-level=error"));
        if (etcdKnows(
                "--unsafe-no-fsync")) { // a quarter of the start is spent waiting for the disk; this data may be lost
            flags.add("--unsafe-no-fsync");
        }
        etcd = run("etcd", flags);
    }

    private boolean etcdKnows(String flag) {
        try {
            var probe = new ProcessBuilder(assets.resolve("etcd").toString(), flag, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (probe.waitFor(10, TimeUnit.SECONDS)) {
                return probe.exitValue() == 0;
            }
            probe.destroyForcibly();
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("could not run etcd", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<String> apiServerFlags() {
        return List.of(
                "--etcd-servers=" + plain(etcdPort),
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                "--secure-port=" + apiPort,
                "--cert-dir=" + folder.resolve("certs"),
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--endpoint-reconciler-type=none", // a loopback address is not allowed as an endpoint
                "--service-cluster-ip-range=10.96.0.0/20",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-signing-key-file=" + folder.resolve("service-accounts.key"),
                "--service-account-key-file=" + folder.resolve("service-accounts.pub"),
                "--authorization-mode=Node,RBAC",
                "--kubelet-preferred-address-types=InternalIP",
                "--profiling=false");
    }

    private List<String> controllersFlags() {
        var flags = new ArrayList<>(List.of(
                "--kubeconfig=" + folder.resolve("controllers.yaml"),
                "--use-service-account-credentials",
                "--leader-elect=false",
                "--service-account-private-key-file=" + folder.resolve("service-accounts.key"),
                "--root-ca-file=" + certificate(),
                "--horizontal-pod-autoscaler-sync-period=5s",
                "--node-monitor-grace-period=2m", // a JVM that waits for a processor must not look like a dead node
                "--kube-api-qps=500", // the default of 20 is what most of a test's time would go to
                "--kube-api-burst=1000",
                "--secure-port=0",
                "--profiling=false"));
        if (minor < NO_PLAIN_PORT) {
            flags.add("--port=0"); // two test JVMs on one machine would want the same one
        }
        return flags;
    }

    private Leashed run(String binary, List<String> flags) {
        var command = new ArrayList<>(List.of(assets.resolve(binary).toString()));
        command.addAll(flags);
        return Leashed.run(binary, folder.resolve(binary + ".log"), command);
    }

    private boolean isReady() {
        if (!Files.exists(certificate())) {
            return false;
        }
        try {
            if (api == null) {
                api = new KubeApi(this);
            }
            return api.send("GET", "/readyz", KubeApi.JSON, "").ok();
        } catch (UncheckedIOException _) {
            return false;
        }
    }

    private void awaitServiceAccount(String namespace) {
        var path = "/api/v1/namespaces/%s/serviceaccounts/default".formatted(namespace);
        await(
                "the default service account of " + namespace,
                there(controllers, "controller manager"),
                () -> api().find(path)
                        .filter(account -> minor >= NO_TOKEN_SECRETS
                                || !account.path("secrets").isEmpty())
                        .isPresent());
    }

    private void await(String what, Leashed child, BooleanSupplier reached) {
        var end = System.nanoTime() + START.toNanos();
        while (!reached.getAsBoolean()) {
            there(etcd, "etcd").mustRun();
            child.mustRun();
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited %d s in vain for %s; last words:\n%s"
                        .formatted(START.toSeconds(), what, child.lastWords()));
            }
            FakeKubelet.pause(Duration.ofMillis(50));
        }
    }

    private Path certificate() {
        return folder.resolve("certs/apiserver.crt");
    }

    private void writeControllersKubeconfig() {
        kubeconfig(folder.resolve("controllers.yaml"), "default");
    }

    private void writeServiceAccountKey() throws IOException {
        var pair = rsa();
        Files.writeString(
                folder.resolve("service-accounts.key"),
                pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.writeString(
                folder.resolve("service-accounts.pub"),
                pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    }

    private static KeyPair rsa() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] content) {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, lines, kind);
    }

    private static String plain(int port) {
        return "http://127.0.0.1:" + port;
    }

    private static String token(int bytes) {
        var random = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /// Below the range from which the kernel gives ports to clients: while the API server is away, a client that calls
    /// it again and again would sooner or later be given that very port, and the server could not come back.
    private static int freePort() {
        for (var attempt = 0; attempt < 100; attempt++) {
            var port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // taken: try another
            }
        }
        throw new IllegalStateException("no free port on loopback");
    }

    private static long residentBytes(ProcessHandle process) {
        try (var lines = Files.lines(Path.of("/proc/%d/status".formatted(process.pid())))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException | UncheckedIOException _) {
            return 0; // not Linux, or just gone
        }
    }

    private static <T> T there(@Nullable T thing, String what) {
        if (thing == null) {
            throw new IllegalStateException("the control plane has no " + what + " now");
        }
        return thing;
    }
}
