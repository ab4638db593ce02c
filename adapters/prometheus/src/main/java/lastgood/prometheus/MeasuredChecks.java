package lastgood.prometheus;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Limits;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Metrics.Window;
import lastgood.engine.port.Unreachable;

/// Answers the checklist's two questions about users from Prometheus, and leaves the others to the platform.
public final class MeasuredChecks implements Checks {

    /// With fewer requests one error is more than the limit of one in a hundred allows.
    private static final int REQUESTS_MIN = 50;

    private final Checks platform;
    private final PrometheusMetrics metrics;
    private final Map<ServiceRef, Limits> limits;
    private final InstantSource clock;

    public MeasuredChecks(
            Checks platform, PrometheusMetrics metrics, Map<ServiceRef, Limits> limits, InstantSource clock) {
        this.platform = platform;
        this.metrics = metrics;
        this.limits = Map.copyOf(limits);
        this.clock = clock;
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var sample = platform.ask(service, release, since, full);
        var held = limits.getOrDefault(service, Limits.usual());
        var results = sample.results().stream()
                .map(r -> switch (r.check()) {
                    case ERROR_RATE, LATENCY_P95 -> measured(r.check(), service, release, since, held);
                    case PODS, AUTH, DATABASE, ENDPOINTS, LOGS, INTEGRATIONS, SMOKE, USERS -> r;
                })
                .toList();
        return new Sample(results, sample.full());
    }

    private CheckResult measured(Check check, ServiceRef service, Release release, Instant since, Limits held) {
        try {
            var window = metrics.window(
                    service,
                    java.util.Optional.of(release.revision().digest()),
                    held.from(check, since, clock.instant()));
            if (window.requests() < REQUESTS_MIN) {
                return CheckResult.unknown(
                        check, "needs %s".formatted(Words.count(REQUESTS_MIN - window.requests(), "more request")));
            }
            return check == Check.ERROR_RATE ? errors(service, window, held) : latency(service, window, held);
        } catch (Unreachable | Forbidden e) {
            return CheckResult.unknown(
                    check, String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer"));
        }
    }

    private CheckResult errors(ServiceRef service, Window window, Limits held) {
        var value = String.format(
                Locale.ROOT, "%.2f%% of %s", window.errorPercent(), Words.count(window.requests(), "request"));
        var threshold = String.format(Locale.ROOT, "< %s%%", plain(held.errorPercentBelow()));
        return window.errorPercent() < held.errorPercentBelow()
                ? CheckResult.pass(Check.ERROR_RATE, value, threshold, source(service, window))
                : CheckResult.fail(Check.ERROR_RATE, value, threshold, source(service, window));
    }

    private CheckResult latency(ServiceRef service, Window window, Limits held) {
        if (window.p95().isZero()) {
            return CheckResult.unknown(Check.LATENCY_P95, "no histogram of response times is scraped");
        }
        var value =
                "at most %s over %s".formatted(Words.duration(window.p95()), Words.count(window.requests(), "request"));
        var threshold = "< " + Words.duration(held.p95Below());
        // The quantile is a bucket's upper end: at the limit itself it was not slower than the limit.
        return window.p95().compareTo(held.p95Below()) <= 0
                ? CheckResult.pass(Check.LATENCY_P95, value, threshold, source(service, window))
                : CheckResult.fail(Check.LATENCY_P95, value, threshold, source(service, window));
    }

    private String source(ServiceRef service, Window window) {
        return "Prometheus, %s, last %s".formatted(metrics.dialect(service).requests(), Words.duration(window.span()));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
