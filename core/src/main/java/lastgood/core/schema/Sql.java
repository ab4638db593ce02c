package lastgood.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What can be told from SQL by looking at its words. It errs on the side of seeing a name where there is none.
public final class Sql {

    private static final Pattern EVERYTHING = Pattern.compile("(?is)(?:\\bselect|\\breturning|\\bdistinct|\\ball|,)\\s+"
            + "(?:[\\w\"$]+\\s*\\.\\s*){0,3}\\*|\\.\\*|\\brow_to_json\\b|\\bto_jsonb?\\s*\\(");

    private static final Pattern INSERT = Pattern.compile(
            "(?is)\\binsert\\s+into\\s+(?:only\\s+)?((?:\"[^\"]+\"|[\\w$]+)(?:\\s*\\.\\s*(?:\"[^\"]+\"|[\\w$]+))*)"
                    + "(?:\\s+as\\s+[\\w\"]+)?\\s*(\\(\\s*(?!select\\b|with\\b|values\\b|table\\b)([^()]*)\\))?");

    private static final Pattern DOLLAR = Pattern.compile("\\$(?:[A-Za-z_]\\w*)?\\$");

    private Sql() {}

    /// A name without its quotes.
    public static String plain(String name) {
        return name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }

    /// A name as SQL takes it, whatever it holds.
    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String quoted(List<String> path) {
        return String.join(".", path.stream().map(Sql::quoted).toList());
    }

    public static String literal(String text) {
        return (text.contains("\\") ? " E'" : "'") + text.replace("\\", "\\\\").replace("'", "''") + "'";
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
        return pieces(sql).stream()
                .map(p -> switch (p.kind()) {
                    case COMMENT -> " ";
                    case STRING -> "''";
                    case CODE, NAME -> p.text();
                })
                .reduce("", String::concat)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\s+", " ")
                .strip();
    }

    /// Without comments, and with single spaces outside of strings: two texts that mean the same for sure.
    public static String essence(String sql) {
        return pieces(sql).stream()
                .map(p -> switch (p.kind()) {
                    case COMMENT -> " ";
                    case STRING, NAME -> p.text();
                    case CODE -> p.text().replaceAll("\\s+", " ");
                })
                .reduce("", String::concat)
                .replaceAll(" +", " ")
                .strip();
    }

    /// The statements of a script, in order. What `psql` alone understands is not understood.
    public static List<String> statements(String script) {
        var all = new ArrayList<String>();
        var current = new StringBuilder();
        var atomic = 0;
        for (var piece : pieces(script)) {
            if (piece.kind() != Piece.Kind.CODE) {
                current.append(piece.text());
                continue;
            }
            for (var word : piece.text().split("(?<=[;\\s])|(?=[;])", -1)) {
                var upper = word.strip().toUpperCase(Locale.ROOT);
                if (upper.equals("ATOMIC") || (atomic > 0 && upper.equals("CASE"))) {
                    atomic++;
                } else if (atomic > 0 && upper.equals("END")) {
                    atomic--;
                }
                if (word.equals(";") && atomic == 0) {
                    add(all, current);
                } else {
                    current.append(word);
                }
            }
        }
        add(all, current);
        return List.copyOf(all);
    }

    private static void add(List<String> all, StringBuilder current) {
        if (!skeleton(current.toString()).isEmpty()) {
            all.add(current.toString().strip());
        }
        current.setLength(0);
    }

    record Piece(Kind kind, String text) {
        enum Kind {
            CODE,
            STRING,
            NAME,
            COMMENT
        }
    }

    /// Takes a script apart at quotes, dollar quotes and comments.
    static List<Piece> pieces(String sql) {
        var all = new ArrayList<Piece>();
        var code = 0;
        var at = 0;
        while (at < sql.length()) {
            var c = sql.charAt(at);
            int end;
            Piece.Kind kind;
            if (c == '\'') {
                var escapes = at > 0 && (sql.charAt(at - 1) == 'E' || sql.charAt(at - 1) == 'e') && edge(sql, at - 2);
                end = closing(sql, at, '\'', escapes);
                kind = Piece.Kind.STRING;
            } else if (c == '"') {
                end = closing(sql, at, '"', false);
                kind = Piece.Kind.NAME;
            } else if (sql.startsWith("--", at)) {
                var line = sql.indexOf('\n', at);
                end = line < 0 ? sql.length() : line;
                kind = Piece.Kind.COMMENT;
            } else if (sql.startsWith("/*", at)) {
                end = commentEnd(sql, at);
                kind = Piece.Kind.COMMENT;
            } else if (c == '$' && edge(sql, at - 1)) {
                var tag = DOLLAR.matcher(sql).region(at, sql.length());
                if (!tag.lookingAt()) {
                    at++;
                    continue;
                }
                var close = sql.indexOf(tag.group(), tag.end());
                end = close < 0 ? sql.length() : close + tag.group().length();
                kind = Piece.Kind.STRING;
            } else {
                at++;
                continue;
            }
            if (at > code) {
                all.add(new Piece(Piece.Kind.CODE, sql.substring(code, at)));
            }
            all.add(new Piece(kind, sql.substring(at, end)));
            at = end;
            code = end;
        }
        if (code < sql.length()) {
            all.add(new Piece(Piece.Kind.CODE, sql.substring(code)));
        }
        return all;
    }

    private static int closing(String sql, int open, char quote, boolean escapes) {
        var at = open + 1;
        while (at < sql.length()) {
            if (escapes && sql.charAt(at) == '\\') {
                at += 2;
            } else if (sql.charAt(at) != quote) {
                at++;
            } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
                at += 2;
            } else {
                return at + 1;
            }
        }
        return sql.length();
    }

    private static int commentEnd(String sql, int open) {
        var depth = 0;
        var at = open;
        while (at < sql.length() - 1) {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
                if (depth == 0) {
                    return at;
                }
            } else {
                at++;
            }
        }
        return sql.length();
    }
}
