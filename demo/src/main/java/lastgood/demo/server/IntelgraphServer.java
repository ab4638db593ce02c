package lastgood.demo.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// `intelgraph-server`: `--port N --version V --config FILE`.
///
/// It answers `/health`, `/metrics`, `/auth/login`, `/api/v1/graph?node=N` and `/api/v1/search?q=TEXT`. Its graph is in
/// the database of DATABASE_URL, or, without one, in memory. It knows nothing of lastgood and nothing of the demo: a
/// release is broken by what is in its configuration and its migrations, as releases are.
public final class IntelgraphServer {

    private static final int BACKLOG = 256;
    private static final String HEALTH = "/health";
    private static final String METRICS = "/metrics";

    /// Names in its metrics.
    private static final Set<String> HANDLERS = Set.of("/auth/login", "/api/v1/graph", "/api/v1/search");

    private final String version;
    private final Store graph;
    private final Meter meter = new Meter(System.currentTimeMillis());

    private IntelgraphServer(String version, Store graph) {
        this.version = version;
        this.graph = graph;
    }

    public static void main(String[] args) throws IOException {
        // without it each answer waits up to 40 ms for an acknowledgement; read once, before the first server is made
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var version = option(args, "--version");
        var behaviour = Behaviour.read(Path.of(option(args, "--config")));
        var database = System.getenv("DATABASE_URL");
        new IntelgraphServer(version, database == null ? new Graph(behaviour) : new SqlStore(database, behaviour))
                .serve(Integer.parseInt(option(args, "--port")));
    }

    private static String option(String[] args, String name) {
        for (var i = 0; i < args.length - 1; i++) {
            if (args[i].equals(name)) {
                return args[i + 1];
            }
        }
        throw new IllegalArgumentException("usage: --port N --version V --config FILE");
    }

    private void serve(int port) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
        System.out.println("intelgraph-server %s on port %d".formatted(version, port));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            exchange.getResponseHeaders().set("X-Version", version);
            var begin = System.nanoTime();
            var path = exchange.getRequestURI().getPath();
            if (path.equals(METRICS)) {
                send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", meter.text());
                return;
            }
            answer(exchange, body);
            if (!path.equals(HEALTH)) { // nobody's request
                meter.count(
                        HANDLERS.contains(path) ? path : "other",
                        exchange.getRequestMethod(),
                        exchange.getResponseCode(),
                        Duration.ofNanos(System.nanoTime() - begin));
            }
        }
    }

    private void answer(HttpExchange exchange, String body) throws IOException {
        var path = exchange.getRequestURI().getPath();
        try {
            switch (path) {
                case HEALTH -> send(exchange, 200, "{\"status\":\"up\",\"version\":\"%s\"}".formatted(version));
                case "/auth/login" -> login(exchange, body);
                case "/api/v1/graph" -> node(exchange);
                case "/api/v1/search" -> search(exchange);
                default -> send(exchange, 404, "{\"error\":\"not found\"}");
            }
        } catch (Store.Broken e) {
            System.err.println("ERROR %s: %s".formatted(path, e.getMessage()));
            send(exchange, 500, "{\"error\":\"internal error\"}");
        } catch (NumberFormatException e) {
            send(exchange, 400, "{\"error\":\"node is a number\"}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void login(HttpExchange exchange, String body) throws IOException, Store.Broken, InterruptedException {
        if (exchange.getRequestMethod().equals("POST")) {
            graph.login(body.replaceAll("[^a-z0-9]+", " ")
                    .replaceFirst("^ *user *", "")
                    .strip());
            send(exchange, 200, "{\"token\":\"%08x\"}".formatted(System.nanoTime() & 0xffffffffL));
        } else {
            send(exchange, 405, "{\"error\":\"POST it\"}");
        }
    }

    private void node(HttpExchange exchange) throws IOException, Store.Broken, InterruptedException {
        var node = Math.floorMod(Integer.parseInt(query(exchange, "node")), Graph.NODES);
        var edges = graph.neighbours(node).stream()
                .map(e -> "{\"to\":%d,\"weight\":%s}".formatted(e.to(), e.weight()))
                .collect(Collectors.joining(","));
        send(exchange, 200, "{\"node\":%d,\"edges\":[%s]}".formatted(node, edges));
    }

    private void search(HttpExchange exchange) throws IOException, Store.Broken, InterruptedException {
        var found =
                graph.search(query(exchange, "q")).stream().map(String::valueOf).collect(Collectors.joining(","));
        send(exchange, 200, "{\"nodes\":[%s]}".formatted(found));
    }

    private static String query(HttpExchange exchange, String name) {
        var query = exchange.getRequestURI().getQuery();
        return query != null && query.startsWith(name + "=") ? query.substring(name.length() + 1) : "";
    }

    private static void send(HttpExchange exchange, int code, String json) throws IOException {
        send(exchange, code, "application/json", json);
    }

    private static void send(HttpExchange exchange, int code, String type, String text) throws IOException {
        var bytes = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
