package lastgood.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that holds for one service in one environment, after flags, variables, the file and the defaults have
/// been laid over each other; and for each value, why.
///
/// @param service merged; see [ServiceConfig]
/// @param timeout how long a rollback may take
/// @param timezone how times without a zone are read
/// @param data the data folder: ledger, journal, evidence, incidents
/// @param baseUrl where users reach the service; for a local one without it, where its proxy listens; null: not known
/// @param address how the same is said again on a command line
/// @param rows for printing
public record Effective(
        EnvironmentConfig environment,
        ServiceConfig service,
        PolicyConfig policy,
        Duration timeout,
        ZoneId timezone,
        Path data,
        @Nullable URI baseUrl,
        Address address,
        List<Row> rows) {

    public Effective {
        rows = List.copyOf(rows);
    }
}
