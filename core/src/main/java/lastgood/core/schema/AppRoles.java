package lastgood.core.schema;

import java.util.Arrays;
import java.util.Set;

/// Whom the application enters as.
///
/// @param names of the roles; empty: nobody told
/// @param groups every role whose rights they have, themselves included
/// @param unrestricted they may do everything: no right can be taken from them
/// @param ignoresPolicies they see every row whatever a policy says
public record AppRoles(Set<String> names, Set<String> groups, boolean unrestricted, boolean ignoresPolicies) {

    public AppRoles {
        names = Set.copyOf(names);
        groups = Set.copyOf(groups);
    }

    /// Whether a right that this role has is one of theirs. Of an application that nobody named, every right may be.
    public boolean have(String grantee) {
        var role = Sql.plain(grantee);
        return grantee.equals("PUBLIC") || groups.contains(role) || (names.isEmpty() && !role.equals("postgres"));
    }

    /// Whether they may, by what the catalog says of the thing.
    public boolean may(Item item, String right) {
        return unrestricted
                || item.list("rights").stream()
                        .filter(line -> have(line.substring(0, line.lastIndexOf('='))))
                        .flatMap(line -> Arrays.stream(
                                line.substring(line.lastIndexOf('=') + 1).split(",", -1)))
                        .anyMatch(r -> r.replace("*", "").equals(right));
    }
}
