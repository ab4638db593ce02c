package lastgood.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which service is meant, in the words of a command line: for the commands that are printed for people to go on
/// with, which have to work as they stand.
///
/// @param environment `-e production`, or `-n shop` where there is no file
/// @param service `-s web`, or `deploy/web`
/// @param cluster the flags that lead to another cluster than the file does: ` --context prod`; mostly empty
public record Address(String environment, String service, String cluster) {

    static Address inFile(String environment, String service, Overrides overrides) {
        return new Address("-e " + environment, "-s " + service, cluster(overrides.flags()));
    }

    static Address withoutFile(String namespace, WorkloadRef workload, Overrides overrides) {
        return new Address("-n " + namespace, workload.toString(), cluster(overrides.flags()));
    }

    /// Whether a file says what is meant.
    public boolean isFromFile() {
        return environment.startsWith("-e ");
    }

    /// `-e production -s web`
    public String full() {
        return "%s %s%s".formatted(environment, service, cluster);
    }

    /// `-e production`: enough to find a run.
    public String place() {
        return environment + cluster;
    }

    private static String cluster(Map<Setting, String> flags) {
        var words = new ArrayList<String>();
        for (var setting : Setting.OF_A_CLUSTER) {
            var value = flags.get(setting);
            if (value != null) {
                words.addAll(List.of("", setting.flag(), quoted(value)));
            }
        }
        return String.join(" ", words).replace("  ", " ");
    }

    /// For a POSIX shell.
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=@+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
