package lastgood.testkit.kube.sim;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// One request as it arrived. Names of headers are in lower case.
@SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
public record Request(String method, String path, String query, Map<String, String> headers, byte[] body) {

    public Request {
        var lower = new TreeMap<String, String>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        headers = Map.copyOf(lower);
    }

    /// Path and query in one, as in a request line.
    public static Request of(String method, String target, Map<String, String> headers, byte[] body) {
        var mark = target.indexOf('?');
        return mark < 0
                ? new Request(method, target, "", headers, body)
                : new Request(method, target.substring(0, mark), target.substring(mark + 1), headers, body);
    }

    /// Empty if the header is not there.
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /// Empty if the parameter is not there.
    public String parameter(String name) {
        for (var pair : query.split("&", -1)) {
            var equals = pair.indexOf('=');
            var key = equals < 0 ? pair : pair.substring(0, equals);
            if (decoded(key).equals(name)) {
                return equals < 0 ? "" : decoded(pair.substring(equals + 1));
            }
        }
        return "";
    }

    boolean isOn(String parameter) {
        var value = parameter(parameter);
        return value.equals("true") || value.equals("1");
    }

    boolean changes() {
        return !method.equals("GET") && !method.equals("HEAD") && !method.equals("OPTIONS");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return method + " " + path + (query.isEmpty() ? "" : "?" + query);
    }
}
