package lastgood.local;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.core.WorkloadState;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Limits;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Metrics.Window;
import lastgood.engine.port.Unreachable;

/// Asks those of the ten questions that this machine can answer by itself. Whatever cannot be answered is UNKNOWN with
/// its reason; that
/// includes an agent that does not answer, since then nobody has measured anything.
public final class LocalChecks implements Checks {

    /// Fewer requests than this say nothing about a rate of one in a hundred.
    static final int REQUESTS_MIN = 50;

    /// Those of each sample of a watch; the others are asked in its first and its last.
    private static final List<Check> EACH_TIME =
            List.of(Check.PODS, Check.ERROR_RATE, Check.LATENCY_P95, Check.ENDPOINTS, Check.LOGS);

    private final LocalClient client;
    private final Map<ServiceRef, LocalService> services;
    private final InstantSource clock;

    public LocalChecks(LocalClient client, Map<ServiceRef, LocalService> services, InstantSource clock) {
        this.client = client;
        this.services = Map.copyOf(services);
        this.clock = clock;
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var definition = services.get(service);
        if (definition == null) {
            return new Sample(
                    List.of(CheckResult.unknown(
                            Check.PODS, "%s is not configured for this platform".formatted(service))),
                    full);
        }
        var asked = new Asked(service, release, since, definition);
        var results = new ArrayList<CheckResult>();
        for (var check : full ? List.of(Check.values()) : EACH_TIME) {
            results.add(answer(check, () -> ask(check, asked)));
        }
        return new Sample(results, full);
    }

    private record Asked(ServiceRef service, Release release, Instant since, LocalService definition) {
        Limits limits() {
            return definition.limits();
        }
    }

    private CheckResult ask(Check check, Asked asked) {
        var service = asked.service();
        var release = asked.release();
        var since = asked.since();
        return switch (check) {
            case PODS -> pods(service, release, since);
            case ERROR_RATE -> errorRate(service, release, counted(check, asked), asked.limits());
            case LATENCY_P95 -> latency(service, release, counted(check, asked), asked.limits());
            case LOGS -> logs(asked);
            case ENDPOINTS, AUTH, INTEGRATIONS, SMOKE -> CheckResult.unknown(check, "not configured");
            case DATABASE, USERS -> CheckResult.unknown(check, "no `http` or `run` is configured for it");
        };
    }

    private Instant counted(Check check, Asked asked) {
        return asked.limits().from(check, asked.since(), clock.instant());
    }

    /// What is older than the window does not count, however long a watch lasts.
    private CheckResult logs(Asked asked) {
        var limits = asked.limits();
        var window = clock.instant().minus(limits.logWindow());
        var from = asked.since().isAfter(window) ? asked.since() : window;
        return LogScan.ask(
                limits,
                running(asked.service(), asked.release(), from),
                () -> running(asked.service(), asked.release(), from.minus(Limits.INCIDENT)));
    }

    private static CheckResult answer(Check check, Supplier<CheckResult> question) {
        try {
            return question.get();
        } catch (Unreachable | Forbidden e) {
            return CheckResult.unknown(
                    check, String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer"));
        }
    }

    /// The workloads that users get and that run the release are complete, and none of their instances has been started
    /// again since.
    private CheckResult pods(ServiceRef service, Release release, Instant since) {
        var weights = client.get(service).weights();
        var running = client.workloads(service).stream()
                .filter(w -> weights.getOrDefault(w.workload().name(), 0) > 0)
                .filter(w -> w.requested().sameAs(release.revision()))
                .toList();
        var source = "workloads that get traffic";
        var threshold = "all ready, none restarted";
        if (running.isEmpty()) {
            return CheckResult.fail(Check.PODS, "nothing that gets traffic runs " + release, threshold, source);
        }
        var unfinished =
                running.stream().filter(w -> !w.complete() || w.wanted() == 0).findFirst();
        if (unfinished.isPresent()) {
            return CheckResult.fail(Check.PODS, progress(unfinished.get()), threshold, source);
        }
        var restarted = running(service, release, since).stream()
                .filter(i -> i.restarted().filter(at -> !at.isBefore(since)).isPresent())
                .findFirst();
        if (restarted.isPresent()) {
            return CheckResult.fail(
                    Check.PODS,
                    "instance %s was started again at %s"
                            .formatted(
                                    restarted.get().id(),
                                    restarted.get().restarted().orElse(since)),
                    threshold,
                    source);
        }
        var ready = running.stream().mapToInt(WorkloadState::ready).sum();
        return CheckResult.pass(Check.PODS, "%d of %d ready, 0 restarts".formatted(ready, ready), threshold, source);
    }

    private static String progress(WorkloadState state) {
        return Optional.of(state.trouble())
                .filter(t -> !t.isEmpty())
                .map(t -> state.progress() + ": " + t.getFirst())
                .orElse(state.progress());
    }

    private List<InstanceView> running(ServiceRef service, Release release, Instant since) {
        return client.instances(service, since).stream()
                .filter(i -> i.revision().sameAs(release.revision()))
                .toList();
    }

    private CheckResult errorRate(ServiceRef service, Release release, Instant since, Limits limits) {
        var window = client.window(service, Optional.of(release.revision().digest()), since);
        if (window.requests() < REQUESTS_MIN) {
            return tooFew(Check.ERROR_RATE, window);
        }
        var value = String.format(
                Locale.ROOT, "%.2f%% of %s", window.errorPercent(), Words.count(window.requests(), "request"));
        var threshold = "< %s%%".formatted(plain(limits.errorPercentBelow()));
        var source = "proxy, last " + Words.duration(window.span());
        return window.errorPercent() < limits.errorPercentBelow()
                ? CheckResult.pass(Check.ERROR_RATE, value, threshold, source)
                : CheckResult.fail(Check.ERROR_RATE, value, threshold, source);
    }

    private CheckResult latency(ServiceRef service, Release release, Instant since, Limits limits) {
        var window = client.window(service, Optional.of(release.revision().digest()), since);
        if (window.requests() < REQUESTS_MIN) {
            return tooFew(Check.LATENCY_P95, window);
        }
        var value = "%s over %s".formatted(Words.duration(window.p95()), Words.count(window.requests(), "request"));
        var threshold = "< " + Words.duration(limits.p95Below());
        var source = "proxy, last " + Words.duration(window.span());
        return window.p95().compareTo(limits.p95Below()) < 0
                ? CheckResult.pass(Check.LATENCY_P95, value, threshold, source)
                : CheckResult.fail(Check.LATENCY_P95, value, threshold, source);
    }

    private static CheckResult tooFew(Check check, Window window) {
        return CheckResult.unknown(
                check, "needs %s".formatted(Words.count(REQUESTS_MIN - window.requests(), "more request")));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
