package lastgood.core.schema;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What can be told from SQL by looking at its words. It errs on the side of seeing a name where there is none.
public final class Sql {

    private static final Pattern EVERYTHING = Pattern.compile("(?is)(?:\\bselect|\\breturning|\\bdistinct|\\ball|,)\\s+"
            + "(?:[\\w\"$]+\\s*\\.\\s*){0,3}\\*|\\.\\*|\\brow_to_json\\b|\\bto_jsonb?\\s*\\(");

    private static final Pattern INSERT = Pattern.compile(
            "(?is)\\binsert\\s+into\\s+(?:only\\s+)?((?:\"[^\"]+\"|[\\w$]+)(?:\\s*\\.\\s*(?:\"[^\"]+\"|[\\w$]+))*)"
                    + "(?:\\s+as\\s+[\\w\"]+)?\\s*(\\(\\s*(?!select\\b|with\\b|values\\b|table\\b)([^()]*)\\))?");

    private Sql() {}

    /// A name without its quotes.
    public static String plain(String name) {
        return name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }

    /// Whether the word is in it, outside of longer words.
    public static boolean says(String sql, String word) {
        var text = sql.toLowerCase(Locale.ROOT);
        var wanted = word.toLowerCase(Locale.ROOT);
        for (var at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
            if (edge(text, at - 1) && edge(text, at + wanted.length())) {
                return true;
            }
        }
        return false;
    }

    private static boolean edge(String text, int at) {
        return at < 0 || at >= text.length() || !(Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
    }

    /// Whether it reads whole rows: `*`, or a row as one value.
    public static boolean saysEverything(String sql) {
        return EVERYTHING.matcher(sql).find();
    }

    /// The columns that each of its inserts names; an insert by position names `*`.
    public static List<List<String>> inserted(String sql) {
        return INSERT.matcher(sql)
                .results()
                .map(i -> i.group(2) == null
                        ? List.of("*")
                        : Stream.of(i.group(3).split(",", -1))
                                .map(c -> plain(c.strip()).toLowerCase(Locale.ROOT))
                                .toList())
                .toList();
    }

    /// Without what it gives back, which is read and not written.
    public static String withoutReturning(String sql) {
        return sql.replaceAll("(?is)\\breturning\\b.*$", "");
    }

    /// Whether it inserts by position.
    public static boolean insertsWithoutColumns(String sql) {
        var insert = INSERT.matcher(sql);
        while (insert.find()) {
            if (insert.group(2) == null
                    && !sql.substring(insert.end())
                            .stripLeading()
                            .toLowerCase(Locale.ROOT)
                            .startsWith("default values")) {
                return true;
            }
        }
        return false;
    }

    /// Without comments and without the insides of strings, in one case and with single spaces: for looking at words.
    public static String skeleton(String sql) {
        return SqlText.tokens(sql).stream()
                .map(t -> switch (t.kind()) {
                    case COMMENT -> " ";
                    case STRING -> "''";
                    case WORD, NUMBER, NAME, SYMBOL, END_OF_STATEMENT, SPACE -> t.text();
                })
                .collect(Collectors.joining())
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\s+", " ")
                .strip();
    }

    /// Without comments, and with single spaces outside of strings: two texts that mean the same for sure.
    public static String essence(String sql) {
        return SqlText.tokens(sql).stream()
                .map(t -> switch (t.kind()) {
                    case COMMENT, SPACE -> " ";
                    case WORD, NUMBER, STRING, NAME, SYMBOL, END_OF_STATEMENT -> t.text();
                })
                .collect(Collectors.joining())
                .replaceAll(" +", " ")
                .strip();
    }

    /// The statements of a script, in order. What `psql` alone understands is not understood.
    public static List<String> statements(String script) {
        return SqlText.statements(script).stream().map(SqlText.Statement::text).toList();
    }
}
