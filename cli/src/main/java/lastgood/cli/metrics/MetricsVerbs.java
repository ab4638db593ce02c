package lastgood.cli.metrics;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.db.PointInTime;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.config.Durations;
import lastgood.config.Percent;
import lastgood.core.Words;
import lastgood.engine.port.Metrics.Point;
import lastgood.engine.port.Metrics.Window;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What users got, in numbers.
@Command(
        name = "metrics",
        mixinStandardHelpOptions = true,
        description = "Error rate, response times, and both over time. Numbers on stdout, talk on stderr.")
public final class MetricsVerbs extends Verb {

    /// Longer windows are not kept second by second.
    private static final Duration LAST_MAX = Duration.ofHours(1);

    private final Tool tool;

    public MetricsVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new ErrorRate(tool), new Latency(tool), new SignalsVerb(tool), new Export(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    /// Nobody asked, so nobody was answered well: that is no rate of 0 %.
    private static Window measured(Session session, Duration last) {
        var since = session.ports().time().now().minus(last);
        var window = session.metrics().window(session.service(), Optional.empty(), since);
        if (window.requests() == 0) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "%s had no requests in the last %s, so nothing was measured"
                            .formatted(session.service(), Words.duration(last)),
                    "ask for longer with --last, or send it some");
        }
        return window;
    }

    private static Duration last(String text) {
        var last = duration("--last", text);
        if (last.compareTo(LAST_MAX) > 0 || !last.isPositive()) {
            throw Failure.usage(
                    "--last is %s".formatted(Words.duration(last)),
                    "more than 0, at most 1h; `metrics export` goes back further");
        }
        return last;
    }

    private static Duration duration(String flag, String text) {
        return Durations.parse(text).orElse(bad -> {
            throw Failure.usage(flag + ": " + Screen.plain(bad.fact()), bad.hint());
        });
    }

    private static String over(Session session, Window window) {
        return "%s, last %s: %d of %s failed"
                .formatted(
                        session.service(),
                        Words.duration(window.span()),
                        window.errors(),
                        Words.count(window.requests(), "request"));
    }

    @Command(
            name = "error-rate",
            mixinStandardHelpOptions = true,
            description = {
                "Prints how many of a hundred requests failed, such as 7.82%%. With --fail-above, exit 11 if it is more.",
                "Without a request there is no rate: exit 8."
            },
            footer = {
                "",
                "Examples:",
                "  lastgood metrics error-rate -e production --last 15m",
                "  lastgood metrics error-rate -e production --last 5m --fail-above 5%%"
            })
    private static final class ErrorRate extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Option(names = "--last", paramLabel = "TIME", description = "how far back (default: 15m, at most 1h)")
        private String last = "15m";

        @Option(names = "--fail-above", paramLabel = "PERCENT", description = "exit 11 if more fail, such as 5%%")
        private @Nullable String failAbove;

        ErrorRate(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var back = last(last);
            var limit = Optional.ofNullable(failAbove).map(ErrorRate::percent);
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var window = measured(session, back);
            // Of the counts, not of the rounded number that is printed.
            var above = limit.filter(l -> BigDecimal.valueOf(window.errors())
                            .multiply(BigDecimal.valueOf(100))
                            .compareTo(l.value().multiply(BigDecimal.valueOf(window.requests())))
                    > 0);
            if (isData(where.common().format())) {
                var doc = document("ErrorRate", session, window)
                        .put("errorPercent", window.errorPercent())
                        .put("above", above.isPresent());
                limit.ifPresent(l -> doc.put("failAbovePercent", l.value()));
                screen.data(Data.text(doc, where.common().format()));
            } else {
                screen.data(String.format(Locale.ROOT, "%.2f%%", window.errorPercent()));
            }
            screen.say(over(session, window));
            above.ifPresent(l -> screen.warn("that is more than %s".formatted(l)));
            return above.isPresent() ? Exit.THRESHOLD : Exit.DONE;
        }

        /// A script may leave the sign out.
        private static Percent percent(String text) {
            var written = text.strip();
            return Percent.parse(written.endsWith("%") ? written : written + "%")
                    .orElse(bad -> {
                        throw Failure.usage("--fail-above: " + Screen.plain(bad.fact()), bad.hint());
                    });
        }
    }

    @Command(
            name = "latency",
            mixinStandardHelpOptions = true,
            description = {
                "Prints p50, p95 and p99, and p95 of the hour before what runs now was put out. Upper bounds from",
                "histograms. With --fail-above, exit 11 if p95 is more. Without a request: exit 8."
            },
            footer = {
                "",
                "Examples:",
                "  lastgood metrics latency -e production --last 15m",
                "  lastgood metrics latency -e production --fail-above 500ms"
            })
    private static final class Latency extends Verb {

        private static final Duration BEFORE = Duration.ofHours(1);

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Option(names = "--last", paramLabel = "TIME", description = "how far back (default: 15m, at most 1h)")
        private String last = "15m";

        @Option(names = "--fail-above", paramLabel = "TIME", description = "exit 11 if p95 is more, such as 500ms")
        private @Nullable String failAbove;

        Latency(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var back = last(last);
            var limit = Optional.ofNullable(failAbove).map(f -> duration("--fail-above", f));
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var window = measured(session, back);
            if (window.p95().isZero()) {
                throw new Failure(
                        Exit.UNREACHABLE,
                        "no histogram of the response times of %s is counted".formatted(session.service()),
                        "its error rate is: lastgood metrics error-rate %s".formatted(session.flags()));
            }
            var before = before(session);
            var ratio = before.map(b -> (double) window.p95().toMillis() / Math.max(1, b.toMillis()));
            var above = limit.filter(l -> window.p95().compareTo(l) > 0);
            if (isData(where.common().format())) {
                var doc = document("Latency", session, window)
                        .put("p50Millis", window.p50().toMillis())
                        .put("p95Millis", window.p95().toMillis())
                        .put("p99Millis", window.p99().toMillis())
                        .put("above", above.isPresent());
                before.ifPresent(b -> doc.put("baselineP95Millis", b.toMillis()));
                limit.ifPresent(l -> doc.put("failAboveMillis", l.toMillis()));
                screen.data(Data.text(doc, where.common().format()));
            } else {
                screen.data("p50=%dms p95=%dms p99=%dms baseline_p95=%s ratio=%s"
                        .formatted(
                                window.p50().toMillis(),
                                window.p95().toMillis(),
                                window.p99().toMillis(),
                                before.map(b -> b.toMillis() + "ms").orElse("-"),
                                ratio.map(r -> String.format(Locale.ROOT, "%.1f", r))
                                        .orElse("-")));
            }
            screen.say(over(session, window));
            above.ifPresent(l -> screen.warn("p95 is more than %s".formatted(Words.duration(l))));
            return above.isPresent() ? Exit.THRESHOLD : Exit.DONE;
        }

        /// Of whoever answered most in the hour before what is live now.
        private static Optional<Duration> before(Session session) {
            var ledger = session.ports().ledgers().read(session.service());
            return ledger.live().flatMap(l -> ledger.liveSince(l.number())).flatMap(since -> {
                var points = session.metrics().course(session.service(), since.minus(BEFORE), since, BEFORE);
                return points.stream()
                        .filter(p -> p.p95().isPositive())
                        .max((a, b) -> Long.compare(a.requests(), b.requests()))
                        .map(Point::p95);
            });
        }
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = {
                "Writes requests, errors and p95 of a period, by release, to stdout: json, csv or openmetrics.",
                "Times as 2026-01-02T14:30:00Z, or `2026-01-02 14:30:00` in the configured time zone."
            },
            footer = {
                "",
                "Example:",
                "  lastgood metrics export -e production --start 2026-01-02T14:00:00Z --end 2026-01-02T15:00:00Z > m.json"
            })
    private static final class Export extends Verb {

        private final Tool tool;

        @Mixin
        private Where where = new Where();

        @Option(names = "--start", required = true, paramLabel = "TIME", description = "from when")
        private String start = "";

        @Option(names = "--end", paramLabel = "TIME", description = "until when (default: now)")
        private @Nullable String end;

        @Option(names = "--step", paramLabel = "TIME", description = "of each row (default: 15s to 1h, by the period)")
        private @Nullable String step;

        @Option(names = "--format", paramLabel = "FORMAT", description = "json, csv or openmetrics (default: json)")
        private String format = "json";

        Export(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var shape = ExportFormat.parse(format);
            var session = tool.session(where);
            var screen = tool.screen(where.common());
            var now = session.ports().time().now();
            var zone = session.effective().timezone();
            var from = PointInTime.parse(start, zone, now).at();
            var to = end == null ? now : PointInTime.parse(end, zone, now).at();
            if (!from.isBefore(to)) {
                throw Failure.usage("--start is not before --end", "give them in order of time");
            }
            var every = step == null ? usual(Duration.between(from, to)) : duration("--step", step);
            if (every.compareTo(Duration.ofSeconds(1)) < 0) {
                throw Failure.usage("--step is %s".formatted(Words.duration(every)), "1s or more");
            }
            var points = session.metrics().course(session.service(), from, to, every);
            screen.data(shape.text(session.service(), from, to, every, points));
            screen.say("%s, %s: %s of %s"
                    .formatted(
                            session.service(),
                            Words.duration(Duration.between(from, to)),
                            Words.count(points.size(), "row"),
                            Words.duration(every)));
            return Exit.DONE;
        }

        /// At most some hundred rows for each release.
        private static Duration usual(Duration span) {
            return List.of(15L, 60L, 300L, 900L).stream()
                    .map(Duration::ofSeconds)
                    .filter(d -> span.dividedBy(d) <= 500)
                    .findFirst()
                    .orElse(Duration.ofHours(1));
        }
    }

    private static boolean isData(Format format) {
        return format == Format.JSON || format == Format.YAML;
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode document(
            String kind, Session session, Window window) {
        return Data.document(kind)
                .put("service", session.service().toString())
                .put(
                        "at",
                        Instant.ofEpochSecond(session.ports().time().now().getEpochSecond())
                                .toString())
                .put("spanMillis", window.span().toMillis())
                .put("requests", window.requests())
                .put("errors", window.errors());
    }
}
