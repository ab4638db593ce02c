package lastgood.testkit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// The part of a kubelet's own API through which the API server fetches logs: `/containerLogs/{ns}/{pod}/{container}`.
/// The API server asks it over TLS and takes any certificate unless told otherwise; the JDK makes ours.
final class PodLogs implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private static final Duration FOLLOW_LOOK = Duration.ofMillis(100);

    private final HttpsServer server;
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<String, Optional<JsonNode>> pods;
    private final Map<String, List<String>> current = new ConcurrentHashMap<>();
    private final Map<String, List<String>> previous = new ConcurrentHashMap<>();

    private PodLogs(HttpsServer server, Function<String, Optional<JsonNode>> pods) {
        this.server = server;
        this.pods = pods;
    }

    /// @param pods finds a pod by `namespace/name`
    static PodLogs serve(Function<String, Optional<JsonNode>> pods) {
        try {
            var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(selfSigned()));
            var logs = new PodLogs(server, pods);
            server.createContext("/containerLogs/", logs::answer);
            server.setExecutor(logs.requests);
            server.start();
            return logs;
        } catch (IOException e) {
            throw new UncheckedIOException("could not serve logs", e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    void current(String tagPrefix, List<String> lines) {
        current.put(tagPrefix, lines);
    }

    void previous(String tagPrefix, List<String> lines) {
        previous.put(tagPrefix, lines);
    }

    @Override
    public void close() {
        server.stop(0);
        requests.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var query = query(exchange);
            var at = exchange.getRequestURI().getPath().split("/", -1);
            var pod = at.length == 5 ? pods.apply(at[2] + "/" + at[3]) : Optional.<JsonNode>empty();
            if (pod.isEmpty()) {
                refuse(exchange, 404, "pod does not exist");
                return;
            }
            answer(exchange, query, pod.get(), at[4]);
        }
    }

    private void answer(HttpExchange exchange, Map<String, String> query, JsonNode pod, String container)
            throws IOException {
        var name = pod.at("/metadata/name").asText();
        var image = image(pod, container);
        var wantsPrevious = Boolean.parseBoolean(query.get("previous"));
        if (image.isEmpty()) {
            refuse(exchange, 404, "container %s not found in pod %s".formatted(container, name));
        } else if (wantsPrevious && !PodStatus.crashedBefore(pod, container)) {
            refuse(
                    exchange,
                    400,
                    "previous terminated container \"%s\" in pod \"%s\" not found".formatted(container, name));
        } else if (!PodStatus.waitsFor(pod, container).isEmpty()) {
            refuse(
                    exchange,
                    400,
                    "container \"%s\" in pod \"%s\" is waiting to start: %s"
                            .formatted(container, name, PodStatus.waitsFor(pod, container)));
        } else {
            var lines = wantsPrevious ? previousLines(pod, container, image) : currentLines(pod, container, image);
            send(exchange, query, pod, lines);
        }
    }

    private void send(HttpExchange exchange, Map<String, String> query, JsonNode pod, List<String> lines)
            throws IOException {
        var tail = query.containsKey("tailLines") ? Integer.parseInt(query.get("tailLines")) : lines.size();
        var stamp = Boolean.parseBoolean(query.get("timestamps")) ? started(pod) + " " : "";
        var text = lines.subList(Math.max(0, lines.size() - tail), lines.size()).stream()
                .map(line -> stamp + line + "\n")
                .collect(Collectors.joining());
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var limit = query.containsKey("limitBytes") ? Integer.parseInt(query.get("limitBytes")) : bytes.length;
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(200, 0);
        var body = exchange.getResponseBody();
        body.write(bytes, 0, Math.min(limit, bytes.length));
        body.flush();
        if (Boolean.parseBoolean(query.get("follow"))) {
            untilGone(pod);
        }
    }

    /// Nothing more is ever printed, but who follows waits until the pod is no more.
    private void untilGone(JsonNode pod) {
        var name = pod.at("/metadata/namespace").asText() + "/"
                + pod.at("/metadata/name").asText();
        while (!Thread.currentThread().isInterrupted()
                && pods.apply(name)
                        .filter(seen -> seen.at("/metadata/uid").equals(pod.at("/metadata/uid")))
                        .isPresent()) {
            FakeKubelet.pause(FOLLOW_LOOK);
        }
    }

    private List<String> currentLines(JsonNode pod, String container, String image) {
        return scripted(current, image)
                .orElseGet(() -> List.of(
                        "starting %s with %s".formatted(pod.at("/metadata/name").asText(), image),
                        "container %s is up".formatted(container),
                        "listening on :8080"));
    }

    private List<String> previousLines(JsonNode pod, String container, String image) {
        return scripted(previous, image)
                .orElseGet(() -> List.of(
                        "starting %s with %s".formatted(pod.at("/metadata/name").asText(), image),
                        "fatal: container %s cannot go on".formatted(container)));
    }

    private static Optional<List<String>> scripted(Map<String, List<String>> scripts, String image) {
        var tag = Script.tag(image);
        return scripts.entrySet().stream()
                .filter(script -> tag.startsWith(script.getKey()))
                .max(Comparator.comparingInt(script -> script.getKey().length()))
                .map(Map.Entry::getValue);
    }

    private static String image(JsonNode pod, String container) {
        return Stream.of("/spec/containers", "/spec/initContainers")
                .flatMap(path -> StreamSupport.stream(pod.at(path).spliterator(), false))
                .filter(spec -> spec.path("name").asText().equals(container))
                .map(spec -> spec.path("image").asText())
                .findFirst()
                .orElse("");
    }

    /// With nine digits, as a kubelet's.
    private static String started(JsonNode pod) {
        var time = Instant.parse(pod.at("/status/startTime").asText("1970-01-01T00:00:00Z"));
        return time.toString().replace("Z", ".000000000Z");
    }

    private static Map<String, String> query(HttpExchange exchange) {
        var query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
        return Arrays.stream(query.split("&", -1))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, _) -> first));
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        var bytes = (why + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static SSLContext selfSigned() {
        try {
            var folder = Files.createTempDirectory("lastgood-kubelet-");
            var file = folder.resolve("kubelet.p12");
            try {
                keytool(file);
                return context(file);
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(folder);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("could not make the kubelet's certificate", e);
        }
    }

    private static void keytool(Path file) throws IOException {
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        var process = new ProcessBuilder(List.of(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "kubelet",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "30",
                        "-dname",
                        "CN=" + FakeKubelet.NODE,
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("keytool did not make a certificate");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static SSLContext context(Path file) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
