package lastgood.cli.out;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where everything that people read goes through: it knows whether somebody looks, and what their terminal can show.
///
/// Data goes to stdout ([#data]), talk to stderr ([#say]). Text from outside goes through [#plain] first, so that a
/// version or a log line cannot move somebody's cursor.
public final class Screen {

    /// Signs and what stands for them where only ASCII can be shown.
    private static final Map<String, String> ASCII = Map.of(
            "✔", "+", "✖", "x", "◌", "o", "→", "->", "·", "-", "…", "...", "—", "-", "█", "#", "░", ".", "≥", ">=");

    private final Streams streams;
    private final boolean colorsOut;
    private final boolean colorsErr;
    private final boolean quiet;
    private final boolean moves;

    public Screen(Streams streams, Map<String, String> variables, boolean noColor, boolean quiet) {
        this.streams = streams;
        this.quiet = quiet;
        var forced = isSet(variables, "CLICOLOR_FORCE") && !"0".equals(variables.get("CLICOLOR_FORCE"));
        var dumb = "dumb".equals(variables.get("TERM"));
        var never = noColor || isSet(variables, "NO_COLOR") || (dumb && !forced);
        this.colorsOut = !never && (forced || streams.outIsTerminal());
        this.colorsErr = !never && (forced || streams.errIsTerminal());
        this.moves = streams.errIsTerminal() && !dumb && !quiet;
    }

    private static boolean isSet(Map<String, String> variables, String name) {
        return !variables.getOrDefault(name, "").isEmpty();
    }

    // ---- writing

    public void data(String text) {
        line(streams.out(), text);
    }

    public void data(List<String> lines) {
        lines.forEach(this::data);
    }

    /// Talk; not data, and nobody who pipes us gets to see it.
    public void say(String text) {
        if (!quiet) {
            line(streams.err(), text);
        }
    }

    /// Said even if we were asked to be quiet.
    public void warn(String text) {
        line(streams.err(), text);
    }

    public void error(List<String> lines) {
        for (var i = 0; i < lines.size(); i++) {
            warn(i == 0 ? paintErr(Paint.BAD, lines.get(i)) : lines.get(i));
        }
    }

    /// Cursor movements and redrawn lines; only if [#moves].
    public void raw(String text) {
        streams.err().print(shown(text));
        streams.err().flush();
    }

    private void line(PrintStream to, String text) {
        to.println(shown(text));
        to.flush();
    }

    private String shown(String text) {
        if (streams.unicode()) {
            return text;
        }
        var shown = text;
        for (var sign : ASCII.entrySet()) {
            shown = shown.replace(sign.getKey(), sign.getValue());
        }
        return shown.replaceAll("[^\\x00-\\x7f]", "?");
    }

    public PrintWriter outWriter() {
        return writer(streams.out());
    }

    public PrintWriter errWriter() {
        return writer(streams.err());
    }

    private PrintWriter writer(PrintStream to) {
        return new PrintWriter(
                new Writer() {
                    @Override
                    public void write(char[] text, int from, int length) {
                        to.print(shown(new String(text, from, length)));
                    }

                    @Override
                    public void flush() {
                        to.flush();
                    }

                    @Override
                    public void close() {
                        to.flush();
                    }
                },
                true);
    }

    // ---- looks

    public String paint(Paint paint, String text) {
        return colorsOut ? paint.on(text) : text;
    }

    public String paintErr(Paint paint, String text) {
        return colorsErr ? paint.on(text) : text;
    }

    public boolean unicode() {
        return streams.unicode();
    }

    public boolean colorsOut() {
        return colorsOut;
    }

    /// Whether stderr may be redrawn: a person looks at it on a terminal that can.
    public boolean moves() {
        return moves;
    }

    public int width() {
        return Math.max(40, streams.width().getAsInt());
    }

    // ---- asking

    /// Whether somebody is there to answer.
    public boolean canAsk() {
        return streams.inIsTerminal() && streams.errIsTerminal();
    }

    /// Asks on stderr; empty if there is no answer.
    public Optional<String> ask(String question) {
        streams.err().print(shown(question) + " ");
        streams.err().flush();
        try {
            return Optional.ofNullable(streams.in().readLine()).map(String::strip);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public boolean saysYes(String question) {
        var answer = ask(question + " [y/N]").orElse("").toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    // ---- text from outside

    /// Without what could control a terminal.
    public static String plain(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
