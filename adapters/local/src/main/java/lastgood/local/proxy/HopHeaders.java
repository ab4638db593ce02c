package lastgood.local.proxy;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Headers that speak of one connection and must not be passed on (RFC 9110, 7.6.1), and those that the HTTP
/// client sets itself.
final class HopHeaders {

    private static final Set<String> ALWAYS = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "expect");

    private HopHeaders() {}

    /// Those of a message whose `Connection` header is given, in lower case.
    static Set<String> of(List<String> connection) {
        var all = new TreeSet<>(ALWAYS);
        for (var line : connection) {
            for (var name : line.split(",", -1)) {
                all.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return all;
    }
}
