package lastgood.postgres.catalog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
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
    public static Catalog read(Connection session) throws SQLException {
        var earlier = new ArrayList<String[]>();
        try (var set = session.createStatement()) {
            for (var pin : PINS) {
                try (var was = set.executeQuery("SHOW " + pin[0])) {
                    was.next();
                    earlier.add(new String[] {pin[0], was.getString(1)});
                }
                set(session, pin);
            }
        }
        var items = new ArrayList<Item>();
        for (var question : Questions.all().entrySet()) {
            items.addAll(ask(session, question.getKey(), question.getValue()));
        }
        for (var setting : earlier) {
            set(session, setting);
        }
        return new Catalog(items);
    }

    private static final List<String[]> PINS = List.of(
            new String[] {"search_path", ""},
            new String[] {"TimeZone", "UTC"},
            new String[] {"DateStyle", "ISO, YMD"},
            new String[] {"IntervalStyle", "postgres"},
            new String[] {"extra_float_digits", "1"},
            new String[] {"quote_all_identifiers", "off"});

    private static void set(Connection session, String[] setting) throws SQLException {
        try (var set = session.prepareStatement("SELECT pg_catalog.set_config(?, ?, false)")) {
            set.setString(1, setting[0]);
            set.setString(2, setting[1]);
            set.execute();
        }
    }

    private static List<Item> ask(Connection session, Kind kind, String question) throws SQLException {
        try (var statement = session.createStatement();
                var row = statement.executeQuery(question)) {
            var found = new ArrayList<Item>();
            while (row.next()) {
                found.add(item(kind, row));
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
