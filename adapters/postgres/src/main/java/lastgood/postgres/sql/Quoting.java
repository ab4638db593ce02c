package lastgood.postgres.sql;

import java.util.Collection;
import java.util.stream.Collectors;

/// The one place that writes names and texts into SQL.
public final class Quoting {

    private Quoting() {}

    /// An identifier, whatever is in it.
    public static String name(String identifier) {
        if (identifier.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no name of PostgreSQL's holds a zero byte");
        }
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    public static String name(String schema, String identifier) {
        return name(schema) + "." + name(identifier);
    }

    public static String names(Collection<String> identifiers) {
        return identifiers.stream().map(Quoting::name).collect(Collectors.joining(", "));
    }

    /// A text constant, whatever `standard_conforming_strings` says.
    public static String text(String value) {
        var doubled = value.replace("'", "''");
        return value.indexOf('\\') < 0 ? "'" + doubled + "'" : " E'" + doubled.replace("\\", "\\\\") + "'";
    }
}
