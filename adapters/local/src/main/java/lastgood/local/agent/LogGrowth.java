package lastgood.local.agent;

import java.util.ArrayDeque;
import java.util.Deque;

/// How long a log was at which time, so that "new lines since" needs no time in the lines. Looked at each second.
final class LogGrowth {

    /// An hour of seconds; a watch lasts half of that.
    private static final int SAMPLES_MAX = 3600;

    private record Sample(long atMillis, long bytes) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    synchronized void note(long atMillis, long bytes) {
        if (!samples.isEmpty() && samples.getLast().bytes() > bytes) {
            samples.clear(); // it was cut
        }
        if (samples.size() >= SAMPLES_MAX) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(atMillis, bytes));
    }

    /// Where lines begin that are surely not older: at the first look after that time, so that a line of the second
    /// before does not count. Up to a second of new ones is passed over.
    synchronized long bytesAt(long sinceMillis, long bytesNow) {
        return samples.stream()
                .filter(s -> s.atMillis() >= sinceMillis)
                .findFirst()
                .map(Sample::bytes)
                .orElse(bytesNow);
    }
}
