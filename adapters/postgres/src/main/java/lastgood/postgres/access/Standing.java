package lastgood.postgres.access;

import java.util.List;
import java.util.TreeMap;
import lastgood.core.data.WriteAccess;

/// What there is to know about who may write to one database and who does, at one moment.
///
/// @param limit of connections
/// @param superuser whether we are one: nobody else gets past a limit of 0
/// @param missing what an owner who is no superuser lacks to close it by the right to connect
/// @param taken whether that right was taken away by us
/// @param standby whether the server only replays
/// @param roles that may write by a right of their own, whether they may log in or not
/// @param writers sessions that could write, but ours
/// @param prepared transactions that anybody with the right may still commit
/// @param subscriptions that are enabled: their workers come back whenever they are ended
/// @param publicWrites whether every role may write, because PUBLIC may
/// @param wal flushed so far
record Standing(
        int limit,
        boolean superuser,
        List<String> missing,
        boolean taken,
        boolean standby,
        List<Role> roles,
        List<Writer> writers,
        List<Prepared> prepared,
        List<String> subscriptions,
        boolean publicWrites,
        String wal) {

    Standing {
        missing = List.copyOf(missing);
        roles = List.copyOf(roles);
        writers = List.copyOf(writers);
        prepared = List.copyOf(prepared);
        subscriptions = List.copyOf(subscriptions);
    }

    /// @param elsewhere databases in which it owns or may do something too
    record Role(String name, boolean login, List<String> elsewhere) {
        Role {
            elsewhere = List.copyOf(elsewhere);
        }
    }

    /// @param kind of backend; empty if we may not know
    record Writer(int pid, String application, String role, String kind, String state, boolean superuser) {}

    record Prepared(String gid, String owner, String at) {}

    WriteAccess access() {
        var logins = new TreeMap<String, Boolean>();
        roles.forEach(r -> logins.put(r.name(), r.login()));
        return new WriteAccess(limit, logins);
    }

    /// Sessions, and what will be one again.
    int count() {
        return writers.size() + subscriptions.size();
    }
}
