package lastgood.demo;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Requests and failures as the platform counts them: a reading of its Prometheus page, or the difference of two.
record Counts(long requests, long errors) {

    static final Counts NONE = new Counts(0, 0);

    private static final Pattern LINE = Pattern.compile("http_requests_total\\{([^}]*)} ([0-9.eE+-]+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

    double errorPercent() {
        return requests == 0 ? 0 : 100.0 * errors / requests;
    }

    Counts plus(Counts other) {
        return new Counts(requests + other.requests, errors + other.errors);
    }

    Counts minus(Counts before) {
        return new Counts(requests - before.requests, errors - before.errors);
    }

    /// By version; requests that nobody answered are under the empty name.
    static Map<String, Counts> read(String page) {
        return page.lines()
                .flatMap(l -> line(l).stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Counts::plus, TreeMap::new));
    }

    private static Optional<Map.Entry<String, Counts>> line(String text) {
        var line = LINE.matcher(text);
        if (!line.matches()) {
            return Optional.empty();
        }
        var labels = LABEL.matcher(line.group(1)).results().collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
        var value = (long) Double.parseDouble(line.group(2));
        var failed = labels.getOrDefault("code", "").startsWith("5");
        return Optional.of(Map.entry(labels.getOrDefault("version", ""), new Counts(value, failed ? value : 0)));
    }
}
