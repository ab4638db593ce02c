package lastgood.postgres.restore;

import lastgood.postgres.sql.Sessions;

/// Which running server answers under a name. A name that leads to the wrong server makes a comparison find nothing,
/// and
/// a fence shut the wrong door.
///
/// @param system whose data it has: that of a restored server is the same as the original's
/// @param started when this very server was started; restored ones differ
record Identity(String system, String started) {

    static Identity of(Sessions sessions) {
        return sessions.look("ask which server this is", session -> {
            try (var ask = session.createStatement();
                    var row = ask.executeQuery(
                            "SELECT system_identifier::text, extract(epoch FROM pg_postmaster_start_time())::text FROM pg_control_system()")) {
                row.next();
                return new Identity(row.getString(1), row.getString(2));
            }
        });
    }
}
