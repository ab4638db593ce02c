package lastgood.engine.port.database;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.core.ServiceRef;
import lastgood.core.data.Assessment;
import lastgood.core.data.Backup;
import lastgood.core.data.Connections;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.SchemaProof;
import lastgood.engine.port.Forbidden;

/// Of a service without a database: every question is refused.
public record NoDatabase() implements DatabaseQuestions {

    @Override
    public List<Fact> status(ServiceRef service) {
        throw refused(service);
    }

    @Override
    public Connections connections(ServiceRef service) {
        throw refused(service);
    }

    @Override
    public SchemaProof prove(ServiceRef service, Optional<String> from, List<String> migrations) {
        throw refused(service);
    }

    @Override
    public Assessment assess(ServiceRef service, RecoveryTarget target, Consumer<String> progress) {
        throw refused(service);
    }

    @Override
    public Assessment assessBackup(ServiceRef service, String backup, Consumer<String> progress) {
        throw refused(service);
    }

    @Override
    public Optional<Assessment> assessed(ServiceRef service, Optional<String> scratch) {
        throw refused(service);
    }

    @Override
    public Backup rehearse(ServiceRef service, String backup, Consumer<String> progress) {
        throw refused(service);
    }

    private static Forbidden refused(ServiceRef service) {
        return new Forbidden("no database is configured for %s\nhint: say where it is: services.%s.database.url"
                .formatted(service, service.service()));
    }
}
