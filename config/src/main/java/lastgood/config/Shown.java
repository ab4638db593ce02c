package lastgood.config;

/// What we repeat of other people's text in messages: short, on one line, and safe for a terminal.
final class Shown {

    private static final int CHARACTERS_MAX = 60;

    private Shown() {}

    static String text(String text) {
        var line = text.strip()
                .codePoints()
                .limit(CHARACTERS_MAX + 1L)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.length() > CHARACTERS_MAX ? line.substring(0, CHARACTERS_MAX - 3) + "..." : line;
    }

    /// Where in a text of several parts it is wrong; the first character is 1. Nothing for the first part, which the
    /// position in the file shows.
    static String at(String fact, int offset) {
        return offset == 0 ? fact : "%s (at character %d)".formatted(fact, offset + 1);
    }
}
