package lastgood.local;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import lastgood.core.Words;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.ErrorLines;
import lastgood.core.recover.Limits;
import lastgood.local.agent.LogTail;
import lastgood.local.files.Failures;

/// Looks for error lines in the logs of the instances that run the release, from where each log stood when the watch
/// began: lines need not bear a time. What the same instances wrote before the incident is what is known of them.
final class LogScan {

    /// The end of each log: more than a service writes in a watch, little enough to read each time.
    private static final int BYTES_MAX = 1 << 20;

    private LogScan() {}

    /// @param instances with where their logs stood when the watch began
    /// @param before the same, with where they stood before the incident
    static CheckResult ask(Limits limits, List<InstanceView> instances, Supplier<List<InstanceView>> before) {
        if (instances.isEmpty()) {
            return CheckResult.unknown(Check.LOGS, "no instance of this release has a log");
        }
        try {
            var logs = new ArrayList<String>();
            for (var instance : instances) {
                logs.add(text(instance));
            }
            return ErrorLines.judge(
                    limits,
                    logs.stream().flatMap(String::lines),
                    () -> before.get().stream().flatMap(i -> past(i).lines()),
                    Words.count(instances.size(), "log"));
        } catch (IOException e) {
            return CheckResult.unknown(Check.LOGS, "could not read the logs: " + Failures.reason(e));
        }
    }

    /// A past that cannot be read is none: then every error line counts.
    private static String past(InstanceView instance) {
        try {
            return LogTail.until(Path.of(instance.log()), instance.logFrom(), BYTES_MAX);
        } catch (IOException _) {
            return "";
        }
    }

    private static String text(InstanceView instance) throws IOException {
        try {
            return LogTail.since(Path.of(instance.log()), instance.logFrom(), BYTES_MAX);
        } catch (NoSuchFileException _) {
            return ""; // it has not written anything yet
        }
    }
}
