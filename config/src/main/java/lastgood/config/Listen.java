package lastgood.config;

import java.util.regex.Pattern;

/// Where the proxy of a local service listens.
///
/// @param host a name or address; `127.0.0.1` when only a port was written, so that nothing is opened to the network
///     by accident
/// @param port 1 to 65535
public record Listen(String host, int port) {

    static final String LOOPBACK = "127.0.0.1";

    private static final Pattern WRITTEN = Pattern.compile("(?:(\\[[0-9a-fA-F:]+]|[A-Za-z0-9.-]+):)?([0-9]{1,5})");

    public Listen {
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("not a place to listen at: %s:%d".formatted(host, port));
        }
    }

    /// Reads `8080`, `0.0.0.0:8080` or `[::1]:8080`.
    public static Parsed<Listen> parse(String text) {
        var written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return new Parsed.Bad<>(
                    "`%s` is not a port or HOST:PORT".formatted(text), "write 8080 or \"127.0.0.1:8080\"");
        }
        var port = Integer.parseInt(written.group(2));
        if (port < 1 || port > 65_535) {
            return new Parsed.Bad<>("%d is not a port".formatted(port), "write a port from 1 to 65535");
        }
        var host = written.group(1);
        return new Parsed.Good<>(new Listen(host == null ? LOOPBACK : host, port));
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
