package lastgood.prometheus;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Samples as a Prometheus would have scraped them, in OpenMetrics' text format, for `promtool tsdb
/// create-blocks-from`.
final class GivenSamples {

    private final long t0;
    private final int every;
    private final List<Pod> pods = new ArrayList<>();

    GivenSamples(Instant t0, int every) {
        this.t0 = t0.getEpochSecond();
        this.every = every;
    }

    /// One pod's life, in seconds from the first scrape of the new version.
    final class Pod {
        private final String namespace;
        private final String name;
        private final int from;
        private final int to;
        private final int perSecond;
        private final List<int[]> errors = new ArrayList<>();
        private final List<Integer> restarts = new ArrayList<>();
        private int downFrom = Integer.MAX_VALUE;
        private int downTo = Integer.MIN_VALUE;
        private int nanFrom = Integer.MAX_VALUE;
        private int nanTo = Integer.MIN_VALUE;

        private Pod(String namespace, String name, int from, int to, int perSecond) {
            this.namespace = namespace;
            this.name = name;
            this.from = from;
            this.to = to;
            this.perSecond = perSecond;
        }

        /// One in so many fails.
        Pod errors(int since, int until, int oneIn) {
            errors.add(new int[] {since, until, oneIn});
            return this;
        }

        Pod restart(int at) {
            restarts.add(at);
            return this;
        }

        Pod down(int since, int until) {
            downFrom = since;
            downTo = until;
            return this;
        }

        Pod nan(int since, int until) {
            nanFrom = since;
            nanTo = until;
            return this;
        }

        private int oneIn(int at) {
            return errors.stream()
                    .filter(e -> at >= e[0] && at < e[1])
                    .mapToInt(e -> e[2])
                    .findFirst()
                    .orElse(0);
        }

        private void tell(TreeMap<String, StringBuilder> families) {
            var labels = "namespace=\"%s\",pod=\"%s\",job=\"pods\",instance=\"%s:80\"".formatted(namespace, name, name);
            var good = 0L;
            var bad = 0L;
            for (var at = from; at <= to; at += every) {
                if (restarts.contains(at)) {
                    good = 0;
                    bad = 0;
                }
                var n = (long) perSecond * every;
                var failed = oneIn(at) == 0 ? 0 : n / oneIn(at);
                good += n - failed;
                bad += failed;
                var down = at >= downFrom && at < downTo;
                var nan = at >= nanFrom && at < nanTo;
                line(families, "up", labels, down ? 0 : 1, at, false);
                if (!down && (good > 0 || bad > 0)) {
                    line(families, "http_requests_total", labels + ",handler=\"/pay\",code=\"200\"", good, at, nan);
                    if (bad > 0) {
                        line(families, "http_requests_total", labels + ",handler=\"/pay\",code=\"500\"", bad, at, nan);
                    }
                    var bucket = "http_request_duration_seconds_bucket";
                    line(families, bucket, labels + ",le=\"0.1\"", good, at, nan);
                    line(families, bucket, labels + ",le=\"0.5\"", good, at, nan);
                    line(families, bucket, labels + ",le=\"+Inf\"", good + bad, at, nan);
                }
            }
        }

        private void line(
                TreeMap<String, StringBuilder> families, String name, String labels, long value, int at, boolean nan) {
            families.computeIfAbsent(name, _ -> new StringBuilder())
                    .append("%s{%s} %s %d\n".formatted(name, labels, nan ? "NaN" : value, t0 + at));
        }
    }

    Pod pod(String namespace, String name, int from, int to, int perSecond) {
        var pod = new Pod(namespace, name, from, to, perSecond);
        pods.add(pod);
        return pod;
    }

    /// Prometheus' own text format has milliseconds.
    String textMillis() {
        return text().replaceAll("(?m) (\\d+)$", " $1000").replace("# EOF\n", "");
    }

    String text() {
        var families = new TreeMap<String, StringBuilder>();
        pods.forEach(p -> p.tell(families));
        var text = new StringBuilder();
        families.values().forEach(text::append);
        return text + "# EOF\n";
    }
}
