package lastgood.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Cuts a PromQL expression into tokens, and checks the places in it that are filled in (`$service`).
final class PromTokens {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");
    private static final Pattern DURATION = Pattern.compile("(?:[0-9]+(?:ms|[smhdwy]))+(?![A-Za-z0-9_.])");
    private static final Pattern NUMBER = Pattern.compile(
            "(?:0[xX][0-9a-fA-F]+|(?:[0-9][0-9_]*\\.?[0-9]*|\\.[0-9]+)" + "(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_])");
    private static final Pattern VARIABLE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");

    /// Longer ones first.
    private static final List<String> SIGNS = List.of(
            "==", "!=", "<=", ">=", "=~", "!~", "(", ")", "{", "}", "[", "]", ",", "+", "-", "*", "/", "%", "^", "<",
            ">", "=", "@", ":");

    private final String text;
    private final Set<String> places;
    private final List<PromToken> tokens = new ArrayList<>();
    private int at;
    /// Inside `[...]` a colon parts a range from its step and belongs to no name.
    private boolean inRange;

    private PromTokens(String text, Set<String> places) {
        this.text = text;
        this.places = places;
    }

    /// @param places names that may stand behind a `$`
    /// @throws PromWrong if it cannot be cut
    static List<PromToken> of(String text, Set<String> places) {
        return new PromTokens(text, places).cut();
    }

    private List<PromToken> cut() {
        skip();
        while (at < text.length()) {
            next();
            skip();
        }
        tokens.add(new PromToken(PromToken.Kind.END, "", text.length()));
        return tokens;
    }

    /// White space and comments.
    private void skip() {
        while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == '#')) {
            if (text.charAt(at) == '#') {
                var end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else {
                at++;
            }
        }
    }

    private void next() {
        var c = text.charAt(at);
        if (c == '"' || c == '\'' || c == '`') {
            string(c);
        } else if (c == '$') {
            variable();
        } else if (take(DURATION, PromToken.Kind.DURATION)
                || take(NUMBER, PromToken.Kind.NUMBER)
                || (!(inRange && c == ':') && take(NAME, PromToken.Kind.NAME))) {
            return;
        } else {
            sign();
        }
    }

    private boolean take(Pattern pattern, PromToken.Kind kind) {
        var found = pattern.matcher(text).region(at, text.length()).useTransparentBounds(true);
        if (!found.lookingAt()) {
            return false;
        }
        tokens.add(new PromToken(kind, found.group(), at));
        at = found.end();
        return true;
    }

    private void sign() {
        var sign = SIGNS.stream()
                .filter(s -> text.startsWith(s, at))
                .findFirst()
                .orElseThrow(() -> unexpected(text.charAt(at)));
        inRange = sign.equals("[") || (inRange && !sign.equals("]"));
        tokens.add(new PromToken(PromToken.Kind.SIGN, sign, at));
        at += sign.length();
    }

    private PromWrong unexpected(char c) {
        var digits = Character.isDigit(c);
        return new PromWrong(
                at,
                digits
                        ? "this is neither a number nor a duration"
                        : "`%s` means nothing here".formatted(Shown.text(String.valueOf(c))),
                digits
                        ? "a duration is whole numbers with units, as in 5m or 1h30m"
                        : c == '|' ? "LogQL is not PromQL; or is written `or`" : "");
    }

    private void variable() {
        var found = VARIABLE.matcher(text).region(at, text.length());
        if (!found.lookingAt()) {
            throw new PromWrong(at, "`$` stands in front of a name", known());
        }
        check(found.group(1), at);
        tokens.add(new PromToken(PromToken.Kind.VARIABLE, found.group(), at));
        at = found.end();
    }

    private void string(char quote) {
        var from = at;
        var value = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != quote) {
            if (text.charAt(at) == '\n' && quote != '`') {
                break;
            }
            if (text.charAt(at) == '\\' && quote != '`' && at + 1 < text.length()) {
                value.append(escaped(text.charAt(at + 1)));
                at += 2;
            } else {
                value.append(text.charAt(at));
                at++;
            }
        }
        if (at >= text.length() || text.charAt(at) != quote) {
            throw new PromWrong(from, "this text has no end", "close it with %s".formatted(quote));
        }
        at++;
        var inside = VARIABLE.matcher(text).region(from, at);
        while (inside.find()) {
            check(inside.group(1), inside.start());
        }
        tokens.add(new PromToken(PromToken.Kind.STRING, value.toString(), from));
    }

    /// As Go has them; whatever is not one of these Prometheus refuses, most often a `\.` or `\d` in double quotes.
    private String escaped(char c) {
        return switch (c) {
            case '\\', '"', '\'' -> String.valueOf(c);
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'a', 'b', 'f', 'v', 'x', 'u', 'U', '0', '1', '2', '3' -> "\\" + c;
            default ->
                throw new PromWrong(
                        at,
                        "`\\%s` is no character that PromQL knows".formatted(Shown.text(String.valueOf(c))),
                        "a backslash in a regular expression is written twice: \\\\%s"
                                .formatted(Shown.text(String.valueOf(c))));
        };
    }

    private void check(String name, int where) {
        if (!places.contains(name)) {
            throw new PromWrong(
                    where,
                    "`$%s` is filled in by nobody".formatted(Shown.text(name)),
                    Nearest.to(name, places)
                            .map("did you mean `$%s`?"::formatted)
                            .orElseGet(this::known));
        }
    }

    private String known() {
        return "there are "
                + String.join(", ", places.stream().sorted().map(p -> "$" + p).toList());
    }
}
