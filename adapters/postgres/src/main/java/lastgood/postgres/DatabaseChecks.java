package lastgood.postgres;

import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Check;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Checks;
import lastgood.postgres.sql.Sessions;
import lastgood.postgres.status.ConnectionsCheck;

/// Answers the checklist's "database connections healthy" from the database itself, and leaves the others to the
/// platform.
public final class DatabaseChecks implements Checks {

    private final Checks platform;
    private final Function<ServiceRef, Sessions> databases;
    private final Map<ServiceRef, Double> percentMax;

    /// @param percentMax for each service that has a database, how many of its connections may be used
    DatabaseChecks(Checks platform, Function<ServiceRef, Sessions> databases, Map<ServiceRef, Double> percentMax) {
        this.platform = platform;
        this.databases = databases;
        this.percentMax = Map.copyOf(percentMax);
    }

    @Override
    public Sample ask(ServiceRef service, Release release, Instant since, boolean full) {
        var sample = platform.ask(service, release, since, full);
        var max = percentMax.get(service);
        if (max == null) {
            return sample;
        }
        return new Sample(
                sample.results().stream()
                        .map(r -> r.check() == Check.DATABASE ? ConnectionsCheck.ask(databases.apply(service), max) : r)
                        .toList(),
                sample.full());
    }
}
