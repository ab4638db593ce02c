package lastgood.postgres.backup;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Arithmetic of the write-ahead log: positions, and the segment files that hold them.
public final class Wal {

    /// What PostgreSQL makes unless it was told otherwise.
    public static final long USUAL_SEGMENT_BYTES = 16L << 20;

    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");

    private Wal() {}

    /// `16/B374D848` as a number, unsigned.
    public static long position(String lsn) {
        var slash = lsn.indexOf('/');
        return (Long.parseLong(lsn.substring(0, slash), 16) << 32) | Long.parseLong(lsn.substring(slash + 1), 16);
    }

    public static String text(long position) {
        return "%X/%X".formatted(position >>> 32, position & 0xFFFF_FFFFL);
    }

    public static int compare(String lsn, String other) {
        return Long.compareUnsigned(position(lsn), position(other));
    }

    /// Name of the file that holds a position.
    public static String segment(int timeline, long position, long segmentBytes) {
        var number = Long.divideUnsigned(position, segmentBytes);
        var inOneLog = (1L << 32) / segmentBytes;
        return String.format(Locale.ROOT, "%08X%08X%08X", timeline, number / inOneLog, number % inOneLog);
    }

    public static boolean isSegment(String name) {
        return SEGMENT.matcher(name).matches();
    }

    /// The first segment that is missing between two positions. Recovery would end there, and say so only after the
    /// whole backup was copied.
    ///
    /// @param names what the archive holds
    /// @param history which timeline was written when
    /// @param from where a backup begins to be replayed
    /// @param to the last position that must be there
    public static Optional<String> gap(Set<String> names, History history, long from, long to, long segmentBytes) {
        var last = Long.divideUnsigned(to, segmentBytes);
        for (var number = Long.divideUnsigned(from, segmentBytes); number <= last; number++) {
            var begins = number * segmentBytes;
            var name = segment(history.at(begins, segmentBytes), begins, segmentBytes);
            if (!names.contains(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
