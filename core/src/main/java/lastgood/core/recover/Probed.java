package lastgood.core.recover;

import java.time.Duration;
import java.time.Instant;
import lastgood.core.detect.Counts;

/// Requests of our own between two samples of a watch, and what became of them. They stand in the journal: nobody else
/// counts them.
///
/// @param at when the last of them was answered
/// @param late took longer than the limit
public record Probed(Instant at, Duration span, long requests, long failed, long late) {

    public Counts failures() {
        return new Counts(requests, failed);
    }

    public Counts delays() {
        return new Counts(requests, late);
    }
}
