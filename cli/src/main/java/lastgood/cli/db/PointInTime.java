package lastgood.cli.db;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import lastgood.cli.Failure;
import lastgood.cli.out.Screen;

/// A time as a person writes it, such as the runbook's `2026-01-02 14:30:00`. Without a zone it is read in the
/// configured one; a time that does not exist there, or exists twice, is not guessed: an hour of rows hangs on it.
public record PointInTime(Instant at, ZoneId zone) {

    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    public static PointInTime parse(String text, ZoneId zone, Instant now) {
        var written = text.strip();
        var at = instant(written, zone);
        if (at.isAfter(now)) {
            throw Failure.usage(
                    "%s is in the future".formatted(words(at, zone)),
                    "it is %s now; a time without a zone is read as %s".formatted(words(now, zone), zone));
        }
        return new PointInTime(at, zone);
    }

    private static Instant instant(String text, ZoneId zone) {
        try {
            return OffsetDateTime.parse(
                            text.replaceFirst("(?<=\\d) (?=\\d)", "T").replaceFirst(" (?=[+Z-])", ""))
                    .toInstant();
        } catch (DateTimeException withoutZone) {
            return local(text, zone);
        }
    }

    private static Instant local(String text, ZoneId zone) {
        LocalDateTime there;
        try {
            there = LocalDateTime.parse(text.replaceFirst("(?<=\\d)[ T](?=\\d)", "T"));
        } catch (DateTimeException e) {
            throw Failure.usage(
                    "`%s` is not a time".formatted(Screen.plain(text)),
                    "write 2026-01-02 14:30:00, with Z or an offset such as +01:00, or without one for %s"
                            .formatted(zone));
        }
        var offsets = zone.getRules().getValidOffsets(there);
        return switch (offsets.size()) {
            case 0 ->
                throw Failure.usage(
                        "%s never was in %s: the clocks were put forward over it".formatted(LOCAL.format(there), zone),
                        "write it with an offset, such as %s".formatted(there.atOffset(ZoneOffset.UTC)));
            case 1 -> there.toInstant(offsets.getFirst());
            default -> throw twice(there, zone, offsets);
        };
    }

    private static Failure twice(LocalDateTime there, ZoneId zone, List<ZoneOffset> offsets) {
        return new Failure(
                lastgood.cli.Exit.USAGE,
                "%s was twice in %s: the clocks were put back over it".formatted(LOCAL.format(there), zone),
                offsets.stream()
                        .map(o -> "%s is %s".formatted(there.atOffset(o), there.toInstant(o)))
                        .toList(),
                Failure.NOTHING_CHANGED,
                "write it with one of these offsets");
    }

    /// In both, so that nobody has to reckon.
    String words() {
        return words(at, zone);
    }

    static String words(Instant at, ZoneId zone) {
        var utc = "%s UTC"
                .formatted(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
                        .format(at.atZone(ZoneOffset.UTC)));
        return zone.getRules().isFixedOffset() && zone.getRules().getOffset(at).equals(ZoneOffset.UTC)
                ? utc
                : "%s (%s in %s)"
                        .formatted(
                                utc,
                                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
                                        .format(at.atZone(zone)),
                                zone);
    }
}
