package lastgood.local.proxy;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/// Paths of requests as routes: what looks like a name stays, what looks like an identity or a secret does not.
final class RouteNames {

    /// Those that came first; a client that invents paths gets no more.
    private static final int NAMES_MAX = 60;

    private static final int PARTS_MAX = 4;
    private static final String OTHER = "other";
    private static final String ANY = ":id";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z_-]{0,23}|v[0-9]{1,2}");

    private final Set<String> known = new HashSet<>();

    synchronized String of(String path) {
        var name = plain(path);
        if (known.contains(name)) {
            return name;
        }
        return known.size() < NAMES_MAX && known.add(name) ? name : OTHER;
    }

    static String plain(String path) {
        var parts = path.split("/", PARTS_MAX + 2);
        var name = new StringBuilder();
        for (var i = 1; i < parts.length && i <= PARTS_MAX; i++) {
            if (!parts[i].isEmpty()) {
                name.append('/').append(NAME.matcher(parts[i]).matches() ? parts[i] : ANY);
            }
        }
        return name.isEmpty() ? "/" : name.toString();
    }
}
