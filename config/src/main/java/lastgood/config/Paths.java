package lastgood.config;

import java.util.List;
import java.util.regex.Pattern;

/// Writes and matches the paths of keys: `services.web.local.config[2]`.
final class Paths {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    private Paths() {}

    static String child(String parent, String key) {
        var name = PLAIN.matcher(key).matches() ? key : "\"" + Shown.text(key) + "\"";
        return parent.isEmpty() ? name : parent + "." + name;
    }

    static String child(String parent, int index) {
        return "%s[%d]".formatted(parent, index);
    }

    static String of(List<Object> steps) {
        var path = "";
        for (var step : steps) {
            path = step instanceof Integer index ? child(path, index) : child(path, step.toString());
        }
        return path;
    }
}
