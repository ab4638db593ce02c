package lastgood.engine.port.database;

/// The database of the services of one platform, by what is done to it.
public record Databases(
        Access access, Schemas schemas, Points points, Backups backups, Repairs repairs, Integrity integrity) {}
