package lastgood.postgres.prove;

/// One migration, as SQL.
///
/// @param up empty: nobody has it here
/// @param down empty: there is none, or it is a command
/// @param downIsCommand the way down is a command of the team's, which a shadow cannot run
public record MigrationSql(String name, String up, String down, boolean downIsCommand) {}
