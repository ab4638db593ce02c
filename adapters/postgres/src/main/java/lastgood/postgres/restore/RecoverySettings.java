package lastgood.postgres.restore;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;

/// What PostgreSQL calls a target.
final class RecoverySettings {

    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final long TRANSACTION_IN_LOG = 0xFFFF_FFFFL;

    private RecoverySettings() {}

    /// It pauses there: nothing is written, and it can be looked at.
    ///
    /// @param timeline the server's own; the newest in the archive might be that of another promotion
    static Map<String, String> of(RecoveryTarget target, int timeline, String restoreCommand) {
        var settings = new TreeMap<String, String>();
        settings.put("restore_command", restoreCommand);
        settings.put("recovery_target_timeline", Integer.toString(timeline));
        settings.put("recovery_target_action", "pause");
        settings.put("recovery_target_inclusive", target.inclusive() ? "on" : "off");
        switch (target.point()) {
            // The log knows transactions without their epoch.
            case Point.Xid(var xid) -> settings.put("recovery_target_xid", Long.toString(xid & TRANSACTION_IN_LOG));
            case Point.Lsn(var lsn) -> settings.put("recovery_target_lsn", lsn);
            case Point.At(var time) -> settings.put("recovery_target_time", MICROSECONDS.format(time) + "+00");
            case Point.Named(var name) -> settings.put("recovery_target_name", name);
            case Point.Latest() -> {}
        }
        return settings;
    }

    /// As lines of a configuration file.
    static String lines(Map<String, String> settings) {
        var text = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((name, value) -> text.append(name)
                        .append(" = '")
                        .append(value.replace("\\", "\\\\").replace("'", "''"))
                        .append("'\n"));
        return text.toString();
    }
}
