package lastgood.postgres.access;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.sql.Marks;

/// The fence of a database's owner who is no superuser, as managed databases have it: CONNECT is taken from everybody
/// but us. It stops every role that is no superuser, also those nobody knew of, and it lets us in, which a connection
/// limit would not. Logins stay as they are: the roles go on working in other databases.
///
/// Who had the right is kept in a mark, written in the transaction that takes it away, so that it is given back exactly
/// so. Closing fails, and changes nothing, if somebody could still get in: a member of our role or of one with a right
/// that is not the owner's to take.
final class ConnectRight {

    private static final String MARK = "access.connect";

    /// Our own rights, and whether somebody else has passed his on.
    private static final String OURS = """
            SELECT pg_has_role(d.datdba, 'USAGE'), pg_has_role('pg_read_all_stats', 'USAGE'),
                   pg_has_role('pg_signal_backend', 'USAGE'), d.datname, session_user,
                   EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                            WHERE a.privilege_type = 'CONNECT' AND a.grantor <> d.datdba)
              FROM pg_database d WHERE d.datname = current_database()""";

    private static final String HOLDERS = """
            SELECT CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END || CASE WHEN a.is_grantable
                        THEN chr(9) ELSE '' END
              FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
             WHERE d.datname = current_database() AND a.privilege_type = 'CONNECT' ORDER BY 1""";

    private static final String ENTER = """
            SELECT r.rolname FROM pg_roles r
             WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> session_user
               AND has_database_privilege(r.oid, (SELECT oid FROM pg_database WHERE datname = current_database()),
                                          'CONNECT')
             ORDER BY 1""";

    private ConnectRight() {}

    /// Whether the right was taken away by us, and which roles the fence had found then.
    ///
    /// @param roles that were found when it was closed; without the right they are not found by it any more
    /// @param enter those that may enter all the same
    record Taken(Set<String> roles, Set<String> enter) {
        Taken {
            roles = Set.copyOf(roles);
            enter = Set.copyOf(enter);
        }
    }

    /// Each right that closing needs and our role lacks, as the command that gives it.
    static List<String> missing(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(OURS)) {
            row.next();
            var us = Quoted.name(row.getString(5));
            var missing = new ArrayList<String>();
            if (!row.getBoolean(1)) {
                missing.add("ALTER DATABASE %s OWNER TO %s".formatted(Quoted.name(row.getString(4)), us));
            }
            if (!row.getBoolean(2)) {
                missing.add("GRANT pg_read_all_stats TO " + us);
            }
            if (!row.getBoolean(3)) {
                missing.add("GRANT pg_signal_backend TO " + us);
            }
            return missing;
        }
    }

    static Optional<Taken> taken(Connection session) throws SQLException {
        var mark = Marks.find(session, MARK);
        if (mark.isEmpty()) {
            return Optional.empty();
        }
        var lines = List.of(mark.get().detail().split("\n", -1));
        var roles = new TreeSet<>(lines.subList(lines.indexOf(".") + 1, lines.size()));
        roles.remove("");
        return Optional.of(new Taken(roles, new TreeSet<>(names(session, ENTER))));
    }

    /// @param roles that the fence found
    static void take(Connection session, String database, Set<String> roles, Fence fence) throws SQLException {
        refuseOthersGrants(session);
        var holders = names(session, HOLDERS);
        if (Marks.find(session, MARK).isEmpty()) {
            Marks.set(session, MARK, fence, String.join("\n", holders) + "\n.\n" + String.join("\n", roles));
        }
        try (var change = session.createStatement()) {
            for (var holder : holders) {
                change.execute("REVOKE CONNECT ON DATABASE %s FROM %s CASCADE"
                        .formatted(Quoted.name(database), grantee(holder)));
            }
            change.execute("GRANT CONNECT ON DATABASE %s TO SESSION_USER".formatted(Quoted.name(database)));
        }
        var enter = names(session, ENTER);
        if (!enter.isEmpty()) {
            throw new Forbidden(
                    "%s could still enter %s: members of our role, or of one whose right cannot be taken\nnothing was"
                                    .formatted(String.join(", ", enter), database)
                            + " changed\nhint: REVOKE our role from them, or close the fence as a superuser");
        }
    }

    /// Gives it back to exactly those who had it.
    static void giveBack(Connection session, String database) throws SQLException {
        var mark = Marks.find(session, MARK);
        if (mark.isEmpty()) {
            return;
        }
        var lines = List.of(mark.get().detail().split("\n", -1));
        try (var change = session.createStatement()) {
            change.execute("REVOKE CONNECT ON DATABASE %s FROM SESSION_USER".formatted(Quoted.name(database)));
            for (var holder : lines.subList(0, lines.indexOf("."))) {
                change.execute("GRANT CONNECT ON DATABASE %s TO %s%s"
                        .formatted(
                                Quoted.name(database),
                                grantee(holder),
                                holder.endsWith("\t") ? " WITH GRANT OPTION" : ""));
            }
        }
        Marks.remove(session, MARK);
    }

    private static String grantee(String holder) {
        return holder.strip().isEmpty()
                ? "PUBLIC"
                : Quoted.name(holder.endsWith("\t") ? holder.substring(0, holder.length() - 1) : holder);
    }

    /// Those who may pass the right on have passed it on: what we took from them nobody but they can give back.
    private static void refuseOthersGrants(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(OURS)) {
            row.next();
            if (row.getBoolean(6)) {
                throw new Forbidden(
                        "CONNECT on %s was granted by others than its owner, who alone could give it back as it was\n"
                                        .formatted(row.getString(4))
                                + "nothing was changed\nhint: have the owner grant it, or close the fence as a superuser");
            }
        }
    }

    private static List<String> names(Connection session, String sql) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(sql)) {
            var names = new ArrayList<String>();
            while (row.next()) {
                names.add(row.getString(1));
            }
            return names;
        }
    }
}
