package lastgood.app;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import lastgood.engine.port.Time;

/// The machine's clock, to the millisecond, as records keep it. A pause ends early when somebody presses Ctrl-C, so
/// that the next safe point comes at once.
final class RealTime implements Time {

    private final Semaphore news = new Semaphore(0);

    @Override
    public Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        if (news.tryAcquire(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            news.drainPermits();
        }
    }

    void wake() {
        news.release();
    }
}
