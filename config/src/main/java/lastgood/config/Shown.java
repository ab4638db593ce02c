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
}
