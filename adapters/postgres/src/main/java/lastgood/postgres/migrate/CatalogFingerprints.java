package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.schema.Catalog;
import lastgood.core.schema.Change;
import lastgood.postgres.catalog.CatalogReader;

/// Fingerprints of the whole catalog, and differences from those that were kept.
public final class CatalogFingerprints implements Fingerprints {

    private final Kept kept;

    /// What was written down before a deploy, by its fingerprint; asked in the transaction that asks for differences.
    @FunctionalInterface
    public interface Kept {
        Optional<Catalog> find(Connection session, Digest fingerprint) throws SQLException;
    }

    public CatalogFingerprints(Kept kept) {
        this.kept = kept;
    }

    @Override
    public Digest of(Connection session) throws SQLException {
        return CatalogReader.read(session).fingerprint();
    }

    @Override
    public List<String> differences(Connection session, Digest wanted) throws SQLException {
        var before = kept.find(session, wanted);
        return before.isEmpty() ? List.of() : Change.words(Change.between(before.get(), CatalogReader.read(session)));
    }
}
