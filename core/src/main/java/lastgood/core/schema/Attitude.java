package lastgood.core.schema;

/// What a migration tool of an older release does at its start when its history table holds migrations that it does
/// not know. It matters only if the release runs the tool when it starts: then a schema that its statements work on
/// perfectly may still keep it from starting.
///
/// @param standing what it does
/// @param why in the tool's own terms, with the way on
public record Attitude(String tool, Standing standing, String why) {

    public enum Standing {
        IGNORES,
        REFUSES,
        UNKNOWN
    }

    /// As the tools come; settings can change it.
    public static Attitude of(String tool) {
        return switch (tool) {
            case "flyway" ->
                new Attitude(
                        tool,
                        Standing.IGNORES,
                        "migrate accepts future migrations (ignoreMigrationPatterns is *:future as it comes); a setting"
                                + " without it refuses");
            case "liquibase" -> new Attitude(tool, Standing.IGNORES, "it looks for its own changesets only");
            case "golang-migrate" ->
                new Attitude(
                        tool,
                        Standing.REFUSES,
                        "`no migration found for version …`\nhint: let the release start without `migrate up`, or undo");
            case "node-pg-migrate" ->
                new Attitude(
                        tool,
                        Standing.IGNORES,
                        "checkOrder compares as many rows as it has files, and newer ones come after them"
                                + "\nhint: one that --no-check-order put before them makes it refuse");
            case "sequelize", "typeorm" -> new Attitude(tool, Standing.IGNORES, "it looks for its own migrations only");
            case "knex" ->
                new Attitude(
                        tool,
                        Standing.REFUSES,
                        "`the migration directory is corrupt, the following files are missing`"
                                + "\nhint: disableMigrationsListValidation, or undo");
            case "alembic" ->
                new Attitude(tool, Standing.REFUSES, "`Can't locate revision identified by …`\nhint: undo");
            case "prisma" ->
                new Attitude(
                        tool,
                        Standing.IGNORES,
                        "migrate deploy applies what is missing; only a newer one that failed makes it refuse (P3009)");
            case "django", "rails" -> new Attitude(tool, Standing.IGNORES, "it looks for its own migrations only");
            case "atlas" ->
                new Attitude(
                        tool,
                        Standing.REFUSES,
                        "migrate apply refuses a revision that is not in its directory\nhint: undo");
            case "none", "sql" -> new Attitude(tool, Standing.IGNORES, "no tool runs at the start");
            default ->
                new Attitude(
                        tool,
                        Standing.UNKNOWN,
                        "nobody knows what %s does with migrations that it lacks".formatted(tool));
        };
    }
}
