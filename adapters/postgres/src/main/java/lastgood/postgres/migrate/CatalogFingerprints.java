package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import lastgood.core.Digest;
import lastgood.core.schema.Catalog;
import lastgood.core.schema.Change;
import lastgood.postgres.catalog.CatalogReader;

/// Fingerprints of the whole catalog, and differences from those that were kept.
public final class CatalogFingerprints implements Fingerprints {

    private final Function<Digest, Optional<Catalog>> kept;

    /// @param kept what was written down before a deploy, by its fingerprint
    public CatalogFingerprints(Function<Digest, Optional<Catalog>> kept) {
        this.kept = kept;
    }

    @Override
    public Digest of(Connection session) throws SQLException {
        return CatalogReader.read(session).fingerprint();
    }

    @Override
    public List<String> differences(Connection session, Digest wanted) throws SQLException {
        var now = CatalogReader.read(session);
        return kept.apply(wanted)
                .map(before ->
                        Change.between(before, now).stream().map(Change::words).toList())
                .orElse(List.of());
    }
}
