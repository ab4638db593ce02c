package lastgood.postgres.access;

import java.util.Set;
import lastgood.postgres.sql.Sessions;

/// One service's database, and how we enter it.
///
/// @param sessions ours, with a role of our own that must be able to stay when everybody else is shut out
/// @param appRoles those that the service itself logs in with, as far as the configuration knows them; they are shut
/// out even if they are superusers
public record Guarded(Sessions sessions, Set<String> appRoles) {

    public Guarded {
        appRoles = Set.copyOf(appRoles);
    }
}
