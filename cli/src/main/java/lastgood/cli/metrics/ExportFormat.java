package lastgood.cli.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import lastgood.cli.Failure;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Metrics.Point;

/// How a period is written down for others to read.
enum ExportFormat {
    JSON,
    CSV,
    OPENMETRICS;

    static ExportFormat parse(String text) {
        return Arrays.stream(values())
                .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        Failure.usage("--format is `%s`".formatted(Screen.plain(text)), "json, csv or openmetrics"));
    }

    String text(ServiceRef service, Instant from, Instant to, Duration step, List<Point> points) {
        return switch (this) {
            case JSON -> json(service, from, to, step, points);
            case CSV -> String.join("\n", csv(points));
            case OPENMETRICS -> openMetrics(service, step, points);
        };
    }

    /// With the digest of the rows as `--format csv` writes them, so that a copy can be checked.
    private static String json(ServiceRef service, Instant from, Instant to, Duration step, List<Point> points) {
        var doc = Data.document("MetricsExport")
                .put("service", service.toString())
                .put("start", from.toString())
                .put("end", to.toString())
                .put("stepMillis", step.toMillis())
                .put("sha256", Digest.of(String.join("\n", csv(points)) + "\n").text());
        doc.set(
                "queries",
                Data.texts(List.of(
                        "requests: all that were answered in the step, by the release that answered",
                        "errors: answers of class 5xx, and requests that got none",
                        "p95Millis: upper bound from the histogram; 0 = there is none")));
        var items = doc.putArray("items");
        for (var point : points) {
            items.addObject()
                    .put("at", point.at().toString())
                    .put("revision", revision(point))
                    .put("requests", point.requests())
                    .put("errors", point.errors())
                    .put("p95Millis", point.p95().toMillis());
        }
        return Data.json(doc);
    }

    private static List<String> csv(List<Point> points) {
        var lines = new ArrayList<String>();
        lines.add("at,revision,requests,errors,p95_millis");
        points.forEach(p -> lines.add("%s,%s,%d,%d,%d"
                .formatted(
                        p.at(), revision(p), p.requests(), p.errors(), p.p95().toMillis())));
        return lines;
    }

    /// Gauges of each step, stamped with its end: what was counted in it, not totals.
    private static String openMetrics(ServiceRef service, Duration step, List<Point> points) {
        var text = new StringBuilder();
        family(text, service, step, points, "requests", p -> Long.toString(p.requests()));
        family(text, service, step, points, "errors", p -> Long.toString(p.errors()));
        family(
                text,
                service,
                step,
                points,
                "p95_seconds",
                p -> Double.toString(p.p95().toMillis() / 1000.0));
        return text + "# EOF";
    }

    private static void family(
            StringBuilder text,
            ServiceRef service,
            Duration step,
            List<Point> points,
            String name,
            Function<Point, String> value) {
        text.append("# TYPE lastgood_step_%s gauge\n".formatted(name));
        // One series after the other, each in order of time, as the format wants it.
        points.stream()
                .map(ExportFormat::revision)
                .distinct()
                .forEach(revision -> points.stream()
                        .filter(p -> revision(p).equals(revision))
                        .forEach(p -> text.append(
                                "lastgood_step_%s{service=\"%s\",environment=\"%s\",revision=\"%s\"} %s %d\n"
                                        .formatted(
                                                name,
                                                service.service(),
                                                service.environment(),
                                                revision,
                                                value.apply(p),
                                                p.at().plus(step).getEpochSecond()))));
    }

    private static String revision(Point point) {
        return point.revision().map(Digest::text).orElse("");
    }
}
