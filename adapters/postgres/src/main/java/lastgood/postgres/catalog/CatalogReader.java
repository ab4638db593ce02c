package lastgood.postgres.catalog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.schema.Catalog;
import lastgood.core.schema.Item;
import lastgood.core.schema.Item.Kind;
import lastgood.postgres.sql.Sessions;

/// Reads what a database looks like, in one transaction that cannot write. What reads differently under other settings
/// is pinned: names are qualified because nothing is on the search path, and times are in UTC.
public final class CatalogReader {

    private CatalogReader() {}

    public static Catalog read(Sessions sessions) {
        return sessions.look("read the catalog", session -> {
            try (var set = session.createStatement()) {
                set.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            }
            return read(session);
        });
    }

    /// Within a transaction that is there already, and sees what that has done. Settings stay as they were.
    ///
    /// Everything is asked in one go: a question more must not cost a way to a distant server more.
    public static Catalog read(Connection session) throws SQLException {
        var earlier = new TreeMap<String, String>();
        try (var ask = session.prepareStatement(
                "SELECT s.name, pg_catalog.current_setting(s.name) FROM unnest(?::text[]) AS s(name)")) {
            ask.setArray(1, session.createArrayOf("text", PINS.keySet().toArray()));
            try (var row = ask.executeQuery()) {
                while (row.next()) {
                    earlier.put(row.getString(1), row.getString(2));
                }
            }
        }
        set(session, PINS);
        var items = ask(session);
        set(session, earlier);
        return new Catalog(items);
    }

    /// Compiling a query that runs once costs more than it saves.
    private static final Map<String, String> PINS = new TreeMap<>(Map.of(
            "search_path", "",
            "TimeZone", "UTC",
            "DateStyle", "ISO, YMD",
            "IntervalStyle", "postgres",
            "extra_float_digits", "1",
            "quote_all_identifiers", "off",
            "jit", "off"));

    private static void set(Connection session, Map<String, String> settings) throws SQLException {
        try (var set = session.prepareStatement(
                "SELECT pg_catalog.set_config(s.name, s.value, false) FROM unnest(?::text[], ?::text[]) AS s(name, value)")) {
            set.setArray(1, session.createArrayOf("text", settings.keySet().toArray()));
            set.setArray(2, session.createArrayOf("text", settings.values().toArray()));
            set.execute();
        }
    }

    private static List<Item> ask(Connection session) throws SQLException {
        var questions = Questions.all();
        try (var statement = session.createStatement()) {
            var found = new ArrayList<Item>();
            statement.execute(String.join(";\n", questions.values()));
            for (var kind : questions.keySet()) {
                try (var row = statement.getResultSet()) {
                    while (row.next()) {
                        found.add(item(kind, row));
                    }
                }
                statement.getMoreResults();
            }
            return found;
        }
    }

    private static Item item(Kind kind, ResultSet row) throws SQLException {
        var path = new ArrayList<String>();
        var facts = new TreeMap<String, String>();
        var columns = row.getMetaData();
        for (var i = 1; i <= columns.getColumnCount(); i++) {
            var name = columns.getColumnLabel(i);
            var value = row.getString(i);
            if (name.startsWith("path")) {
                path.add(value == null ? "" : value);
            } else if (columns.getColumnType(i) == Types.BIT || columns.getColumnType(i) == Types.BOOLEAN) {
                if ("t".equals(value)) {
                    facts.put(name, "true");
                }
            } else if (value != null && !value.isEmpty()) {
                facts.put(name, value);
            }
        }
        return new Item(kind, path, facts);
    }
}
