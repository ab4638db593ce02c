package lastgood.core.data;

import java.util.List;

/// Who is connected to a server.
///
/// @param max connections that the server allows, with those it reserves
/// @param reserved for superusers and for roles with the right to them
/// @param used client sessions of all databases
/// @param groups most sessions first
public record Connections(int max, int reserved, int used, List<Group> groups) {

    public Connections {
        groups = List.copyOf(groups);
    }

    /// Used parts of a hundred of what ordinary roles may use.
    public double percent() {
        return max - reserved <= 0 ? 100 : 100.0 * used / (max - reserved);
    }

    /// @param state as PostgreSQL names it: `active`, `idle in transaction`, …
    /// @param waitsFor what they wait for: `Lock: transactionid`; empty = nothing
    /// @param oldestSeconds age of the oldest transaction among them
    public record Group(
            String application,
            String role,
            String database,
            String state,
            String waitsFor,
            int sessions,
            long oldestSeconds) {}
}
