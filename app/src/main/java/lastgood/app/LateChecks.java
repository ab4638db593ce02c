package lastgood.app;

import java.time.Instant;
import java.util.function.Supplier;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import org.jspecify.annotations.Nullable;

/// Makes the checks when the first question is asked. They bring an HTTP client, which takes longer to load than most
/// commands run, and which reads the JDK's settings once: the agent has to have said its own before.
final class LateChecks implements Checks {

    private final Supplier<Checks> make;
    private @Nullable Checks made;

    LateChecks(Supplier<Checks> make) {
        this.make = make;
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        return checks().ask(service, release, since, full);
    }

    private synchronized Checks checks() {
        if (made == null) {
            made = make.get();
        }
        return made;
    }
}
