package lastgood.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import lastgood.core.Digest;
import lastgood.core.schema.Change;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.migrate.Fingerprints;
import lastgood.postgres.points.RestorePoints;

/// Fingerprints of catalogs; one that was written down at a restore point can also be compared with.
final class Recorded implements Fingerprints {

    @Override
    public Digest of(Connection session) throws SQLException {
        return CatalogReader.read(session).fingerprint();
    }

    @Override
    public List<String> differences(Connection session, Digest wanted) throws SQLException {
        var recorded = RestorePoints.catalog(session, wanted);
        return recorded.isEmpty()
                ? List.of()
                : Change.between(recorded.get(), CatalogReader.read(session)).stream()
                        .map(Change::toString)
                        .toList();
    }
}
