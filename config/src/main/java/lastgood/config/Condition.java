package lastgood.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// When a severity applies: symptoms, any one of which is enough, as in `outage or errorRate > 10%`.
public record Condition(List<Symptom> anyOf) {

    /// Longer ones cannot be read by a person at 3 a.m. either.
    static final int CHARACTERS_MAX = 500;

    private static final Pattern ERROR_RATE = Pattern.compile("errorRate\\s*(>=|>|<=|<)\\s*(\\S+)");
    private static final List<String> WORDS = List.of("outage", "dataLoss", "errorRate");

    public Condition {
        anyOf = List.copyOf(anyOf);
        if (anyOf.isEmpty()) {
            throw new IllegalArgumentException("a condition names at least one symptom");
        }
    }

    /// Something that can be seen.
    public sealed interface Symptom {
        /// Nobody is served.
        record Outage() implements Symptom {
            @Override
            public String toString() {
                return "outage";
            }
        }

        /// Data was lost or damaged.
        record DataLoss() implements Symptom {
            @Override
            public String toString() {
                return "dataLoss";
            }
        }

        /// The share of failed requests, compared with a limit.
        record ErrorRate(Comparison is, Percent limit) implements Symptom {
            @Override
            public String toString() {
                return "errorRate %s %s".formatted(is.sign, limit);
            }
        }
    }

    public enum Comparison {
        ABOVE(">"),
        AT_LEAST(">="),
        BELOW("<"),
        AT_MOST("<=");

        private final String sign;

        Comparison(String sign) {
            this.sign = sign;
        }

        static Comparison of(String sign) {
            for (var comparison : values()) {
                if (comparison.sign.equals(sign)) {
                    return comparison;
                }
            }
            throw new IllegalStateException("no such comparison: " + sign);
        }
    }

    /// Reads `outage or dataLoss`, `errorRate > 10%`.
    public static Parsed<Condition> parse(String text) {
        if (text.length() > CHARACTERS_MAX) {
            return new Parsed.Bad<>("the condition is longer than %d characters".formatted(CHARACTERS_MAX), "");
        }
        var symptoms = new ArrayList<Symptom>();
        for (var part : text.strip().split("\\s+or\\s+", -1)) {
            switch (symptom(part)) {
                case Parsed.Good<Symptom>(var symptom) -> symptoms.add(symptom);
                case Parsed.Bad<Symptom>(var fact, var hint) -> {
                    return new Parsed.Bad<>(fact, hint);
                }
            }
        }
        return new Parsed.Good<>(new Condition(symptoms));
    }

    private static Parsed<Symptom> symptom(String text) {
        if (text.equals("outage")) {
            return new Parsed.Good<>(new Symptom.Outage());
        }
        if (text.equals("dataLoss")) {
            return new Parsed.Good<>(new Symptom.DataLoss());
        }
        var rate = ERROR_RATE.matcher(text);
        if (!rate.matches()) {
            return new Parsed.Bad<>(
                    "`%s` is not a symptom".formatted(Shown.text(text)),
                    Nearest.hint(text, WORDS, "write outage, dataLoss or errorRate > 10%, joined by `or`"));
        }
        return switch (Percent.parse(rate.group(2))) {
            case Parsed.Good<Percent>(var limit) ->
                new Parsed.Good<>(new Symptom.ErrorRate(Comparison.of(rate.group(1)), limit));
            case Parsed.Bad<Percent>(var fact, var hint) -> new Parsed.Bad<>(fact, hint);
        };
    }

    @Override
    public String toString() {
        return String.join(" or ", anyOf.stream().map(Symptom::toString).toList());
    }
}
