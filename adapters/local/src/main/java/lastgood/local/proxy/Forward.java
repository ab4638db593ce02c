package lastgood.local.proxy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// One request on its way to an instance and its answer on the way back; both are streamed, neither is held.
final class Forward {

    /// Until the answer's first byte. Longer ones are for queues, not for a user who waits.
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    private static final int CHUNK = 1 << 14;

    private final HttpExchange exchange;
    private final Body body;

    /// The user's request body; it can be sent once, and remembers who broke it.
    private static final class Body extends FilterInputStream {
        private volatile boolean touched;
        private volatile boolean broken;

        Body(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            throw new IOException("read in chunks");
        }

        @Override
        public int read(byte[] chunk, int from, int length) throws IOException {
            touched = true;
            try {
                return super.read(chunk, from, length);
            } catch (IOException e) {
                broken = true;
                throw e;
            }
        }
    }

    Forward(HttpExchange exchange) {
        this.exchange = exchange;
        this.body = new Body(exchange.getRequestBody());
    }

    /// Whether nothing of the body has left, so that it can still go to another instance.
    boolean untouched() {
        return !body.touched;
    }

    /// Whether the user went away while sending.
    boolean userLeft() {
        return body.broken;
    }

    /// @throws IllegalArgumentException if it is nothing that can be passed on
    HttpRequest to(int port) {
        var asked = exchange.getRequestURI();
        var path = asked.getRawPath() == null || asked.getRawPath().isEmpty() ? "/" : asked.getRawPath();
        var query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path + query))
                .method(exchange.getRequestMethod(), publisher())
                .timeout(ANSWER_WITHIN);
        var headers = exchange.getRequestHeaders();
        var hop = HopHeaders.of(headers.getOrDefault("Connection", List.of()));
        headers.forEach((name, values) -> {
            if (!hop.contains(name.toLowerCase(Locale.ROOT)) && !isForwarded(name)) {
                values.forEach(value -> request.header(name, value));
            }
        });
        forwarded(headers, request);
        return request.build();
    }

    private static boolean isForwarded(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith("x-forwarded-");
    }

    /// What the instance cannot see for itself behind us. A proxy before us may have said it already.
    private void forwarded(Headers headers, HttpRequest.Builder request) {
        var user = exchange.getRemoteAddress().getAddress().getHostAddress();
        var before = headers.getFirst("X-Forwarded-For");
        request.setHeader("X-Forwarded-For", before == null ? user : before + ", " + user);
        var proto = headers.getFirst("X-Forwarded-Proto");
        request.setHeader("X-Forwarded-Proto", proto == null ? "http" : proto);
        var host = headers.getFirst("X-Forwarded-Host");
        var named = host == null ? headers.getFirst("Host") : host;
        if (named != null) {
            request.setHeader("X-Forwarded-Host", named);
        }
    }

    private BodyPublisher publisher() {
        var headers = exchange.getRequestHeaders();
        var length = headers.getFirst("Content-Length");
        if (headers.containsKey("Transfer-Encoding")) {
            return BodyPublishers.ofInputStream(() -> body);
        }
        if (length == null || length.strip().equals("0")) {
            return BodyPublishers.noBody();
        }
        return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), Long.parseLong(length.strip()));
    }

    /// Passes the answer on as it comes. If the instance breaks off in the middle the exception must reach the HTTP
    /// server, which then closes the connection: closing the exchange instead would end the body as if that were
    /// all of it.
    void answer(HttpResponse<InputStream> response) throws IOException {
        var hop = HopHeaders.of(response.headers().allValues("Connection"));
        var headers = exchange.getResponseHeaders();
        response.headers().map().forEach((name, values) -> {
            if (!hop.contains(name.toLowerCase(Locale.ROOT)) && !name.equalsIgnoreCase("date")) {
                values.forEach(value -> headers.add(name, value));
            }
        });
        var length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (withoutBody(response.statusCode())) {
            if (length >= 0 && exchange.getRequestMethod().equals("HEAD")) {
                headers.set("Content-Length", Long.toString(length));
            }
            exchange.sendResponseHeaders(response.statusCode(), -1);
            response.body().close();
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(response.statusCode(), length == 0 ? -1 : Math.max(length, 0));
        try (var in = response.body()) {
            stream(in);
        }
        exchange.close();
    }

    private boolean withoutBody(int code) {
        return exchange.getRequestMethod().equals("HEAD") || code == 204 || code == 304 || code < 200;
    }

    private void stream(InputStream in) throws IOException {
        var out = exchange.getResponseBody();
        var chunk = new byte[CHUNK];
        for (var n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            out.write(chunk, 0, n);
            out.flush();
        }
    }
}
