package lastgood.postgres.integrity;

/// What a team says must hold.
///
/// @param name for people
/// @param sql a query without rows if it holds; or one that answers with one boolean
public record Invariant(String name, String sql) {}
