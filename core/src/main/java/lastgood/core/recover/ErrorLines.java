package lastgood.core.recover;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import lastgood.core.Words;

/// Which lines of a log are errors, and whether there are too many. Where the lines come from is the platform's
/// business.
///
/// A service that is well prints errors too: the same ones, day after day. So lines are told apart by their pattern,
/// which is the line without what differs each time. A pattern that the same release printed before the incident is
/// known, and counts only if there is clearly more of it. Without a past every error line counts.
public final class ErrorLines {

    private static final Pattern ERROR = Pattern.compile(
            "\\b(ERROR|FATAL|SEVERE|CRITICAL|PANIC)\\b|" + "\\bpanic:|Exception in thread|Traceback \\(most");

    /// Identifiers and hex first: they hold digits. Then what stands in quotes, then every number.
    private static final Pattern DIFFERS = Pattern.compile("\\b0x[0-9a-fA-F]+\\b"
            + "|\\b(?=[0-9a-fA-F-]*[0-9])[0-9a-fA-F]{4,}(?:-[0-9a-fA-F]{4,})+\\b"
            + "|\\b(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}\\b"
            + "|\"[^\"]{0,200}\"|'[^']{0,200}'"
            + "|[0-9]+");

    private static final int SHOWN_MAX = 160;

    /// Of a line; what comes after says what it was about, not what it is.
    private static final int PATTERN_MAX = 200;

    /// More kinds of error than this are a flood; the others count as one kind that nobody knows.
    private static final int PATTERNS_MAX = 1_000;

    /// Clearly more: three times all that the past has, and not by a handful.
    private static final int MORE_FACTOR = 3;

    private static final int MORE_LINES = 10;

    private ErrorLines() {}

    /// @param lines all that was written since the watch began
    /// @param source whose lines they are, such as `3 logs`
    public static CheckResult judge(Limits limits, Stream<String> lines, String source) {
        return judge(limits, lines, Stream::empty, source);
    }

    /// @param past what the same release wrote before the incident; asked for only if there are error lines
    public static CheckResult judge(Limits limits, Stream<String> lines, Supplier<Stream<String>> past, String source) {
        List<Pattern> ignored;
        try {
            ignored = limits.logIgnore().stream().map(Pattern::compile).toList();
        } catch (PatternSyntaxException e) {
            return CheckResult.unknown(Check.LOGS, "a pattern to ignore is not valid: " + e.getDescription());
        }
        var found = Found.in(lines, ignored);
        var threshold = "at most " + Words.count(limits.logErrorsMax(), "error line");
        if (found.lines <= limits.logErrorsMax()) {
            return CheckResult.pass(
                    Check.LOGS, found.lines == 0 ? "no error lines" : found.words(found.lines), threshold, source);
        }
        var counted = found.without(Found.in(past.get(), ignored));
        var known = found.lines - counted.lines;
        var value = (counted.lines == 0 ? "no new error lines" : counted.words(counted.lines))
                + (known == 0 ? "" : "; %s known from before".formatted(Words.count(known, "line")));
        return counted.lines > limits.logErrorsMax()
                ? CheckResult.fail(Check.LOGS, value, threshold, source)
                : CheckResult.pass(Check.LOGS, value, threshold, source);
    }

    /// The line without what differs from one time to the next: numbers, times, identifiers, what is quoted.
    static String pattern(String line) {
        var text = line.length() > PATTERN_MAX * 2 ? line.substring(0, PATTERN_MAX * 2) : line;
        var pattern = DIFFERS.matcher(text.strip()).replaceAll("#");
        return pattern.length() > PATTERN_MAX ? pattern.substring(0, PATTERN_MAX) : pattern;
    }

    /// Error lines by their pattern, the newest of them in full.
    private static final class Found {
        private final Map<String, Long> patterns = new LinkedHashMap<>();
        private long lines;
        private String last = "";

        static Found in(Stream<String> lines, List<Pattern> ignored) {
            var found = new Found();
            lines.filter(l -> ERROR.matcher(l).find())
                    .filter(l -> ignored.stream().noneMatch(p -> p.matcher(l).find()))
                    .forEach(l -> found.add(pattern(l), 1, l));
            return found;
        }

        private void add(String pattern, long count, String line) {
            var key = patterns.size() < PATTERNS_MAX || patterns.containsKey(pattern) ? pattern : "";
            patterns.merge(key, count, Long::sum);
            lines += count;
            last = line;
        }

        /// Those that the past does not explain.
        Found without(Found past) {
            var rest = new Found();
            patterns.forEach((pattern, count) -> {
                var before = pattern.isEmpty() ? 0 : past.patterns.getOrDefault(pattern, 0L);
                if (before == 0 || count > before * MORE_FACTOR + MORE_LINES) {
                    rest.add(pattern, count, pattern(last).equals(pattern) ? last : pattern);
                }
            });
            return rest;
        }

        String words(long count) {
            return "%s%s, such as: %s"
                    .formatted(
                            Words.count(count, "error line"),
                            patterns.size() > 1 ? " of " + Words.count(patterns.size(), "pattern") : "",
                            brief(last));
        }
    }

    private static String brief(String line) {
        var shown = line.strip().replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= SHOWN_MAX ? shown : shown.substring(0, SHOWN_MAX - 3) + "...";
    }
}
