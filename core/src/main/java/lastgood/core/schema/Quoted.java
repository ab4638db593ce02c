package lastgood.core.schema;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// The one place where a name or a text becomes part of a statement, for those that take no parameters.
public final class Quoted {

    private Quoted() {}

    /// An identifier: `"odd ""name"""`.
    public static String name(String name) {
        return '"' + whole(name).replace("\"", "\"\"") + '"';
    }

    public static String name(String schema, String name) {
        return name(schema) + "." + name(name);
    }

    /// A name with everything that it is in.
    public static String path(List<String> path) {
        return path.stream().map(Quoted::name).collect(Collectors.joining("."));
    }

    public static String names(Collection<String> names) {
        return names.stream().map(Quoted::name).collect(Collectors.joining(", "));
    }

    /// A text constant, whatever `standard_conforming_strings` says.
    public static String text(String text) {
        return (text.indexOf('\\') < 0 ? "'" : " E'")
                + whole(text).replace("\\", "\\\\").replace("'", "''")
                + "'";
    }

    /// PostgreSQL knows no such character; what has one did not come from it.
    private static String whole(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalStateException("a NUL in a name or text");
        }
        return text;
    }
}
