package lastgood.local.checks;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.local.CheckRules;
import lastgood.local.InstanceView;
import lastgood.local.agent.LogTail;
import lastgood.local.files.Failures;

/// Looks for error lines in the logs of the instances that run the release, from where each log stood when the watch
/// began: lines need not bear a time.
public final class LogScan {

    /// The end of each log: more than a service writes in a watch, little enough to read each time.
    private static final int BYTES_MAX = 1 << 20;

    private static final Pattern ERROR = Pattern.compile(
            "\\b(ERROR|FATAL|SEVERE|CRITICAL|PANIC)\\b|" + "\\bpanic:|Exception in thread|Traceback \\(most");

    private LogScan() {}

    public static CheckResult ask(CheckRules rules, List<InstanceView> instances) {
        if (instances.isEmpty()) {
            return CheckResult.unknown(Check.LOGS, "no instance of this release has a log");
        }
        try {
            var ignored = rules.logIgnore().stream().map(Pattern::compile).toList();
            var found = new ArrayList<String>();
            for (var instance : instances) {
                found.addAll(errors(instance, ignored));
            }
            var threshold = "at most " + Words.count(rules.logErrorsMax(), "error line");
            var source = Words.count(instances.size(), "log");
            var value = found.isEmpty()
                    ? "no error lines"
                    : "%s, such as: %s".formatted(Words.count(found.size(), "error line"), brief(found.getLast()));
            return found.size() > rules.logErrorsMax()
                    ? CheckResult.fail(Check.LOGS, value, threshold, source)
                    : CheckResult.pass(Check.LOGS, value, threshold, source);
        } catch (IOException e) {
            return CheckResult.unknown(Check.LOGS, "could not read the logs: " + Failures.reason(e));
        } catch (PatternSyntaxException e) {
            return CheckResult.unknown(Check.LOGS, "a pattern to ignore is not valid: " + e.getDescription());
        }
    }

    private static List<String> errors(InstanceView instance, List<Pattern> ignored) throws IOException {
        try {
            return LogTail.since(Path.of(instance.log()), instance.logFrom(), BYTES_MAX)
                    .lines()
                    .filter(l -> ERROR.matcher(l).find())
                    .filter(l -> ignored.stream().noneMatch(p -> p.matcher(l).find()))
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of(); // it has not written anything yet
        }
    }

    private static String brief(String line) {
        var shown = line.strip().replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= 160 ? shown : shown.substring(0, 157) + "...";
    }
}
