package lastgood.kubernetes.checks;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Limits;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.Workloads;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;

/// Asks those of the ten questions that an API server can answer by itself. What it cannot say is UNKNOWN with its
/// reason, never fine: a cluster that does not answer has not measured anything, and one without metrics never will.
public final class KubeChecks implements Checks {

    /// What a plan and a report say where [#needingMetrics()] were left out of the required checks.
    public static final String NOT_MEASURED = "users' error rate was not measured: no metrics are connected";

    /// Those of each sample of a watch; the others are asked in its first and its last.
    private static final List<Check> EACH_TIME =
            List.of(Check.PODS, Check.ERROR_RATE, Check.LATENCY_P95, Check.ENDPOINTS, Check.LOGS);

    private final Map<ServiceRef, KubeService> services;
    private final Map<ServiceRef, Limits> limits;
    private final InstantSource clock;
    private final Running running;
    private final PodCheck pods;
    private final PodLogCheck logs;
    private final EndpointCheck endpoints;

    /// @param limits of services that are not held against the usual ones
    public KubeChecks(
            Api api,
            Map<ServiceRef, KubeService> services,
            Map<ServiceRef, Limits> limits,
            Workloads workloads,
            InstantSource clock) {
        this.clock = clock;
        this.services = Map.copyOf(services);
        this.limits = Map.copyOf(limits);
        this.running = new Running(api, workloads);
        this.pods = new PodCheck();
        this.logs = new PodLogCheck(api);
        this.endpoints = new EndpointCheck(api);
    }

    /// What a cluster answers without being told more.
    public static Set<Check> answerable() {
        return Collections.unmodifiableSet(EnumSet.of(Check.PODS, Check.LOGS, Check.ENDPOINTS));
    }

    /// What nobody can answer without metrics. Requiring these where none are connected would end each watch with
    /// "we do not know", however well users are; leaving them out has to be said ([#NOT_MEASURED]).
    public static Set<Check> needingMetrics() {
        return Collections.unmodifiableSet(EnumSet.of(Check.ERROR_RATE, Check.LATENCY_P95));
    }

    @Override
    public Sample ask(ServiceRef ref, Release release, Instant since, boolean full) {
        var service = services.get(ref);
        if (service == null) {
            return new Sample(
                    List.of(CheckResult.unknown(Check.PODS, "%s is not configured for this cluster".formatted(ref))),
                    full);
        }
        // One look at the pods for all questions about them, made when the first of them is asked.
        var seen = new Once<>(() -> running.look(service, release));
        var checks = full ? List.of(Check.values()) : EACH_TIME;
        return new Sample(
                checks.stream()
                        .map(check -> answer(check, () -> ask(check, service, seen, release, since)))
                        .toList(),
                full);
    }

    private CheckResult ask(
            Check check, KubeService service, Supplier<Running.Seen> seen, Release release, Instant since) {
        return switch (check) {
            case PODS -> pods.ask(seen.get(), release, since);
            case LOGS -> logs(limits.getOrDefault(service.service(), Limits.usual()), seen.get(), since);
            case ENDPOINTS -> endpoints.ask(service, seen.get());
            case ERROR_RATE, LATENCY_P95 -> CheckResult.unknown(check, "no metrics are connected (metrics.prometheus)");
            case AUTH, INTEGRATIONS, SMOKE -> CheckResult.unknown(check, "not configured");
            case DATABASE, USERS -> CheckResult.unknown(check, "no `http` or `run` is configured for it");
        };
    }

    /// What is older than the window does not count, however long a watch lasts.
    private CheckResult logs(Limits held, Running.Seen seen, Instant since) {
        var window = clock.instant().minus(held.logWindow());
        return logs.ask(held, seen, since.isAfter(window) ? since : window);
    }

    private static CheckResult answer(Check check, Supplier<CheckResult> question) {
        try {
            return question.get();
        } catch (Unreachable | Forbidden e) {
            return CheckResult.unknown(
                    check, String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer"));
        }
    }

    /// Of one sample, so asked by one thread. A failure is not remembered: the next question asks again.
    private static final class Once<T> implements Supplier<T> {
        private final Supplier<T> source;
        private List<T> value = List.of();

        Once(Supplier<T> source) {
            this.source = source;
        }

        @Override
        public T get() {
            if (value.isEmpty()) {
                value = List.of(source.get());
            }
            return value.getFirst();
        }
    }
}
