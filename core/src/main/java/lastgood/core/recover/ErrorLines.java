package lastgood.core.recover;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import lastgood.core.Words;

/// Which lines of a log are errors, and whether there are too many. Where the lines come from is the platform's
/// business.
public final class ErrorLines {

    private static final Pattern ERROR = Pattern.compile(
            "\\b(ERROR|FATAL|SEVERE|CRITICAL|PANIC)\\b|" + "\\bpanic:|Exception in thread|Traceback \\(most");

    private static final int SHOWN_MAX = 160;

    private ErrorLines() {}

    /// @param lines all that was written since the watch began
    /// @param source whose lines they are, such as `3 logs`
    public static CheckResult judge(Limits limits, Stream<String> lines, String source) {
        List<Pattern> ignored;
        try {
            ignored = limits.logIgnore().stream().map(Pattern::compile).toList();
        } catch (PatternSyntaxException e) {
            return CheckResult.unknown(Check.LOGS, "a pattern to ignore is not valid: " + e.getDescription());
        }
        var found = lines.filter(l -> ERROR.matcher(l).find())
                .filter(l -> ignored.stream().noneMatch(p -> p.matcher(l).find()))
                .toList();
        var threshold = "at most " + Words.count(limits.logErrorsMax(), "error line");
        var value = found.isEmpty()
                ? "no error lines"
                : "%s, such as: %s".formatted(Words.count(found.size(), "error line"), brief(found.getLast()));
        return found.size() > limits.logErrorsMax()
                ? CheckResult.fail(Check.LOGS, value, threshold, source)
                : CheckResult.pass(Check.LOGS, value, threshold, source);
    }

    private static String brief(String line) {
        var shown = line.strip().replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= SHOWN_MAX ? shown : shown.substring(0, SHOWN_MAX - 3) + "...";
    }
}
