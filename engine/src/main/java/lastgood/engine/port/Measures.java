package lastgood.engine.port;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import lastgood.core.Release;
import lastgood.core.ServiceRef;

/// Asks whoever keeps the numbers a question of the team's own. One number is an answer; anything else is none, and
/// says why: who asks must take it for neither well nor ill.
public interface Measures {

    Measures NONE = (service, release, question) ->
            new Measured.Unknown("no metrics are connected (metrics.prometheus)", question.text());

    /// @param release whose pods `$pods` are, and what `$version` is; empty: all of the service
    Measured ask(ServiceRef service, Optional<Release> release, Question question);

    /// @param text a query as the team wrote it, with places such as `$service`
    /// @param window what `$window` stands for
    record Question(String text, Duration window) {

        private static final Pattern STRING =
                Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`|#[^\\n]*");
        private static final Pattern PLACE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");

        /// The query with each place filled in; inside a text with what the quotes around it want.
        ///
        /// @throws IllegalStateException if a place has no value: the names were checked when the file was read
        public String filled(Map<String, String> values) {
            var out = new StringBuilder();
            var strings = STRING.matcher(text);
            var from = 0;
            while (strings.find()) {
                out.append(fill(text.substring(from, strings.start()), values, ' '));
                var string = strings.group();
                out.append(string.startsWith("#") ? string : fill(string, values, string.charAt(0)));
                from = strings.end();
            }
            return out.append(fill(text.substring(from), values, ' ')).toString();
        }

        private static String fill(String part, Map<String, String> values, char quote) {
            return PLACE.matcher(part).replaceAll(found -> {
                var value = values.get(found.group(1));
                if (value == null) {
                    throw new IllegalStateException("no value for $" + found.group(1));
                }
                var escaped = quote == '"' || quote == '\''
                        ? value.replace("\\", "\\\\").replace(String.valueOf(quote), "\\" + quote)
                        : value;
                return java.util.regex.Matcher.quoteReplacement(escaped);
            });
        }

        /// Whether it has that place.
        public boolean has(String place) {
            return PLACE.matcher(text)
                    .results()
                    .anyMatch(found -> found.group(1).equals(place));
        }
    }

    sealed interface Measured {

        /// The query as it was asked.
        String asked();

        /// A finite number.
        record One(double value, String asked) implements Measured {
            public One {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException("not a number: " + value);
                }
            }
        }

        /// None: nobody answers, nothing is there, several are, or it is no number.
        record Unknown(String why, String asked) implements Measured {}
    }
}
