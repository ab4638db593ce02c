package lastgood.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.config.Check;
import lastgood.config.Counters;
import lastgood.config.Effective;
import lastgood.core.ServiceRef;
import lastgood.core.decide.Trigger;
import lastgood.engine.QueriedChecks;
import lastgood.engine.port.Measures;
import lastgood.engine.signals.ConditionSignals;
import lastgood.prometheus.Matcher;
import lastgood.prometheus.Own;

/// The team's own queries, in the words of the engine and of whoever answers them.
final class Queries {

    /// Of a trigger's query: what `$window` stands for. Shorter than the usual alert's, since each second counts.
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private Queries() {}

    // ---- the checklist

    static Map<ServiceRef, Map<lastgood.core.recover.Check, QueriedChecks.Rule>> checks(
            Map<ServiceRef, Effective> kept) {
        var all = new HashMap<ServiceRef, Map<lastgood.core.recover.Check, QueriedChecks.Rule>>();
        kept.forEach((ref, effective) -> {
            var rules = new EnumMap<lastgood.core.recover.Check, QueriedChecks.Rule>(lastgood.core.recover.Check.class);
            for (var check : effective.service().verify().checks()) {
                if (check instanceof Check.Asked(var name, var _, var query, var bound, var window)) {
                    rules.put(
                            FromConfig.check(name),
                            new QueriedChecks.Rule(
                                    new Measures.Question(query.text(), window),
                                    bound.above(),
                                    bound.value(),
                                    bound.words()));
                }
            }
            all.put(ref, rules);
        });
        return all;
    }

    /// Whom to ask how users are.
    static Map<ServiceRef, String> whom(Map<ServiceRef, Effective> kept) {
        var all = new HashMap<ServiceRef, String>();
        kept.forEach((ref, effective) -> effective.service().verify().checks().forEach(check -> {
            if (check instanceof Check.Users(var _, var _, var _, var ask) && ask != null) {
                all.put(ref, ask);
            }
        }));
        return all;
    }

    // ---- triggers

    static List<ConditionSignals.Condition> conditions(Effective effective) {
        var all = new ArrayList<ConditionSignals.Condition>();
        effective
                .service()
                .triggers()
                .conditions()
                .forEach((trigger, watched) -> all.add(new ConditionSignals.Condition(
                        trigger(trigger),
                        new Measures.Question(watched.condition().text(), WINDOW),
                        watched.lasting())));
        return all;
    }

    private static Trigger trigger(String key) {
        return switch (key) {
            case "errorRate" -> Trigger.ERROR_RATE;
            case "latency" -> Trigger.PERFORMANCE;
            case "critical" -> Trigger.CRITICAL;
            case "corruption" -> Trigger.CORRUPTION;
            case "security" -> Trigger.SECURITY;
            case "migration" -> Trigger.MIGRATION;
            case "canary" -> Trigger.CANARY;
            default -> throw new IllegalStateException("the schema knows no trigger " + key);
        };
    }

    // ---- what is counted

    static Map<ServiceRef, Own> own(Map<ServiceRef, Effective> kept, String namespace) {
        var all = new HashMap<ServiceRef, Own>();
        kept.forEach((ref, effective) -> {
            var signals = effective.service().signals();
            var places = new TreeMap<>(
                    Map.of("service", ref.service(), "environment", ref.environment(), "namespace", namespace));
            all.put(
                    ref,
                    new Own(
                            signals.requests()
                                    .map(c -> new Own.Requests(
                                            c.metric(), matchers(c.every(), places), matchers(c.failed(), places))),
                            signals.latency().map(c -> new Own.Latency(c.metric(), matchers(c.every(), places)))));
        });
        return all;
    }

    /// Without those for `$pods`: which pods are asked for is said anew for each release.
    private static List<Matcher> matchers(List<Counters.Label> labels, Map<String, String> places) {
        return labels.stream()
                .filter(label -> !asked(label.value()).has("pods"))
                .map(label -> new Matcher(label.name(), label.operator(), filled(label.value(), places)))
                .toList();
    }

    private static Measures.Question asked(String value) {
        return new Measures.Question(value, Duration.ZERO);
    }

    private static String filled(String value, Map<String, String> places) {
        var filled = value;
        for (var place : places.entrySet()) {
            filled = filled.replaceAll(
                    "\\$%s(?![A-Za-z0-9_])".formatted(place.getKey()),
                    java.util.regex.Matcher.quoteReplacement(place.getValue()));
        }
        return filled;
    }

    /// All that the service's file asks, for whoever wants to know whether a server takes it.
    static Map<String, Measures.Question> all(Effective effective) {
        var all = new java.util.LinkedHashMap<String, Measures.Question>();
        effective
                .service()
                .signals()
                .queries()
                .forEach((name, query) ->
                        all.put("signals." + name, new Measures.Question(query.text(), Duration.ofMinutes(5))));
        effective
                .service()
                .triggers()
                .conditions()
                .forEach((name, watched) -> all.put(
                        "triggers." + name,
                        new Measures.Question(watched.condition().text(), WINDOW)));
        for (var check : effective.service().verify().checks()) {
            if (check instanceof Check.Asked(var name, var _, var query, var _, var window)) {
                all.putIfAbsent("verify.checks." + name, new Measures.Question(query.text(), window));
            }
        }
        return all;
    }
}
