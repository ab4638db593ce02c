package lastgood.local.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/// What users see while the service is being repaired. It needs nothing but itself: no image, no script, no backend.
final class MaintenancePage {

    private static final String RETRY_SECONDS = "30";

    private static final byte[] HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="refresh" content="30">
            <title>Back in a moment</title>
            <style>
            body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto; padding: 0 1.5rem; }
            @media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } }
            </style>
            </head>
            <body>
            <h1>Back in a moment</h1>
            <p>We are putting this service right. Nothing you saved is lost.</p>
            <p>This page tries again by itself every 30 seconds.</p>
            </body>
            </html>
            """.getBytes(UTF_8);

    private static final byte[] PLAIN = "down for maintenance; try again in 30 seconds\n".getBytes(UTF_8);

    private MaintenancePage() {}

    static void send(HttpExchange exchange) throws IOException {
        var accept = exchange.getRequestHeaders().getFirst("Accept");
        var html = accept != null && accept.contains("text/html");
        exchange.getResponseHeaders().set("Retry-After", RETRY_SECONDS);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        Answers.send(
                exchange, 503, html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8", html ? HTML : PLAIN);
    }
}
