package lastgood.cli.shim;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The runbook's script paths and what each of them says to us. The arguments are passed on as they are: our flags
/// bear the runbook's names.
final class Wrappers {

    /// By this line a wrapper is recognised, whoever wrote it.
    static final String MARK =
            "# written by `lastgood shim install`; `lastgood shim uninstall` puts back what was here";

    private record Wrapper(String path, String verb) {}

    /// Calling a script is the decision, so those that change something say yes. What is severe still wants the name.
    private static final List<Wrapper> ALL = List.of(
            new Wrapper("scripts/rollback.sh", "rollback --yes"),
            new Wrapper("scripts/verify/check-auth.sh", "verify auth"),
            new Wrapper("scripts/verify/check-database.sh", "verify database"),
            new Wrapper("scripts/monitoring/watch-production-metrics.sh", "watch"),
            new Wrapper("scripts/monitoring/error-rate.sh", "metrics error-rate"),
            new Wrapper("scripts/monitoring/latency.sh", "metrics latency"),
            new Wrapper("scripts/monitoring/export-metrics.sh", "metrics export"),
            new Wrapper("scripts/deploy/blue-green-status.sh", "strategy bluegreen status"),
            new Wrapper("scripts/deploy/blue-green-switch.sh", "strategy bluegreen switch --yes"),
            new Wrapper("scripts/deploy/blue-green-decommission.sh", "strategy bluegreen decommission --yes"),
            new Wrapper("scripts/deploy/canary-stop.sh", "strategy canary stop --yes"),
            new Wrapper("scripts/deploy/canary-rollback.sh", "strategy canary rollback --yes"),
            new Wrapper("scripts/dr/backup-database.sh", "db backup"),
            new Wrapper("scripts/dr/restore-database.sh", "db restore"),
            new Wrapper("scripts/db/assess-corruption.sh", "db corruption assess"),
            new Wrapper("scripts/db/verify-data-integrity.sh", "db integrity"),
            // The runbook runs these two inside a pod, as `npx tsx scripts/….ts`: these stand beside them, for outside.
            new Wrapper("scripts/rollback-migration.sh", "db undo"),
            new Wrapper("scripts/migration-status.sh", "db migrations"),
            new Wrapper("scripts/chaos/inject-error.sh", "drill inject"));

    private Wrappers() {}

    /// Path to content.
    ///
    /// @param launcher the words that start this program
    /// @param config the configuration, or empty: searched from the folder of the scripts
    /// @param environment for the scripts that the runbook calls without one; empty = it has to be said
    static SortedMap<String, String> all(List<String> launcher, String config, String environment) {
        var all = new TreeMap<String, String>();
        for (var wrapper : ALL) {
            all.put(wrapper.path(), content(wrapper, launcher, config, environment));
        }
        return all;
    }

    private static String content(Wrapper wrapper, List<String> launcher, String config, String environment) {
        var lines = new StringBuilder("#!/bin/sh\n");
        lines.append(MARK).append('\n');
        if (!environment.isEmpty()) {
            lines.append("LASTGOOD_ENVIRONMENT=${LASTGOOD_ENVIRONMENT:-%s}\nexport LASTGOOD_ENVIRONMENT\n"
                    .formatted(environment));
        }
        if (!config.isEmpty()) {
            lines.append("LASTGOOD_CONFIG=${LASTGOOD_CONFIG:-%s}\nexport LASTGOOD_CONFIG\n".formatted(quoted(config)));
        }
        var words = launcher.stream().map(Wrappers::quoted).collect(Collectors.joining(" "));
        lines.append("exec %s %s \"$@\"\n".formatted(words, wrapper.verb()));
        return lines.toString();
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
