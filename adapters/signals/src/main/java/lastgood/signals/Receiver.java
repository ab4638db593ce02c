package lastgood.signals;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import lastgood.core.ServiceRef;
import lastgood.core.decide.Trigger;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.signals.Reader.Read;
import org.jspecify.annotations.Nullable;

/// Where other systems' reports come in. What was answered with 200 is on disk; everything else was not taken, and a
/// 5xx asks the sender to send it again, which does no harm.
///
/// Reachable from elsewhere only with a token. A browser cannot be made to post here: it may not send JSON to a
/// stranger without asking first, and what names an origin is refused.
public final class Receiver implements AutoCloseable {

    /// Alertmanager's largest groups are a few hundred kilobytes.
    static final int BYTES_MAX = 1 << 20;

    /// So many bodies are read at a time; who comes then is told to come again.
    private static final int AT_A_TIME = 16;

    private static final int BACKLOG = 64;

    private final HttpServer server;
    private final Reader reader;
    private final Inbox inbox;
    private final Revoking revoking;
    private final InstantSource clock;
    private final byte @Nullable [] bearer;
    private final Semaphore places = new Semaphore(AT_A_TIME);

    /// What a security report does besides being heard: no rollback should go back to those versions.
    @FunctionalInterface
    public interface Revoking {
        Revoking NOT = (service, versions, by, why, key) -> {};

        /// Done again it changes nothing.
        void revoke(ServiceRef service, List<String> versions, String by, String why, String key);
    }

    private Receiver(
            HttpServer server,
            Routing routing,
            Inbox inbox,
            Revoking revoking,
            InstantSource clock,
            @Nullable String token) {
        this.server = server;
        this.reader = new Reader(routing);
        this.inbox = inbox;
        this.revoking = revoking;
        this.clock = clock;
        this.bearer = token == null ? null : ("Bearer " + token).getBytes(UTF_8);
    }

    /// @param address port 0 = any free one
    /// @param token null = none, which only loopback may do without
    /// @throws Forbidden if it may not or cannot listen there
    public static Receiver open(
            InetSocketAddress address,
            @Nullable String token,
            Routing routing,
            Inbox inbox,
            Revoking revoking,
            InstantSource clock) {
        if (address.isUnresolved()) {
            throw new Forbidden("nothing listens: the host %s is not known".formatted(address.getHostString()));
        }
        if (token == null && !address.getAddress().isLoopbackAddress()) {
            throw new Forbidden(
                    "nothing listens: %s can be reached from elsewhere, and no token is given\nhint: give one, or listen on 127.0.0.1"
                            .formatted(address.getHostString()));
        }
        if (token != null && token.isBlank()) {
            throw new Forbidden("nothing listens: the token is empty");
        }
        try {
            var server = HttpServer.create(address, BACKLOG);
            var receiver = new Receiver(server, routing, inbox, revoking, clock, token);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", receiver::handle);
            server.start();
            return receiver;
        } catch (IOException e) {
            throw new Forbidden("could not listen on %s:%d: %s"
                    .formatted(address.getHostString(), address.getPort(), e.getMessage()));
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /// @param code of HTTP
    private record Answer(int code, Map<String, Object> content) {
        static Answer refused(int code, String why) {
            return new Answer(code, Map.of("error", why + "; nothing was taken"));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var answer = answer(exchange);
            var bytes = Fields.JSON.writeValueAsBytes(answer.content());
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            if (answer.code() == 401) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            }
            exchange.sendResponseHeaders(answer.code(), bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        if (path.equals("/healthz")) {
            return new Answer(200, Map.of("ok", true));
        }
        if (!allowed(exchange)) {
            return Answer.refused(401, "a bearer token is needed");
        }
        if (!List.of("/alertmanager", "/signal", "/security").contains(path)) {
            return Answer.refused(404, "known: POST /alertmanager, /signal, /security");
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            return Answer.refused(405, "this takes POST");
        }
        if (exchange.getRequestHeaders().containsKey("Origin")) {
            return Answer.refused(403, "no web page may post here");
        }
        var type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return Answer.refused(415, "this takes application/json");
        }
        if (!places.tryAcquire()) {
            return Answer.refused(503, "too many at once: send it again");
        }
        try {
            var body = exchange.getRequestBody().readNBytes(BYTES_MAX + 1);
            return body.length > BYTES_MAX
                    ? Answer.refused(413, "more than %d bytes".formatted(BYTES_MAX))
                    : take(path, body);
        } finally {
            places.release();
        }
    }

    /// In constant time, so that how long a refusal takes says nothing about the token.
    private boolean allowed(HttpExchange exchange) {
        if (bearer == null) {
            return true;
        }
        var given = exchange.getRequestHeaders().getFirst("Authorization");
        return given != null && MessageDigest.isEqual(given.getBytes(UTF_8), bearer);
    }

    private Answer take(String path, byte[] body) {
        try {
            var read = read(path, body, clock.instant());
            var taken = inbox.take(read.reports());
            read.reports().forEach(this::revoke);
            var content = new TreeMap<String, Object>();
            content.put("taken", taken.taken());
            content.put("ended", taken.ended());
            content.put("ignored", read.ignored());
            return new Answer(200, content);
        } catch (Malformed e) {
            return Answer.refused(400, String.valueOf(e.getMessage()));
        } catch (Inbox.Full _) {
            return Answer.refused(503, "the inbox is full: end something, or send it again later");
        } catch (Unreachable | Forbidden | WorldMoved e) {
            // The place on disk is nobody's business; the process's own log has it.
            return new Answer(503, Map.of("error", "it could not be written down: send it again"));
        }
    }

    private Read read(String path, byte[] body, Instant now) {
        return switch (path) {
            case "/alertmanager" -> reader.alertmanager(body, now);
            case "/signal" -> reader.signal(body, now);
            default -> reader.security(body, now);
        };
    }

    /// The end of a report takes no revocation back: that is for a person.
    private void revoke(Report report) {
        if (report.trigger() == Trigger.SECURITY
                && !report.over()
                && report.fingerprint().startsWith("security/")) {
            revoking.revoke(
                    report.service(),
                    List.copyOf(report.versions()),
                    report.source(),
                    report.words(),
                    report.fingerprint());
        }
    }
}
