package lastgood.postgres.migrate;

import java.time.Duration;
import java.util.List;
import lastgood.core.ServiceRef;
import lastgood.postgres.sql.Sessions;

/// How one service's schema is migrated.
///
/// @param service whose it is
/// @param tool as [Tool#label]; empty = found out by its history table
/// @param scripts the team's SQL, if it can be read here
/// @param role whose objects the scripts make; empty = ours
/// @param image of the release whose command can undo; for [lastgood.engine.port.TeamCommands]
/// @param undo the team's command for one migration, with the place `{migration}`; empty = none
/// @param apply the same, for the way up
/// @param limit of each statement and of each command
public record Migrated(
        ServiceRef service,
        Sessions sessions,
        String tool,
        Scripts scripts,
        String role,
        String image,
        List<String> undo,
        List<String> apply,
        Duration limit) {

    public Migrated {
        undo = List.copyOf(undo);
        apply = List.copyOf(apply);
    }

    static List<String> filled(List<String> words, String migration) {
        return words.stream().map(w -> w.replace("{migration}", migration)).toList();
    }
}
