package lastgood.local.wire;

import java.time.Duration;
import lastgood.local.LocalService;
import lastgood.local.LocalService.Listen;

/// What the agent needs to know of a service beyond its revisions.
public record ServiceSettings(Listen listen, long drainMillis, long stopWithinMillis) {

    public static ServiceSettings of(LocalService service) {
        return new ServiceSettings(
                service.listen(),
                service.drain().toMillis(),
                service.stopWithin().toMillis());
    }

    public Duration drain() {
        return Duration.ofMillis(drainMillis);
    }

    public Duration stopWithin() {
        return Duration.ofMillis(stopWithinMillis);
    }
}
