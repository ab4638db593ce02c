package lastgood.config;

import java.util.Map;
import java.util.Set;

/// Who has a role, and how to reach them.
///
/// @param addresses by channel: `slack`, `email`, `pagerduty`, `phone`
/// @param users names of operating-system users who have the role
public record Contact(String role, Map<String, String> addresses, Set<String> users) {
    public Contact {
        addresses = Map.copyOf(addresses);
        users = Set.copyOf(users);
    }
}
