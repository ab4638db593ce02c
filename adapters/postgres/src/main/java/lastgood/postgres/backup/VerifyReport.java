package lastgood.postgres.backup;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What `pgbackrest verify` said.
///
/// @param backups status by label
/// @param segments of the log that cannot be read
/// @param files of backups that are not as they were stored
record VerifyReport(Map<String, String> backups, Set<String> segments, List<String> files) {

    private static final Pattern BACKUP = Pattern.compile("backup: (\\S+), status: (\\w+)");
    private static final Pattern SEGMENT = Pattern.compile("\\b([0-9A-F]{24})-[0-9a-f]{40}");
    private static final Pattern FILE = Pattern.compile("INFO: (\\w+ \\w+) '([^']+)'");

    static VerifyReport of(String output) {
        var backups = new HashMap<String, String>();
        var segments = new TreeSet<String>();
        var files = new java.util.ArrayList<String>();
        for (var line : output.lines().toList()) {
            var backup = BACKUP.matcher(line);
            if (backup.find()) {
                backups.put(backup.group(1), backup.group(2));
            }
            var segment = SEGMENT.matcher(line);
            if (line.contains("invalid") && segment.find()) {
                segments.add(segment.group(1));
            }
            var file = FILE.matcher(line);
            if (file.find()) {
                files.add("%s: %s".formatted(file.group(2), file.group(1)));
            }
        }
        return new VerifyReport(backups, segments, files);
    }

    /// What is wrong with one backup; empty = it and the log that makes it whole can be read.
    Optional<String> wrong(Stored backup, Set<String> archived) {
        var status = backups.getOrDefault(backup.label(), "not mentioned");
        if (!"valid".equals(status)) {
            return Optional.of("pgbackrest verify: %s%s"
                    .formatted(
                            status,
                            files.stream()
                                    .filter(f -> f.startsWith(backup.label() + "/"))
                                    .findFirst()
                                    .map(f -> ", " + f)
                                    .orElse("")));
        }
        var from = segment(backup, backup.startLsn());
        var to = segment(backup, backup.stopLsn());
        return segments.stream()
                .filter(s -> s.compareTo(from) >= 0 && s.compareTo(to) <= 0)
                .findFirst()
                .map("segment %s of the log that makes it whole cannot be read"::formatted)
                .or(() -> List.of(from, to).stream()
                        .filter(s -> !archived.contains(s))
                        .findFirst()
                        .map("segment %s of the log that makes it whole is not in the archive"::formatted));
    }

    private static String segment(Stored backup, String lsn) {
        return Wal.segment(backup.timeline(), Wal.position(lsn), Wal.USUAL_SEGMENT_BYTES);
    }

    String words() {
        return segments.isEmpty()
                ? "pgbackrest verify"
                : "pgbackrest verify; but of the log elsewhere %s cannot be read"
                        .formatted(String.join(", ", segments));
    }
}
