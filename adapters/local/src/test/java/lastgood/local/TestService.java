package lastgood.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/// A small real service for tests: `VERSION MODE CONFIG`, port from the environment.
///
/// Modes: `ok`, `crash` (exits with 3 after it has said why), `never` (its health is 503), `flaky` (ready, and gone
/// 300 ms later), `fail` (each request but health is a 500).
public final class TestService {

    private final String version;
    private final String mode;
    private final String config;

    private TestService(String version, String mode, String config) {
        this.version = version;
        this.mode = mode;
        this.config = config;
    }

    public static void main(String[] args) throws Exception {
        new TestService(args[0], args[1], args[2]).run();
    }

    private void run() throws Exception {
        if (mode.equals("crash")) {
            System.err.println("ERROR cannot find the widget");
            System.exit(3);
        }
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var port = Integer.parseInt(System.getenv("PORT"));
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
        System.out.println("serving " + version);
        if (mode.equals("flaky")) {
            Thread.sleep(300);
            System.exit(4);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        switch (path) {
            case "/health" -> answer(exchange, mode.equals("never") ? 503 : 200, "health");
            case "/slow" -> {
                sleep(Integer.parseInt(exchange.getRequestURI().getQuery()));
                answer(exchange, 200, version);
            }
            case "/echo" -> echo(exchange);
            case "/headers" -> {
                var text = new StringBuilder();
                exchange.getRequestHeaders()
                        .forEach((k, v) -> text.append(k).append(": ").append(v).append('\n'));
                answer(exchange, 200, text.toString());
            }
            case "/config" -> answer(exchange, 200, Files.readString(Path.of(config, "conf/app.txt")));
            case "/env" ->
                answer(
                        exchange,
                        200,
                        String.valueOf(System.getenv(exchange.getRequestURI().getQuery())));
            case "/pid" ->
                answer(exchange, 200, Long.toString(ProcessHandle.current().pid()));
            case "/log" -> {
                System.err.println(exchange.getRequestURI().getQuery());
                answer(exchange, 200, "logged");
            }
            case "/torn" -> torn(exchange);
            default -> answer(exchange, mode.equals("fail") ? 500 : 200, version);
        }
    }

    private void torn(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write("half of it".getBytes(UTF_8));
        exchange.getResponseBody().flush();
        throw new IOException("torn on purpose");
    }

    private static void echo(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (var in = exchange.getRequestBody();
                var out = exchange.getResponseBody()) {
            in.transferTo(out);
        }
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        var bytes = text.getBytes(UTF_8);
        var head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(code, head || bytes.length == 0 ? -1 : bytes.length);
        if (!head) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
