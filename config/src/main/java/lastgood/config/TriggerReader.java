package lastgood.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads the `triggers` block. The schema lets every trigger have every key; here each has its own, because a key
/// that is accepted and means nothing is a promise.
final class TriggerReader {

    private static final Map<String, List<String>> KEYS = new LinkedHashMap<>();

    static {
        KEYS.put("errorRate", List.of("enabled", "above", "for", "test", "query"));
        KEYS.put("latency", List.of("enabled", "above", "for", "test", "query"));
        KEYS.put("critical", List.of("enabled", "checks", "failures", "query"));
        KEYS.put("corruption", List.of("enabled", "integrity", "every", "query"));
        KEYS.put("security", List.of("enabled", "webhook", "query"));
        KEYS.put("migration", List.of("enabled", "onFailure", "query"));
        KEYS.put("canary", List.of("enabled", "test", "alpha", "minRequests", "query"));
    }

    /// Those of the checklist that show whether a function works, and `health`, the service's own path.
    private static final List<String> CRITICAL =
            List.of("auth", "health", "database", "endpoints", "integrations", "smoke");

    private static final Above FIVE_POINTS = new Above.Points(BigDecimal.valueOf(5));
    private static final Above TWICE = new Above.Times(BigDecimal.TWO);

    private TriggerReader() {}

    static TriggersConfig read(Cursor at, SignalReader.Asking asking) {
        KEYS.forEach((trigger, keys) -> checkKeys(trigger, keys, at.at(trigger)));
        return new TriggersConfig(
                errorRate(at.at("errorRate")),
                latency(at.at("latency")),
                critical(at.at("critical")),
                corruption(at.at("corruption")),
                new TriggersConfig.Security(
                        enabled(at.at("security")),
                        at.at("security").at("webhook").truth(true)),
                new TriggersConfig.Migration(
                        enabled(at.at("migration")),
                        at.at("migration").at("onFailure").truth(true)),
                canary(at.at("canary")),
                conditions(at, asking));
    }

    private static Map<String, TriggersConfig.Watched> conditions(Cursor at, SignalReader.Asking asking) {
        var all = new LinkedHashMap<String, TriggersConfig.Watched>();
        KEYS.keySet().forEach(trigger -> {
            var written = at.at(trigger);
            var condition = asking.condition(written.at("query"));
            if (condition != null && enabled(written)) {
                all.put(
                        trigger,
                        new TriggersConfig.Watched(condition, written.at("for").duration(Duration.ZERO)));
            }
        });
        return all;
    }

    private static void checkKeys(String trigger, List<String> keys, Cursor at) {
        at.children().forEach((key, value) -> {
            if (!keys.contains(key)) {
                value.problem(
                        "`%s` means nothing for %s".formatted(key, trigger),
                        Nearest.hint(key, keys, "it has " + String.join(", ", keys)));
            }
        });
        at.at("test").read(TriggerReader::test, "sequential");
    }

    /// A threshold on a rate cries wolf on most days (docs/detection.md), so it is not offered at all.
    private static Parsed<String> test(String text) {
        return text.equals("sequential")
                ? new Parsed.Good<>(text)
                : new Parsed.Bad<>(
                        "this version tests sequentially only, not by `%s`".formatted(Shown.text(text)),
                        "write test: sequential, or leave it out");
    }

    private static boolean enabled(Cursor at) {
        return at.at("enabled").truth(true);
    }

    private static TriggersConfig.ErrorRate errorRate(Cursor at) {
        return new TriggersConfig.ErrorRate(
                enabled(at),
                at.at("above").read(Above::parse, FIVE_POINTS),
                at.at("for").duration(Duration.ZERO));
    }

    private static TriggersConfig.Latency latency(Cursor at) {
        at.at("above").read(TriggerReader::twice, TWICE);
        return new TriggersConfig.Latency(enabled(at), at.at("for").duration(Duration.ZERO));
    }

    private static Parsed<Above> twice(String text) {
        var parsed = Above.parse(text);
        return parsed instanceof Parsed.Good<Above>(var above)
                        && !(above instanceof Above.Times(var factor) && factor.compareTo(BigDecimal.TWO) == 0)
                ? new Parsed.Bad<>("of latency this version can prove `2 x baseline` only", "write above: 2 x baseline")
                : parsed;
    }

    private static TriggersConfig.Critical critical(Cursor at) {
        return new TriggersConfig.Critical(
                enabled(at),
                at.at("checks").items().flatMap(TriggerReader::check).toList(),
                positive(at.at("failures"), 3));
    }

    private static Stream<String> check(Cursor at) {
        var name = at.text("");
        if (CRITICAL.contains(name)) {
            return Stream.of(name);
        }
        at.problem(
                "there is no check `%s` that can be critical".formatted(Shown.text(name)),
                Nearest.hint(name, CRITICAL, "known: " + String.join(", ", CRITICAL)));
        return Stream.empty();
    }

    private static int positive(Cursor at, int fallback) {
        var read = at.integer(fallback);
        if (read < 1) {
            at.problem("a check that never fails cannot fail", "write 1 or more");
            return fallback;
        }
        return read;
    }

    private static TriggersConfig.Corruption corruption(Cursor at) {
        return new TriggersConfig.Corruption(
                enabled(at),
                at.at("integrity").text("quick").equals("comprehensive"),
                at.at("every").positive(Duration.ofMinutes(5)));
    }

    private static TriggersConfig.Canary canary(Cursor at) {
        return new TriggersConfig.Canary(
                enabled(at),
                at.at("alpha").read(TriggerReader::alpha, 0.01),
                at.at("minRequests").integer(500));
    }

    private static Parsed<Double> alpha(String text) {
        var bad = new Parsed.Bad<Double>(
                "`%s` is not a chance above 0 and up to 0.5".formatted(Shown.text(text)), "write 0.01 for 1 %");
        try {
            var alpha = Double.parseDouble(text);
            return alpha > 0 && alpha <= 0.5 ? new Parsed.Good<>(alpha) : bad;
        } catch (NumberFormatException no) {
            return bad;
        }
    }
}
