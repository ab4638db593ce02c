package lastgood.postgres.sql;

import java.sql.SQLException;
import java.util.Set;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import org.postgresql.util.PSQLException;

/// What an error of the server means for whoever asked.
public final class Failures {

    /// The server is not there, is starting or stopping, or has no slot left.
    private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03", "53300");

    /// Somebody else was in the way, and nothing was changed: look again.
    private static final Set<String> IN_THE_WAY = Set.of("40001", "40P01", "55P03");

    /// pgjdbc's word for a server that wants a password and got none, or another kind of it.
    private static final String REJECTED = "08004";

    /// Under which PostgreSQL reports, among others, `tuple concurrently updated`: somebody altered the same role.
    private static final String INTERNAL = "XX000";

    private Failures() {}

    /// @param doing what was tried, as in `could not …`
    public static RuntimeException of(String doing, Address address, SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        var said = said(e);
        var away = (state.startsWith("08") && !REJECTED.equals(state))
                || state.startsWith("58")
                || AWAY.contains(state)
                || state.isEmpty();
        if (away) {
            return new Unreachable("could not %s on %s: %s%s".formatted(doing, address, said, hint(state, address)), e);
        }
        if (IN_THE_WAY.contains(state) || (INTERNAL.equals(state) && said.contains("concurrently"))) {
            return new WorldMoved("could not %s on %s: %s".formatted(doing, address, said));
        }
        return new Forbidden("could not %s on %s: %s%s".formatted(doing, address, said, hint(state, address)));
    }

    /// In the server's words, on one line, without what it quotes of rows.
    public static String said(SQLException e) {
        if (e instanceof PSQLException p && p.getServerErrorMessage() != null) {
            var message = p.getServerErrorMessage().getMessage();
            return message == null ? "no reason given" : message.replaceAll("\\p{Cntrl}+", " ");
        }
        return String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ");
    }

    private static String hint(String state, Address address) {
        return switch (state) {
            case "08001" ->
                "\nhint: does a PostgreSQL server listen on %s:%d, and can this machine reach it?"
                        .formatted(address.host(), address.port());
            case "53300" ->
                ("\nhint: all connections that role %s may use are taken; a superuser gets in through the reserved"
                                + " ones, and from PostgreSQL 16 on so does a role with"
                                + " GRANT pg_use_reserved_connections, if reserved_connections is not 0")
                        .formatted(address.role());
            case "28P01", "28000", REJECTED ->
                "\nhint: is it the right password for role %s, and does pg_hba.conf let it in?"
                        .formatted(address.role());
            case "3D000" -> "\nhint: there is no such database on that server: check the URL's last part";
            case "42501" ->
                "\nhint: role %s lacks a right: `lastgood db status` names the GRANT".formatted(address.role());
            case "25006" -> "\nhint: that is a standby or a read-only session: give the URL of the primary";
            case "53100" -> "\nhint: the server's disk is full";
            case "57014" -> "\nhint: it took longer than it may; nothing was changed";
            default -> "";
        };
    }
}
