package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a process shows of its counters at `/metrics`: Prometheus' text format 0.0.4, or OpenMetrics'. Reads only the
/// metrics that it is asked for, and of each line only what is counted: name, labels, value. Timestamps in the text,
/// exemplars and `_created` are passed over, since a reading's time is when it was made.
///
/// There is no such reader on Maven Central that is looked after: Prometheus' own Java library only writes.
///
/// Text that is cut off or is something else is refused whole. Half a number is a smaller number, and a counter that
/// gets smaller looks like one that began again.
final class Exposition {

    /// With dozens of labels a line is a few kilobytes; one without an end is no exposition.
    static final int LINE_MAX = 64 * 1024;

    static final int LABELS_MAX = 64;

    /// Of one process: 200 routes with 11 buckets for each of 9 codes.
    static final int SERIES_MAX = 20_000;

    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String END = "# EOF";
    private static final int WORDS_MAX = 60;

    private Exposition() {}

    /// @param labels with `__name__`
    record Sample(SortedMap<String, String> labels, double value) {}

    /// Why it is not what it should be, for people.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String why) {
            super(why);
        }
    }

    /// @param type the answer's `Content-Type`; empty: it said none
    /// @param wanted names of the samples, as in `http_requests_total`; others are skipped
    /// @return each series once, in the order of the text
    static List<Sample> read(byte[] text, String type, Set<String> wanted) throws Malformed {
        var samples = new ArrayList<Sample>();
        var seen = new HashSet<SortedMap<String, String>>();
        var number = 0;
        var from = 0;
        while (from < text.length) {
            number++;
            var to = end(text, from, number);
            var begin = from;
            from = to + 1;
            var last = to > begin && text[to - 1] == '\r' ? to - 1 : to;
            if (last == begin) {
                continue;
            }
            if (text[begin] == '#') {
                if (last - begin == END.length() && new String(text, begin, last - begin, UTF_8).equals(END)) {
                    return samples;
                }
                continue;
            }
            var line = new Line(text, begin, last, number);
            if (line.isOf(wanted)) {
                var sample = line.sample();
                // The same series twice is a mistake of whoever writes it; Prometheus keeps the first one, too.
                if (wanted.contains(sample.labels().get(NAME)) && seen.add(sample.labels())) {
                    samples.add(sample);
                    if (samples.size() > SERIES_MAX) {
                        throw new Malformed("shows more than %d series of requests".formatted(SERIES_MAX));
                    }
                }
            }
        }
        if (type.strip().startsWith(OPEN_METRICS)) {
            throw new Malformed("is cut off: `# EOF` is missing");
        }
        if (text.length == 0) {
            throw new Malformed("is empty");
        }
        return samples;
    }

    static final String NAME = "__name__";

    private static int end(byte[] text, int from, int number) throws Malformed {
        for (var i = from; i < text.length; i++) {
            if (text[i] == '\n') {
                return i;
            }
            if (i - from > LINE_MAX) {
                throw new Malformed("has a line %d without an end".formatted(number));
            }
        }
        var rest = new String(text, from, text.length - from, UTF_8);
        if (rest.equals(END)) {
            return text.length;
        }
        throw new Malformed("is cut off in line %d, or is no exposition: %s".formatted(number, shown(rest)));
    }

    private static String shown(String text) {
        var plain = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return plain.length() <= WORDS_MAX ? plain : plain.substring(0, WORDS_MAX) + "...";
    }

    /// `name{label="value",...} value [time] [# exemplar]`, or `{"a name", label="value"} value`.
    private static final class Line {
        private final byte[] text;
        private final int end;
        private final int number;
        private final int begin;
        private int at;

        Line(byte[] text, int begin, int end, int number) {
            this.text = text;
            this.begin = begin;
            this.at = begin;
            this.end = end;
            this.number = number;
        }

        /// By its name alone: most lines are about something else, and are not looked at further.
        boolean isOf(Set<String> wanted) throws Malformed {
            if (text[at] == '{') {
                return true;
            }
            var name = word();
            if (name.isEmpty()
                    || Character.isDigit(name.charAt(0))
                    || at >= end
                    || (text[at] != '{' && text[at] != ' ' && text[at] != '\t')) {
                throw wrong();
            }
            at = begin;
            return wanted.contains(name);
        }

        Sample sample() throws Malformed {
            var labels = new TreeMap<String, String>();
            if (text[at] != '{') {
                labels.put(NAME, word());
            }
            blanks();
            if (at < end && text[at] == '{') {
                at++;
                labels(labels);
            }
            if (!labels.containsKey(NAME)) {
                throw wrong();
            }
            blanks();
            return new Sample(labels, value());
        }

        private void labels(SortedMap<String, String> labels) throws Malformed {
            while (true) {
                blanks();
                if (peek() == '}') {
                    at++;
                    return;
                }
                var name = peek() == '"' ? quoted() : word();
                blanks();
                if (peek() == '=') {
                    at++;
                    blanks();
                    if (name.isEmpty() || peek() != '"' || labels.putIfAbsent(name, quoted()) != null) {
                        throw wrong();
                    }
                } else if (name.isEmpty() || labels.putIfAbsent(NAME, name) != null) {
                    throw wrong();
                }
                if (labels.size() > LABELS_MAX) {
                    throw new Malformed("has more than %d labels in line %d".formatted(LABELS_MAX, number));
                }
                blanks();
                if (peek() == ',') {
                    at++;
                } else if (peek() != '}') {
                    throw wrong();
                }
            }
        }

        private double value() throws Malformed {
            var from = at;
            while (at < end && text[at] != ' ' && text[at] != '\t') {
                at++;
            }
            var word = new String(text, from, at - from, UTF_8);
            return switch (word) {
                case "NaN" -> Double.NaN;
                case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> number(word);
            };
        }

        /// Java reads `1d` and `1f` as numbers, too.
        private double number(String word) throws Malformed {
            if (!word.matches("[+-]?[0-9.]+([eE][+-]?[0-9]+)?")) {
                throw wrong();
            }
            try {
                return Double.parseDouble(word);
            } catch (NumberFormatException _) {
                throw wrong();
            }
        }

        private String quoted() throws Malformed {
            at++;
            var from = at;
            StringBuilder unescaped = null;
            while (peek() != '"') {
                if (text[at] == '\\') {
                    if (unescaped == null) {
                        unescaped = new StringBuilder();
                    }
                    unescaped.append(new String(text, from, at - from, UTF_8));
                    at++;
                    unescaped.append(
                            switch (peek()) {
                                case 'n' -> "\n";
                                case '"' -> "\"";
                                case '\\' -> "\\";
                                default -> throw wrong();
                            });
                    at++;
                    from = at;
                } else {
                    at++;
                }
            }
            var rest = new String(text, from, at - from, UTF_8);
            at++;
            return unescaped == null ? rest : unescaped.append(rest).toString();
        }

        private String word() {
            var from = at;
            while (at < end && isPart(text[at])) {
                at++;
            }
            return new String(text, from, at - from, UTF_8);
        }

        private static boolean isPart(byte b) {
            return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_' || b == ':';
        }

        private void blanks() {
            while (at < end && (text[at] == ' ' || text[at] == '\t')) {
                at++;
            }
        }

        private char peek() throws Malformed {
            if (at >= end) {
                throw wrong();
            }
            return (char) (text[at] & 0xff);
        }

        private Malformed wrong() {
            return new Malformed("is no exposition, in line %d: %s"
                    .formatted(number, shown(new String(text, begin, end - begin, UTF_8))));
        }
    }
}
