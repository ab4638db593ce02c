package lastgood.demo.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// The graph in PostgreSQL, as most services have it: a few connections, a few statements, and writes beside the reads.
final class SqlStore implements Store {

    private static final int CONNECTIONS = 4;
    private static final int WAIT_SECONDS = 2;

    private final String url;
    private final Behaviour behaviour;
    private final BlockingQueue<Door> doors = new ArrayBlockingQueue<>(CONNECTIONS);

    /// A place in the pool, with or without an open connection.
    private static final class Door {
        private @org.jspecify.annotations.Nullable Connection open;
    }

    private interface Work<T> {
        T in(Connection connection) throws SQLException, Broken;
    }

    /// @param url `postgres://role:password@host:port/database`
    SqlStore(String url, Behaviour behaviour) {
        this.url = jdbc(url);
        this.behaviour = behaviour;
        for (var i = 0; i < CONNECTIONS; i++) {
            doors.add(new Door());
        }
    }

    private static String jdbc(String url) {
        var uri = java.net.URI.create(url.strip());
        var user = uri.getUserInfo().split(":", 2);
        return "jdbc:postgresql://%s:%d%s?user=%s&password=%s&connectTimeout=2&socketTimeout=5&ApplicationName=intelgraph"
                .formatted(uri.getHost(), uri.getPort(), uri.getPath(), user[0], user[1]);
    }

    @Override
    public List<Edge> neighbours(int node) throws Broken, InterruptedException {
        return with(connection -> {
            visit(connection, node);
            // What the column is called came with the release.
            var sql = "SELECT dst, %s FROM public.edges WHERE src = ? ORDER BY dst".formatted(behaviour.weightColumn());
            try (var query = connection.prepareStatement(sql)) {
                query.setInt(1, node);
                return edges(node, query);
            }
        });
    }

    private List<Edge> edges(int node, PreparedStatement query) throws SQLException, Broken {
        var edges = new ArrayList<Edge>();
        try (var rows = query.executeQuery()) {
            while (rows.next()) {
                var weight = rows.getDouble(2);
                if (rows.wasNull() && behaviour.weightsRequired()) {
                    throw new Broken("edge %d-%d has no weight".formatted(node, rows.getInt(1)));
                }
                if (!rows.wasNull() && weight <= 0) {
                    throw new Broken("edge %d-%d weighs nothing".formatted(node, rows.getInt(1)));
                }
                edges.add(new Edge(rows.getInt(1), rows.wasNull() ? 1 : weight));
            }
        }
        return edges;
    }

    private static void visit(Connection connection, int node) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE public.nodes SET visits = visits + 1 WHERE id = ?")) {
            update.setInt(1, node);
            update.executeUpdate();
        }
    }

    @Override
    public List<Integer> search(String text) throws Broken, InterruptedException {
        return with(connection -> {
            try (var query = connection.prepareStatement(
                    "SELECT id FROM public.nodes WHERE name LIKE '%' || ? || '%' ORDER BY id LIMIT 10")) {
                query.setString(1, text);
                var found = new ArrayList<Integer>();
                try (var rows = query.executeQuery()) {
                    while (rows.next()) {
                        found.add(rows.getInt(1));
                    }
                }
                return found;
            }
        });
    }

    @Override
    public void login(String user) throws Broken, InterruptedException {
        with(connection -> {
            try (var insert = connection.prepareStatement("INSERT INTO public.logins (person) VALUES (?)")) {
                insert.setString(1, user);
                return insert.executeUpdate();
            }
        });
    }

    private <T> T with(Work<T> work) throws Broken, InterruptedException {
        var door = doors.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (door == null) {
            throw new Broken("no connection to the database is free");
        }
        try {
            if (door.open == null) {
                door.open = DriverManager.getConnection(url);
            }
            return work.in(door.open);
        } catch (SQLException e) {
            close(door);
            throw new Broken(String.valueOf(e.getMessage()).lines().findFirst().orElse("the database said no"));
        } finally {
            doors.add(door);
        }
    }

    private static void close(Door door) {
        var broken = door.open;
        door.open = null;
        try {
            if (broken != null) {
                broken.close();
            }
        } catch (SQLException e) {
            // it is gone anyway
        }
    }
}
