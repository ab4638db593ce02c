package lastgood.testkit.kube.sim;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The API over plain HTTP on loopback.
final class HttpDoor implements AutoCloseable {

    /// Looks up from a silent watch this often to see whether it is closed.
    private static final Duration LOOK_UP = Duration.ofMillis(500);

    private final HttpServer server;
    private final ExecutorService threads;
    private final Api api;
    private volatile boolean closed;

    private HttpDoor(HttpServer server, ExecutorService threads, Api api) {
        this.server = server;
        this.threads = threads;
        this.api = api;
    }

    static HttpDoor open(Api api) {
        // Without it every small answer waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var door = new HttpDoor(server, Executors.newVirtualThreadPerTaskExecutor(), api);
            server.setExecutor(door.threads);
            server.createContext("/", door::answer);
            server.start();
            return door;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI url() {
        var address = server.getAddress();
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /// Whatever is thrown on the way, a crash that a hook plays included, looks to the client like a broken connection.
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = read(exchange);
            var response = api.handle(request);
            response.headers().forEach(exchange.getResponseHeaders()::set);
            var watch = response.watch();
            if (watch == null) {
                exchange.sendResponseHeaders(
                        response.status(), response.lengthSaid() == 0 ? -1 : response.lengthSaid());
                exchange.getResponseBody().write(response.body());
                // half an answer has to leave before the connection ends, or clients take it for none and ask again
                exchange.getResponseBody().flush();
            } else {
                exchange.sendResponseHeaders(response.status(), 0);
                stream(exchange, request, watch);
            }
        } catch (ConnectionLost e) {
            // closed without an answer, which is what was asked for
        }
    }

    private static Request read(HttpExchange exchange) throws IOException {
        var headers = new TreeMap<String, String>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        var address = exchange.getRequestURI();
        return new Request(
                exchange.getRequestMethod(),
                address.getPath(),
                address.getRawQuery() == null ? "" : address.getRawQuery(),
                headers,
                exchange.getRequestBody().readAllBytes());
    }

    private void stream(HttpExchange exchange, Request request, WatchStream watch) throws IOException {
        var bytesOut = 0L;
        try (watch) {
            var out = exchange.getResponseBody();
            out.flush();
            while (!closed && !watch.ended()) {
                var event = watch.next(LOOK_UP);
                if (event != null) {
                    var line = (event + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    out.write(line);
                    out.flush();
                    bytesOut += line.length;
                }
            }
            out.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            api.report(new Exchange(request, 200, request.body().length, bytesOut));
        }
    }

    @Override
    public void close() {
        closed = true;
        server.stop(0);
        threads.shutdownNow();
    }
}
