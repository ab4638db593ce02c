package lastgood.config;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/// How much worse than the reference: `baseline + 5pp` (percentage points) or `2 x baseline`.
public sealed interface Above {

    /// @param points of 100: 5 is `5pp`
    record Points(BigDecimal points) implements Above {
        @Override
        public String toString() {
            return "baseline + %spp".formatted(points.stripTrailingZeros().toPlainString());
        }
    }

    record Times(BigDecimal factor) implements Above {
        @Override
        public String toString() {
            return "%s x baseline".formatted(factor.stripTrailingZeros().toPlainString());
        }
    }

    String NUMBER = "([0-9]{1,6}(?:\\.[0-9]{1,6})?)";
    Pattern POINTS = Pattern.compile("baseline\\s*\\+\\s*" + NUMBER + "\\s*pp");
    Pattern TIMES = Pattern.compile(NUMBER + "\\s*x\\s*baseline");
    String EXAMPLES = "write baseline + 5pp (percentage points) or 2 x baseline";

    static Parsed<Above> parse(String text) {
        var points = POINTS.matcher(text.strip());
        if (points.matches()) {
            var value = new BigDecimal(points.group(1));
            return value.compareTo(BigDecimal.valueOf(100)) < 0
                    ? new Parsed.Good<>(new Points(value))
                    : new Parsed.Bad<>("nothing rises by %spp or more".formatted(value.toPlainString()), EXAMPLES);
        }
        var times = TIMES.matcher(text.strip());
        if (times.matches()) {
            var factor = new BigDecimal(times.group(1));
            return factor.compareTo(BigDecimal.ONE) > 0
                    ? new Parsed.Good<>(new Times(factor))
                    : new Parsed.Bad<>("%s x is not above".formatted(factor.toPlainString()), EXAMPLES);
        }
        return notOne(text);
    }

    /// Says where it stops making sense, and what a slip of the fingers may have meant.
    private static Parsed<Above> notOne(String text) {
        var words = Pattern.compile("[A-Za-z]+|[^A-Za-z\\s]+").matcher(text);
        while (words.find()) {
            var word = words.group();
            var known = word.equals("baseline") || word.equals("x") || word.equals("pp") || word.equals("+");
            if (!known && !word.matches("\\+?[0-9.]+\\+?")) {
                var fact = "`%s` is not a limit: `%s` means nothing here".formatted(Shown.text(text), Shown.text(word));
                return new Parsed.Bad<>(
                        Shown.at(fact, words.start()),
                        Nearest.hint(word, java.util.List.of("baseline", "pp"), EXAMPLES));
            }
        }
        return new Parsed.Bad<>("`%s` is not a limit".formatted(Shown.text(text)), EXAMPLES);
    }
}
