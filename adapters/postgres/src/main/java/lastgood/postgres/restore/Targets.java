package lastgood.postgres.restore;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;

/// Points as people write them.
public final class Targets {

    private static final DateTimeFormatter WRITTEN = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd")
            .appendPattern("[' ']['T']HH:mm[:ss]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0)
            .toFormatter(Locale.ROOT)
            .withResolverStyle(java.time.format.ResolverStyle.STRICT);

    private static final DateTimeFormatter SHOWN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSSSSS] xxx", Locale.ROOT);

    private Targets() {}

    /// Reads `--point-in-time`: a clock time in a configured zone, or one with its own offset (`…Z`, `…+02:00`).
    ///
    /// @throws Forbidden if that clock time never was, or was twice: which of the two is not for us to guess
    public static Instant time(String text, ZoneId zone) {
        var written = text.strip();
        if (written.matches(".*(Z|[+-]\\d{2}(:?\\d{2})?)$") && written.length() > 11) {
            return withOffset(written);
        }
        LocalDateTime local;
        try {
            local = LocalDateTime.parse(written, WRITTEN);
        } catch (DateTimeException _) {
            throw unreadable(written);
        }
        var offsets = zone.getRules().getValidOffsets(local);
        if (offsets.isEmpty()) {
            var gap = zone.getRules().getTransition(local);
            throw new Forbidden(
                    "%s never was in %s: clocks went from %s to %s\nnothing was changed\nhint: write it as UTC, such as %s"
                            .formatted(
                                    written,
                                    zone,
                                    gap.getDateTimeBefore(),
                                    gap.getDateTimeAfter(),
                                    local.toInstant(gap.getOffsetBefore())));
        }
        if (offsets.size() > 1) {
            throw new Forbidden("%s was twice in %s\nnothing was changed\nhint: write which: %s or %s"
                    .formatted(written, zone, local.toInstant(offsets.getFirst()), local.toInstant(offsets.getLast())));
        }
        return local.toInstant(offsets.getFirst());
    }

    private static Instant withOffset(String written) {
        try {
            var z = written.endsWith("Z")
                    ? written.length() - 1
                    : Math.max(written.lastIndexOf('+'), written.lastIndexOf('-'));
            var offset = ZoneOffset.of(written.substring(z));
            return LocalDateTime.parse(written.substring(0, z).strip(), WRITTEN).toInstant(offset);
        } catch (DateTimeException _) {
            throw unreadable(written);
        }
    }

    private static Forbidden unreadable(String written) {
        return new Forbidden(
                "`%s` is not a time\nnothing was changed\nhint: 2026-01-02 14:30:00 in the configured zone, or 2026-01-02T14:30:00Z"
                        .formatted(written.replaceAll("\\p{Cntrl}", "?")));
    }

    /// In both, so that nobody restores to the wrong hour.
    public static String words(Instant time, ZoneId zone) {
        var utc = "%s (UTC)".formatted(SHOWN.format(time.atOffset(ZoneOffset.UTC)));
        return zone.equals(ZoneOffset.UTC) || "UTC".equals(zone.getId())
                ? utc
                : "%s = %s (%s)".formatted(utc, SHOWN.format(time.atZone(zone)), zone);
    }

    static String kind(Point point) {
        return switch (point) {
            case Point.Xid _ -> "xid";
            case Point.Lsn _ -> "lsn";
            case Point.At _ -> "time";
            case Point.Named _ -> "name";
            case Point.Latest _ -> "latest";
        };
    }

    static String value(Point point) {
        return switch (point) {
            case Point.Xid(var xid) -> Long.toUnsignedString(xid);
            case Point.Lsn(var lsn) -> lsn;
            case Point.At(var time) -> time.toString();
            case Point.Named(var name) -> name;
            case Point.Latest() -> "";
        };
    }

    static Point point(String kind, String value) {
        return switch (kind) {
            case "xid" -> new Point.Xid(Long.parseUnsignedLong(value));
            case "lsn" -> new Point.Lsn(value);
            case "time" -> new Point.At(Instant.parse(value));
            case "name" -> new Point.Named(value);
            case "latest" -> new Point.Latest();
            default -> throw new IllegalStateException("no kind of target: " + kind);
        };
    }
}
