package lastgood.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Unreachable;

/// A platform of its own for a test: a data folder, an agent in this process, and a service to play with.
final class World implements AutoCloseable {

    static {
        lastgood.local.proxy.JdkSettings.apply();
    }

    static final ServiceRef SHOP = new ServiceRef("test", "shop");
    static final Workload MAIN = new Workload(SHOP, "shop");
    static final Workload BLUE = new Workload(SHOP, "blue");
    static final Workload GREEN = new Workload(SHOP, "green");

    final Path data;
    final Path project;
    final int port = freePort();
    final LocalService service;
    final LocalClient client;
    final LocalRevisions revisions;
    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final AtomicInteger steps = new AtomicInteger();
    private LocalAgent agent;

    World(Path folder) {
        this.data = folder.resolve("data");
        this.project = folder.resolve("project");
        write("conf/app.txt", "config one");
        this.service = service(port);
        this.client = new LocalClient(data, Map.of(SHOP, service));
        this.revisions = new LocalRevisions(data, Map.of(SHOP, service), System.getenv());
    }

    World with(InstantSource clock) throws InterruptedException {
        agent = new LocalAgent(new LocalAgent.Options(data, List.of(), ""), System.getenv(), clock);
        var thread = Thread.ofPlatform().name("agent").start(agent::run);
        thread.setUncaughtExceptionHandler((_, e) -> e.printStackTrace());
        agent.awaitStart(Duration.ofSeconds(10));
        return this;
    }

    World withAgent() throws InterruptedException {
        return with(InstantSource.system());
    }

    LocalService service(int listen) {
        return new LocalService(
                java(TestService.class, "{version}", "{version}-mode", "{config}"),
                "",
                project,
                new TreeMap<>(Map.of("GREETING", new Setting.Plain("hello {version}"))),
                List.of(Path.of("conf/app.txt")),
                "/health",
                Duration.ofSeconds(1),
                LocalService.Listen.loopback(listen),
                3,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                lastgood.core.recover.Limits.usual());
    }

    static List<String> java(Class<?> main, String... args) {
        var command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                main == TestService.class ? testClasses() : System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /// The service needs nothing else, and starts faster without the rest.
    private static String testClasses() {
        try {
            // As a URI, because a folder may have a space in its name.
            return Path.of(TestService.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where the tests are, is no address", e);
        }
    }

    /// Stages a release that behaves so.
    Revision stage(String version, String mode) {
        var definition = new LocalService(
                java(TestService.class, version, mode, "{config}"),
                "",
                project,
                service.env(),
                service.config(),
                service.health(),
                service.startWithin(),
                service.listen(),
                service.instances(),
                service.stopWithin(),
                service.drain(),
                service.limits());
        return new LocalRevisions(data, Map.of(SHOP, definition), System.getenv())
                .stage(SHOP, new Version(version), Map.of());
    }

    Fence fence() {
        return new Fence(new RunId("ro-%08d".formatted(steps.incrementAndGet())), "10-step", 1);
    }

    WorkloadState state() {
        return state(MAIN);
    }

    WorkloadState state(Workload workload) {
        return client.find(workload).orElseThrow();
    }

    Revision deployed(String version, String mode, int instances) {
        var revision = stage(version, mode);
        client.create(MAIN, revision, instances, fence());
        shift(Map.of(MAIN.name(), 100));
        Eventually.see(this::state, WorkloadState::complete);
        return revision;
    }

    void shift(Map<String, Integer> weights) {
        client.shift(client.get(SHOP), new TreeMap<>(weights), fence());
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new Unreachable("no answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    List<Long> pids() {
        return client.instances(SHOP).stream().map(InstanceView::pid).sorted().toList();
    }

    void write(String file, String text) {
        try {
            Files.createDirectories(project.resolve(file).getParent());
            Files.writeString(project.resolve(file), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Two workloads that are ready; all traffic on the first.
    void blueAndGreen() {
        client.create(BLUE, stage("v1", "ok"), 1, fence());
        client.create(GREEN, stage("v2", "ok"), 1, fence());
        Eventually.see(() -> state(BLUE), WorkloadState::complete);
        Eventually.see(() -> state(GREEN), WorkloadState::complete);
        shift(Map.of("blue", 100));
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Processes of this data folder that are still there.
    List<lastgood.local.process.ProcessId> left() {
        try {
            var id = Files.readString(data.resolve("agent/id")).strip();
            return lastgood.local.process.Strays.find(mark -> mark.startsWith(id + "/"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void stopAgent() {
        if (agent != null) {
            agent.close();
            agent = null;
        }
    }

    @Override
    public void close() {
        stopAgent();
        http.close();
    }
}
