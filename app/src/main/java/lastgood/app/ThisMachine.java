package lastgood.app;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import lastgood.cli.Agent;
import lastgood.cli.ClusterAdmin;
import lastgood.cli.Failure;
import lastgood.cli.Host;
import lastgood.cli.Session;
import lastgood.cli.out.Streams;
import lastgood.config.Catalog;
import lastgood.config.Effective;
import lastgood.config.Platform;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.engine.Owner;
import lastgood.engine.port.Time;
import lastgood.kubernetes.api.Api;

/// The process as the command line sees it, and the parts list: everything is made here and in [LocalParts].
final class ThisMachine implements Host, AutoCloseable {

    /// A notice is a line in a file or one request; one that takes longer has failed anyway.
    private static final Duration NOTICES_WITHIN = Duration.ofSeconds(3);

    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int NAME_LENGTH = 8;

    private final Map<String, String> variables;
    private final RealTime time = new RealTime();
    private final Map<Platform.Cluster, Api> apis = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final SecureRandom random = new SecureRandom();
    private final Streams streams;

    ThisMachine(Map<String, String> variables) {
        this(variables, streams(variables));
    }

    /// @param streams of the process, or what a test reads and writes instead
    ThisMachine(Map<String, String> variables, Streams streams) {
        this.variables = variables;
        this.streams = streams;
    }

    private static Streams streams(Map<String, String> variables) {
        var encoding = Optional.ofNullable(System.getProperty("stdout.encoding"))
                .or(() -> Optional.ofNullable(System.getProperty("native.encoding")))
                .orElse("US-ASCII");
        return new Streams(
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                System.out,
                System.err,
                Terminals.is(0),
                Terminals.is(1),
                Terminals.is(2),
                encoding.equalsIgnoreCase("UTF-8"),
                () -> Terminals.width(variables));
    }

    @Override
    public Map<String, String> variables() {
        return variables;
    }

    @Override
    public Path workingFolder() {
        return Path.of("").toAbsolutePath();
    }

    @Override
    public Streams streams() {
        return streams;
    }

    @Override
    public Time time() {
        return time;
    }

    @Override
    public RunId newRun(Plan.Kind kind) {
        var name = new StringBuilder(kind.prefix()).append('-');
        for (var i = 0; i < NAME_LENGTH; i++) {
            name.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new RunId(name.toString());
    }

    @Override
    public Session open(Catalog catalog, Effective effective) {
        if (effective.environment().platform() instanceof Platform.Cluster cluster) {
            return ClusterParts.of(catalog, effective, cluster, api(cluster), variables, owner(), time)
                    .session(effective, executor);
        }
        var parts = LocalParts.of(catalog, effective, variables, time);
        return parts.session(
                effective, executor, new LocalAgentControl(catalogFile(catalog), effective.data(), this), owner());
    }

    @Override
    public ClusterAdmin cluster(Catalog catalog, Effective effective) {
        if (effective.environment().platform() instanceof Platform.Cluster cluster) {
            return ClusterInstallation.of(
                    catalog, ClusterParts.of(catalog, effective, cluster, api(cluster), variables, owner(), time));
        }
        throw Failure.usage(
                "%s is on no cluster".formatted(effective.environment().name()),
                "name an environment with a namespace, or -n NAMESPACE");
    }

    /// One connection for each cluster and each way to it, however many services are looked at.
    private Api api(Platform.Cluster cluster) {
        return apis.computeIfAbsent(
                new Platform.Cluster("", cluster.context(), cluster.inCluster(), cluster.kubeconfig(), cluster.as()),
                _ -> new Api(ClusterParts.connection(cluster, version())));
    }

    private static Path catalogFile(Catalog catalog) {
        return catalog.folder().resolve(Path.of(catalog.file()).getFileName());
    }

    @Override
    public Agent agent(Path config, Path data) {
        return new LocalAgentControl(config, data, this);
    }

    Owner owner() {
        return new Owner("%s:%d".formatted(hostName(), ProcessHandle.current().pid()), person());
    }

    /// The operating system's user; what a name may not hold becomes `_`.
    private static Person person() {
        var name = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9_.@:+-]", "_");
        return new Person(name.isEmpty() || "-.@:+".indexOf(name.charAt(0)) >= 0 ? "_" + name : name);
    }

    private String hostName() {
        return Optional.ofNullable(variables.get("HOSTNAME"))
                .filter(h -> !h.isBlank())
                .or(Terminals::kernelHostName)
                .orElse("localhost");
    }

    @Override
    public void onStopSignal(Runnable action) {
        Runnable both = () -> {
            action.run();
            time.wake();
        };
        Signals.handle("INT", both);
        Signals.handle("TERM", both);
    }

    @Override
    public void exitNow(int code) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }

    @Override
    public List<String> launcher() {
        var launcher = System.getProperty("lastgood.launcher", "");
        return launcher.isEmpty() ? Launch.words() : List.of(launcher);
    }

    @Override
    public String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("0.1.0-SNAPSHOT");
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            var _ = executor.awaitTermination(NOTICES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
