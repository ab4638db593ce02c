package lastgood.engine;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Measures;

/// Answers the checks that the team has a query for by holding its number against the team's limit, and leaves the
/// others to the platform. What gives no number is UNKNOWN, never a pass.
public final class QueriedChecks implements Checks {

    private final Checks platform;
    private final Measures measures;
    private final Map<ServiceRef, Map<Check, Rule>> rules;

    public QueriedChecks(Checks platform, Measures measures, Map<ServiceRef, Map<Check, Rule>> rules) {
        this.platform = platform;
        this.measures = measures;
        this.rules = rules.entrySet().stream()
                .filter(e -> !e.getValue().isEmpty())
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, e -> Collections.unmodifiableMap(new EnumMap<>(e.getValue()))));
    }

    /// @param above whether the number has to be above the limit; else below it
    /// @param words the limit as it was written, such as `1%`
    public record Rule(Measures.Question question, boolean above, double limit, String words) {

        boolean holds(double value) {
            return above ? value > limit : value < limit;
        }

        String threshold() {
            return (above ? "> " : "< ") + words;
        }
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var own = rules.getOrDefault(service, Map.of());
        var sample = platform.ask(service, release, since, full);
        return new Sample(
                sample.results().stream()
                        .map(r -> Optional.ofNullable(own.get(r.check()))
                                .map(rule -> ask(r.check(), rule, service, release))
                                .orElse(r))
                        .toList(),
                sample.full());
    }

    @Override
    public Sample some(ServiceRef service, Release release, Instant since, Set<Check> wanted) {
        var own = rules.getOrDefault(service, Map.of());
        var theirs = wanted.stream().filter(c -> !own.containsKey(c)).collect(Collectors.toSet());
        List<CheckResult> results = new ArrayList<>();
        if (!theirs.isEmpty()) {
            results.addAll(platform.some(service, release, since, theirs).results());
        }
        own.forEach((check, rule) -> {
            if (wanted.contains(check)) {
                results.add(ask(check, rule, service, release));
            }
        });
        return new Sample(results, false);
    }

    private CheckResult ask(Check check, Rule rule, ServiceRef service, Release release) {
        return switch (measures.ask(service, Optional.of(release), rule.question())) {
            case Measures.Measured.One(var value, var asked) ->
                new CheckResult(
                        check,
                        rule.holds(value) ? CheckResult.Finding.PASS : CheckResult.Finding.FAIL,
                        shown(value),
                        rule.threshold(),
                        asked);
            case Measures.Measured.Unknown(var why, var asked) ->
                new CheckResult(check, CheckResult.Finding.UNKNOWN, why, rule.threshold(), asked);
        };
    }

    /// As many digits as tell it from its limit.
    public static String shown(double value) {
        return new BigDecimal(value)
                .round(new MathContext(6))
                .stripTrailingZeros()
                .toPlainString();
    }
}
