package lastgood.core.schema;

import java.util.List;
import java.util.regex.Pattern;

/// Whether an expression that the database computes for each row can fail on what a row may hold.
final class Fallible {

    private static final String TYPES =
            "(?:smallint|integer|bigint|numeric|real|double precision|date|timestamp|time|uuid|"
                    + "boolean|interval|jsonb?|inet|oid|regclass)";
    private static final Pattern TEXT_OF_JSON = Pattern.compile("(?:->>|#>>).*?\\)::" + TYPES);
    private static final Pattern COLUMN = Pattern.compile("\\((\"?\\w+\"?)\\)::" + TYPES);
    private static final Pattern OTHER = Pattern.compile(" / (?:\"|\\(*[a-z_(])|\\bto_(?:date|timestamp|number)\\(");

    private Fallible() {}

    static boolean is(String expression, List<Item> columns) {
        return TEXT_OF_JSON.matcher(expression).find()
                || OTHER.matcher(expression).find()
                || COLUMN.matcher(expression)
                        .results()
                        .anyMatch(c ->
                                columns.stream().anyMatch(i -> i.name().equals(Sql.plain(c.group(1))) && isText(i)));
    }

    private static boolean isText(Item column) {
        return column.fact("type").equals("text") || column.fact("type").startsWith("character");
    }
}
