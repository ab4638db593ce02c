package lastgood.postgres.restore;

import java.util.Optional;
import lastgood.core.data.RecoveryTarget;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Sessions;

/// An earlier state of a database beside the live one, to look at and to take rows from.
///
/// @param name what finds it again
/// @param target where it stopped
/// @param before the state there; nobody can write to it
/// @param after the state right behind the damage, if it was asked for; nobody can write to it
/// @param home where it lives
/// @param replayedTo evidence of where it stands: the last position that was replayed
public record Scratch(
        String name, RecoveryTarget target, Sessions before, Optional<Sessions> after, Home home, String replayedTo) {

    public sealed interface Home {
        /// Servers of its own, with data folders of their own.
        record Servers(Server before, Optional<Server> after) implements Home {}

        /// Servers of somebody else's, who restored them; nobody of us is in their way, and they could be written to.
        ///
        /// @param after the second one's name
        record Elsewhere(String before, Optional<String> after) implements Home {}

        /// A database beside the live one, on the live server: what a dump is loaded into.
        record Database(String database) implements Home {}
    }
}
