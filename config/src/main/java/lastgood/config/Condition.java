package lastgood.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// When a severity applies: symptoms, any one of which is enough, as in `outage or errorRate > 10%`.
public record Condition(List<Symptom> anyOf) {

    /// Longer ones cannot be read by a person at 3 a.m. either.
    static final int CHARACTERS_MAX = 500;

    private static final Pattern ERROR_RATE = Pattern.compile("errorRate\\s*(>=|>|<=|<)\\s*(\\S+)");
    private static final List<String> WORDS = Stream.concat(
                    Stream.of("outage", "dataLoss", "errorRate"),
                    Arrays.stream(Named.values()).map(Named::toString))
            .toList();

    private static final List<String> PLAIN =
            WORDS.stream().filter(word -> !word.equals("errorRate")).toList();

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

        /// One that other parts of the program find, and that has no number.
        record Of(Named named) implements Symptom {
            @Override
            public String toString() {
                return named.toString();
            }
        }

        /// By how much the share of failed requests rose, compared with a limit in percentage points.
        record ErrorRate(Comparison is, Percent limit) implements Symptom {
            @Override
            public String toString() {
                return "errorRate %s %s".formatted(is.sign, limit);
            }
        }
    }

    /// Symptoms by the trigger that finds them.
    public enum Named {
        /// Found damage in the data.
        CORRUPTION,
        /// Answers take more than twice as long.
        LATENCY,
        /// Nobody can log in.
        AUTH,
        /// A critical check or route is broken.
        CRITICAL,
        SECURITY,
        /// A migration failed.
        MIGRATION,
        /// A canary is worse than the version beside it.
        CANARY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Named> of(String text) {
            return Arrays.stream(values())
                    .filter(n -> n.toString().equals(text))
                    .findFirst();
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
        var from = 0;
        for (var part : text.split("\\s+or\\s+", -1)) {
            var at = text.indexOf(part, from);
            from = at + part.length();
            switch (symptom(part.strip())) {
                case Parsed.Good<Symptom>(var symptom) -> symptoms.add(symptom);
                case Parsed.Bad<Symptom>(var fact, var hint) -> {
                    return new Parsed.Bad<>(Shown.at(fact, at), hint);
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
        var named = Named.of(text);
        if (named.isPresent()) {
            return new Parsed.Good<>(new Symptom.Of(named.get()));
        }
        var rate = ERROR_RATE.matcher(text);
        if (!rate.matches()) {
            return new Parsed.Bad<>(
                    "`%s` is not a symptom".formatted(Shown.text(text)),
                    Nearest.hint(
                            text,
                            WORDS,
                            "write errorRate > 10%% or one of %s, joined by `or`".formatted(String.join(", ", PLAIN))));
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
