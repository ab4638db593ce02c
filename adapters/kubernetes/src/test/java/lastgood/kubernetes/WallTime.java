package lastgood.kubernetes;

import java.time.Duration;
import java.time.Instant;
import lastgood.engine.port.Time;

/// For clusters that move by themselves.
public final class WallTime implements Time {
    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }
}
