package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import lastgood.core.Digest;

/// Tells whether two catalogs are the same, without what lastgood keeps there itself.
@FunctionalInterface
public interface Fingerprints {

    /// Of the session's database as its transaction sees it now.
    Digest of(Connection session) throws SQLException;

    /// What is different from a catalog that was read earlier, for people; empty if that one is not known any more.
    default List<String> differences(Connection session, Digest wanted) throws SQLException {
        return List.of();
    }
}
