package lastgood.postgres.restore;

import java.util.Map;
import lastgood.postgres.server.Server;
import lastgood.postgres.sql.Address;

/// A live server whose data folder is ours to exchange.
///
/// @param server its programs and its data folder
/// @param settings that it is started with beside its files, archiving among them; without its port
/// @param start starts it where everybody looks for it; it must not make a new cluster where it finds none
/// @param admin as whom to enter
public record LiveFolder(Server server, Map<String, String> settings, Runnable start, Address admin) {
    public LiveFolder {
        settings = Map.copyOf(settings);
    }
}
