package lastgood.postgres.access;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import lastgood.core.schema.Quoted;

/// What a person should know about a fence before it is closed, and why one that is closed is not quiet.
final class Remarks {

    /// A crowd is described by its first few.
    private static final int SHOWN_MAX = 5;

    private Remarks() {}

    static List<String> of(Standing seen, String role) {
        var remarks = new ArrayList<String>();
        if (seen.standby()) {
            remarks.add("this is a standby: a fence is closed on the primary");
        }
        if (!seen.superuser()) {
            remarks.add(seen.missing().isEmpty() ? byConnect(role) : needs(role, seen.missing()));
        }
        seen.prepared().stream().limit(SHOWN_MAX).forEach(p -> remarks.add(prepared(p)));
        seen.subscriptions()
                .forEach(s -> remarks.add(
                        "subscription %s writes here, whoever may log in; ALTER SUBSCRIPTION %s DISABLE stops it"
                                .formatted(s, Quoted.name(s))));
        if (seen.access().isClosed()) {
            seen.writers().stream().limit(SHOWN_MAX).forEach(w -> remarks.add(writer(w)));
        }
        seen.roles().stream()
                .filter(r -> !r.elsewhere().isEmpty())
                .forEach(r -> remarks.add("role %s also works in %s: shut out here, it is shut out there too"
                        .formatted(r.name(), r.elsewhere().stream().collect(Collectors.joining(", ")))));
        if (seen.publicWrites()) {
            remarks.add("PUBLIC may write here: roles without a right of their own keep their login, and the connection"
                    + " limit keeps them out of this database");
        }
        return List.copyOf(remarks);
    }

    static String needs(String role, List<String> missing) {
        return "role %s is no superuser, and may not shut others out as the database's owner; it cannot close a fence\nhint: %s; or ALTER ROLE %s SUPERUSER"
                .formatted(role, String.join("; ", missing), Quoted.name(role));
    }

    private static String byConnect(String role) {
        return ("role %s is no superuser: the fence takes the right to connect from everybody else, and logins stay;"
                        + " superusers get past it and their sessions cannot be ended")
                .formatted(role);
    }

    private static String prepared(Standing.Prepared p) {
        var gid = Quoted.text(p.gid());
        return "prepared transaction %s of %s, from %s, can still commit: COMMIT PREPARED %s or ROLLBACK PREPARED %s"
                .formatted(p.gid(), p.owner(), p.at(), gid, gid);
    }

    private static String writer(Standing.Writer w) {
        return "pid %d (%s, role %s) could still write%s"
                .formatted(
                        w.pid(),
                        w.application().isEmpty() ? w.kind() : w.application(),
                        w.role().isEmpty() ? "not known yet" : w.role(),
                        w.superuser() ? ": a superuser gets past a connection limit; ask its owner to leave" : "");
    }
}
