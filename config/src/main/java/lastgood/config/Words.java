package lastgood.config;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Splits a command line such as `make smoke ENVIRONMENT={environment}` at spaces, minding quotes. There is no shell
/// behind it, so a line that needs one is refused rather than run as something else.
final class Words {

    /// Nobody writes more by hand, and the patterns below take stack in proportion to it.
    static final int CHARACTERS_MAX = 2_000;

    private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");
    private static final Pattern PIECE = Pattern.compile("'([^']*)'|\"([^\"]*)\"");
    private static final Pattern NEEDS_SHELL = Pattern.compile("[|<>;&`]|\\$[({A-Za-z_]");

    private Words() {}

    static Parsed<List<String>> split(String line) {
        if (line.length() > CHARACTERS_MAX) {
            return new Parsed.Bad<>("the command is longer than %d characters".formatted(CHARACTERS_MAX), "");
        }
        if (NEEDS_SHELL.matcher(PIECE.matcher(line).replaceAll("")).find()) {
            return new Parsed.Bad<>("this line needs a shell, and none is used", "write a list: [sh, -c, \"...\"]");
        }
        if (!WORD.matcher(line).replaceAll("").isBlank()) {
            return new Parsed.Bad<>("a quote is not closed", "close it, or write the command as a list of words");
        }
        var words = WORD.matcher(line)
                .results()
                .map(MatchResult::group)
                .map(Words::unquoted)
                .toList();
        return words.isEmpty()
                ? new Parsed.Bad<>("the command is empty", "write the command and its arguments")
                : new Parsed.Good<>(words);
    }

    private static String unquoted(String word) {
        return PIECE.matcher(word)
                .replaceAll(r -> Matcher.quoteReplacement(r.group(1) != null ? r.group(1) : r.group(2)));
    }
}
