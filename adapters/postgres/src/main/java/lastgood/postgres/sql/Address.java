package lastgood.postgres.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import lastgood.engine.port.Forbidden;

/// Where a database is and as whom to enter. `toString` shows no password, and nothing else does.
///
/// @param host name, address, or IPv6 address in brackets
/// @param port 1 to 65535
/// @param options of the URL's query, such as `sslmode`
public record Address(
        String host, int port, String database, String role, Password password, Map<String, String> options) {

    public static final int DEFAULT_PORT = 5432;

    /// What libpq's URLs call by another name than pgjdbc.
    private static final Map<String, String> RENAMED = Map.of("connect_timeout", "connectTimeout");

    public Address {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }

    /// A password, which nobody prints.
    public record Password(String value) {
        @Override
        public String toString() {
            return "********";
        }
    }

    /// Reads a URL as libpq, pgjdbc and most libraries write it:
    /// `postgres://role:password@host:port/database?sslmode=…`.
    ///
    /// @throws Forbidden if it is none; the message does not hold the URL, because that may hold a password
    public static Address of(String url) {
        var text = url.strip().replaceFirst("^jdbc:", "");
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException _) {
            throw wrong("it is not a URL");
        }
        if (!"postgres".equals(uri.getScheme()) && !"postgresql".equals(uri.getScheme())) {
            throw wrong("it does not begin with postgres://");
        }
        if (uri.getHost() == null) {
            throw wrong("it names no host");
        }
        var user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        var colon = user.indexOf(':');
        var role = decoded(colon < 0 ? user : user.substring(0, colon));
        var password = colon < 0 ? "" : decoded(user.substring(colon + 1));
        var options = options(uri.getRawQuery() == null ? "" : uri.getRawQuery());
        role = role.isEmpty() ? options.getOrDefault("user", "postgres") : role;
        password = password.isEmpty() ? options.getOrDefault("password", "") : password;
        options.keySet().removeAll(java.util.Set.of("user", "password"));
        var database = uri.getRawPath() == null ? "" : decoded(uri.getRawPath().replaceFirst("^/", ""));
        return new Address(
                uri.getHost(),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                database.isEmpty() ? role : database,
                role,
                new Password(password),
                options);
    }

    private static Map<String, String> options(String query) {
        var options = new TreeMap<String, String>();
        for (var pair : query.split("&", -1)) {
            var equals = pair.indexOf('=');
            if (equals > 0) {
                var name = decoded(pair.substring(0, equals));
                options.put(RENAMED.getOrDefault(name, name), decoded(pair.substring(equals + 1)));
            }
        }
        return options;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }

    private static Forbidden wrong(String why) {
        return new Forbidden("the database's URL cannot be used: %s\nhint: postgres://ROLE:PASSWORD@HOST:PORT/DATABASE"
                .formatted(why));
    }

    /// The same server, another database.
    public Address withDatabase(String other) {
        return new Address(host, port, other, role, password, options);
    }

    /// The same database and role, on another server.
    public Address at(String otherHost, int otherPort) {
        return new Address(otherHost, otherPort, database, role, password, options);
    }

    /// The same database, entered as somebody else.
    public Address as(String otherRole, Password otherPassword) {
        return new Address(host, port, database, otherRole, otherPassword, options);
    }

    String jdbc() {
        return "jdbc:postgresql://%s:%d/%s"
                .formatted(
                        host, port, java.net.URLEncoder.encode(database, UTF_8).replace("+", "%20"));
    }

    /// `role@host:port/database`.
    @Override
    public String toString() {
        return "%s@%s:%d/%s".formatted(role, host, port, database);
    }
}
