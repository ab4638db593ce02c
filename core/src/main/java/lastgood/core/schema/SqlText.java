package lastgood.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// SQL as PostgreSQL's lexer sees it, no deeper: enough to tell where a statement ends, which words it begins with,
/// and what of it is a value. It knows strings (also `E'…'`), quoted names, dollar quotes, nested comments and the
/// bodies of `BEGIN ATOMIC`. What is not closed reaches to the end, as it does for the server.
public final class SqlText {

    private SqlText() {}

    /// @param text as written
    public record Token(Kind kind, String text) {

        boolean is(String word) {
            return kind == Kind.WORD && text.equalsIgnoreCase(word);
        }
    }

    public enum Kind {
        WORD,
        NUMBER,
        /// A value in quotes of any sort.
        STRING,
        /// A name in double quotes.
        NAME,
        SYMBOL,
        END_OF_STATEMENT,
        SPACE,
        COMMENT
    }

    /// One statement of a script.
    ///
    /// @param text as written, without the semicolon
    /// @param words what it consists of beside space and comments; words in upper case, values as `?`
    public record Statement(String text, List<String> words) {
        public Statement {
            words = List.copyOf(words);
        }

        /// Whether it begins with these words.
        public boolean begins(String... with) {
            return words.size() >= with.length && words.subList(0, with.length).equals(List.of(with));
        }

        public boolean has(String word) {
            return words.contains(word);
        }

        /// The first words, for people; without values.
        public String brief() {
            return shown(words);
        }
    }

    /// Enough to recognise one's own statement.
    private static final int SHOWN_MAX = 12;

    /// The statements of a script, in order; empty ones are left out.
    public static List<Statement> statements(String script) {
        var statements = new ArrayList<Statement>();
        var current = new ArrayList<Token>();
        var body = 0;
        for (var token : tokens(script)) {
            if (token.kind() == Kind.END_OF_STATEMENT && body == 0) {
                add(statements, current);
                current.clear();
                continue;
            }
            body = body(body, current, token);
            current.add(token);
        }
        add(statements, current);
        return List.copyOf(statements);
    }

    /// How deep in a `BEGIN ATOMIC … END` we are, where `CASE … END` counts too.
    private static int body(int body, List<Token> before, Token token) {
        if (body == 0) {
            return token.is("ATOMIC") && last(before).is("BEGIN") ? 1 : 0;
        }
        return token.is("CASE") ? body + 1 : token.is("END") ? body - 1 : body;
    }

    private static Token last(List<Token> tokens) {
        return tokens.reversed().stream().filter(SqlText::says).findFirst().orElse(new Token(Kind.SPACE, ""));
    }

    private static void add(List<Statement> statements, List<Token> tokens) {
        var words = words(tokens);
        if (!words.isEmpty()) {
            var text = tokens.stream().map(Token::text).collect(Collectors.joining());
            statements.add(new Statement(text.strip(), words));
        }
    }

    /// The first words of a statement for people, without comments and without values: somebody's row may be in them.
    public static String brief(String sql) {
        return shown(words(tokens(sql)));
    }

    private static String shown(List<String> words) {
        return words.stream().limit(SHOWN_MAX).collect(Collectors.joining(" "))
                + (words.size() > SHOWN_MAX ? " …" : "");
    }

    private static List<String> words(List<Token> tokens) {
        return tokens.stream().filter(SqlText::says).map(SqlText::word).toList();
    }

    private static boolean says(Token token) {
        return switch (token.kind()) {
            case WORD, NUMBER, STRING, NAME, SYMBOL -> true;
            case SPACE, COMMENT, END_OF_STATEMENT -> false;
        };
    }

    private static String word(Token token) {
        return switch (token.kind()) {
            case WORD -> token.text().toUpperCase(Locale.ROOT);
            case NUMBER, STRING -> "?";
            case NAME, SYMBOL, SPACE, COMMENT, END_OF_STATEMENT -> token.text();
        };
    }

    public static List<Token> tokens(String sql) {
        var tokens = new ArrayList<Token>();
        for (var at = 0; at < sql.length(); ) {
            var token = next(sql, at);
            tokens.add(token);
            at += token.text().length();
        }
        return tokens;
    }

    private static Token next(String sql, int at) {
        var c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            return token(sql, Kind.SPACE, at, at + 1);
        }
        if (sql.startsWith("--", at)) {
            var line = sql.indexOf('\n', at);
            return token(sql, Kind.COMMENT, at, line < 0 ? sql.length() : line);
        }
        if (sql.startsWith("/*", at)) {
            return token(sql, Kind.COMMENT, at, endOfComment(sql, at));
        }
        if (c == '\'') {
            return token(sql, Kind.STRING, at, endOfQuotes(sql, at + 1, '\'', false));
        }
        if ((c == 'e' || c == 'E') && sql.startsWith("'", at + 1)) {
            return token(sql, Kind.STRING, at, endOfQuotes(sql, at + 2, '\'', true));
        }
        if (c == '"') {
            return token(sql, Kind.NAME, at, endOfQuotes(sql, at + 1, '"', false));
        }
        if (c == '$') {
            return dollar(sql, at);
        }
        if (Character.isDigit(c)) {
            return token(sql, Kind.NUMBER, at, endOfWord(sql, at, true));
        }
        if (Character.isLetter(c) || c == '_') {
            return token(sql, Kind.WORD, at, endOfWord(sql, at, false));
        }
        return token(sql, c == ';' ? Kind.END_OF_STATEMENT : Kind.SYMBOL, at, at + 1);
    }

    private static Token token(String sql, Kind kind, int from, int to) {
        return new Token(kind, sql.substring(from, to));
    }

    private static int endOfWord(String sql, int at, boolean number) {
        var end = at;
        while (end < sql.length() && isPartOfWord(sql.charAt(end), number)) {
            end++;
        }
        return end;
    }

    private static boolean isPartOfWord(char c, boolean number) {
        return Character.isLetterOrDigit(c) || c == '_' || (number ? c == '.' : c == '$');
    }

    private static int endOfComment(String sql, int at) {
        var depth = 0;
        for (var i = at; i < sql.length() - 1; i++) {
            if (sql.startsWith("/*", i)) {
                depth++;
                i++;
            } else if (sql.startsWith("*/", i)) {
                depth--;
                i++;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        return sql.length();
    }

    private static int endOfQuotes(String sql, int at, char quote, boolean backslashes) {
        for (var i = at; i < sql.length(); i++) {
            if (backslashes && sql.charAt(i) == '\\') {
                i++;
            } else if (sql.charAt(i) == quote) {
                if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
                    i++;
                } else {
                    return i + 1;
                }
            }
        }
        return sql.length();
    }

    /// `$$…$$`, `$tag$…$tag$`, or `$1`.
    private static Token dollar(String sql, int at) {
        var end = at + 1;
        while (end < sql.length() && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
            end++;
        }
        var tagged = end < sql.length()
                && sql.charAt(end) == '$'
                && (end == at + 1 || !Character.isDigit(sql.charAt(at + 1)));
        if (!tagged) {
            return token(sql, Kind.SYMBOL, at, end);
        }
        var tag = sql.substring(at, end + 1);
        var close = sql.indexOf(tag, end + 1);
        return token(sql, Kind.STRING, at, close < 0 ? sql.length() : close + tag.length());
    }
}
