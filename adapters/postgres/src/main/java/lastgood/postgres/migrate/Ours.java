package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import lastgood.postgres.sql.Marks;

/// Our own history, of teams whose migrations are nothing but pairs of SQL files.
final class Ours {

    private Ours() {}

    static void add(Connection session, String name) throws SQLException {
        Marks.makeHome(session);
        try (var make = session.createStatement()) {
            make.execute("""
                    CREATE TABLE IF NOT EXISTS lastgood.migration (
                        name text PRIMARY KEY,
                        position bigint GENERATED ALWAYS AS IDENTITY,
                        applied_at timestamptz NOT NULL DEFAULT clock_timestamp())""");
        }
        try (var add = session.prepareStatement("INSERT INTO lastgood.migration (name) VALUES (?)")) {
            add.setString(1, name);
            add.executeUpdate();
        }
    }
}
