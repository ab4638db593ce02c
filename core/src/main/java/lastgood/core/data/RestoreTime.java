package lastgood.core.data;

import java.time.Duration;
import lastgood.core.Words;

/// How long a restore would take, by the rates of those that were measured here; never by a guess.
///
/// @param median, worst of what each of them predicts
/// @param measured how many; none = unproven, and the times are zero and mean nothing
/// @param bytes to be copied
/// @param logBytes to be replayed behind the backup; 0 for a dump, which has no log
public record RestoreTime(Duration median, Duration worst, int measured, long bytes, long logBytes) {

    public static RestoreTime unproven(long bytes, long logBytes) {
        return new RestoreTime(Duration.ZERO, Duration.ZERO, 0, bytes, logBytes);
    }

    public boolean unproven() {
        return measured == 0;
    }

    public String words() {
        return unproven()
                ? "UNPROVEN: no backup of this kind was ever restored here"
                : "about %s, at worst %s (of %s%s)"
                        .formatted(
                                Words.duration(median),
                                Words.duration(worst),
                                Words.count(measured, "measured restore"),
                                logBytes == 0 ? "" : "; %s of log to replay".formatted(Words.bytes(logBytes)));
    }
}
