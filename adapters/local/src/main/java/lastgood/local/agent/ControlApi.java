package lastgood.local.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.concurrent.Executors;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.local.files.Json;
import lastgood.local.proxy.Answers;
import lastgood.local.wire.Calls;

/// The agent's ear: on loopback only, and only for who knows the token in `agent.json`. The measurements may be read
/// by anybody on this machine, as Prometheus does.
final class ControlApi {

    private static final String PREFIX = "/v1/";
    private static final int BACKLOG = 64;

    private final HttpServer server;
    private final Platform platform;
    private final byte[] bearer;
    private final Runnable stop;

    ControlApi(Platform platform, String token, Runnable stop) throws IOException {
        this.platform = platform;
        this.bearer = ("Bearer " + token).getBytes(UTF_8);
        this.stop = stop;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(PREFIX, this::control);
        server.createContext("/metrics", this::metrics);
        server.createContext("/healthz", e -> text(e, 200, "ok\n"));
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void close() {
        server.stop(1);
    }

    private void metrics(HttpExchange exchange) throws IOException {
        Answers.send(
                exchange,
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                platform.metrics().getBytes(UTF_8));
    }

    private void control(HttpExchange exchange) throws IOException {
        if (!allowed(exchange)) {
            refuse(exchange, 401, "the token in agent.json is needed");
            return;
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            refuse(exchange, 405, "everything here is a POST");
            return;
        }
        var body = exchange.getRequestBody().readNBytes(Calls.BYTES_MAX + 1);
        if (body.length > Calls.BYTES_MAX) {
            refuse(exchange, 413, "that is more than %d bytes; nothing was changed".formatted(Calls.BYTES_MAX));
            return;
        }
        answer(exchange, exchange.getRequestURI().getPath().substring(PREFIX.length()), body);
    }

    /// In constant time, so that how long a refusal takes says nothing about the token.
    private boolean allowed(HttpExchange exchange) {
        var given = exchange.getRequestHeaders().getFirst("Authorization");
        return given != null && MessageDigest.isEqual(given.getBytes(UTF_8), bearer);
    }

    private void answer(HttpExchange exchange, String op, byte[] body) throws IOException {
        try {
            Answers.send(exchange, 200, "application/json", Json.bytes(call(op, body)));
        } catch (WorldMoved e) {
            refuse(exchange, 409, e.getMessage());
        } catch (Forbidden e) {
            refuse(exchange, 403, e.getMessage());
        } catch (Unreachable e) {
            refuse(exchange, 503, e.getMessage());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            refuse(exchange, 400, "not understood: %s; nothing was changed".formatted(e.getMessage()));
        }
    }

    private Object call(String op, byte[] body) throws IOException {
        return switch (op) {
            case "find" -> platform.find(Json.read(body, Calls.Find.class));
            case "workloads" -> platform.workloads(Json.read(body, Calls.OfService.class));
            case "put" -> platform.put(Json.read(body, Calls.Put.class));
            case "scale" -> platform.scale(Json.read(body, Calls.Scale.class));
            case "pause" -> platform.pause(Json.read(body, Calls.Pause.class));
            case "create" -> platform.create(Json.read(body, Calls.Create.class));
            case "remove" -> platform.remove(Json.read(body, Calls.Remove.class));
            case "traffic" -> platform.traffic(Json.read(body, Calls.OfService.class));
            case "shift" -> platform.shift(Json.read(body, Calls.Shift.class));
            case "maintenance" -> platform.maintenance(Json.read(body, Calls.Maintenance.class));
            case "window" -> platform.window(Json.read(body, Calls.AskWindow.class));
            case "instances" -> platform.instances(Json.read(body, Calls.AskInstances.class));
            case "inject" -> platform.inject(Json.read(body, Calls.Inject.class));
            case "clear" -> platform.clear(Json.read(body, Calls.OfService.class));
            case "apply" -> platform.apply(Json.read(body, Calls.Apply.class));
            case "stop" -> {
                stop.run();
                yield new Calls.Nothing();
            }
            default ->
                throw new Forbidden(
                        "the agent does not know `%s`; nothing was changed".formatted(op.replaceAll("[^a-z]", "?")));
        };
    }

    private static void refuse(HttpExchange exchange, int code, @org.jspecify.annotations.Nullable String why)
            throws IOException {
        Answers.send(exchange, code, "application/json", Json.bytes(new Calls.Refusal(String.valueOf(why))));
    }

    private static void text(HttpExchange exchange, int code, String text) throws IOException {
        Answers.send(exchange, code, "text/plain; charset=utf-8", text.getBytes(UTF_8));
    }
}
