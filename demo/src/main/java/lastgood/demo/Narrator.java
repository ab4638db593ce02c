package lastgood.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells the story, line by line, each with the story's own time before it. While a person looks, the last line is
/// alive: it shows what users get just now, and is wiped before the next line is written.
final class Narrator implements AutoCloseable {

    private static final Map<String, String> ASCII =
            Map.of("✔", "+", "✖", "x", "◌", "o", "→", "->", "·", "-", "…", "...", "│", "|", "─", "-");

    /// Readable in any window; wider ones gain nothing.
    private static final int WIDTH_MAX = 110;

    private static final String GUTTER = "        ";
    private static final String WIPE = "\r\u001b[K";
    private static final Duration ALIVE_EVERY = Duration.ofMillis(250);

    private final Terminal terminal;
    private final boolean mute;
    private final Supplier<Duration> elapsed;
    private final PrintStream out;
    private @Nullable Supplier<String> alive;
    private @Nullable Thread painter;
    private volatile boolean hushed;

    enum Look {
        PLAIN(""),
        BOLD("1"),
        FAINT("2"),
        BAD("31"),
        GOOD("32"),
        WARN("33");

        private final String code;

        Look(String code) {
            this.code = code;
        }
    }

    /// @param mute nothing is told; for those who want numbers only
    Narrator(Terminal terminal, boolean mute, Supplier<Duration> elapsed) {
        this.terminal = terminal;
        this.mute = mute;
        this.elapsed = elapsed;
        this.out = terminal.out();
    }

    int width() {
        return Math.min(WIDTH_MAX, Math.max(60, terminal.width().getAsInt()));
    }

    boolean unicode() {
        return terminal.unicode();
    }

    // ---- lines

    void title(String text) {
        sentence(Look.BOLD, "", text);
    }

    /// One of the seven parts of the story.
    void act(int number, String text) {
        line(Look.PLAIN, "");
        line(Look.BOLD, "%d  %s".formatted(number, text));
    }

    /// A line with its time.
    void say(Look look, String text) {
        sentence(look, now(), text);
    }

    /// `0:42`
    static String minutes(Duration d) {
        return "%d:%02d".formatted(d.toMinutes(), d.toSecondsPart());
    }

    private String now() {
        return "%6s  ".formatted(minutes(elapsed.get()));
    }

    /// What belongs to the line before.
    void more(String text) {
        sentence(Look.PLAIN, GUTTER, text);
    }

    void faint(String text) {
        sentence(Look.FAINT, GUTTER, text);
    }

    /// A row of a table, which is cut rather than broken.
    void row(Look look, String text) {
        line(look, GUTTER + text);
    }

    /// What somebody types; broken as a shell takes it if the window is narrow.
    void command(String who, String text) {
        var rest = "%s$ lastgood %s".formatted(who, text);
        var room = width() - GUTTER.length() - 2;
        var first = true;
        while (terminal.moves() && rest.length() > room && rest.lastIndexOf(' ', room) > 0) {
            var cut = rest.lastIndexOf(' ', room);
            typed(first, rest.substring(0, cut) + " \\");
            rest = "    " + rest.substring(cut + 1);
            first = false;
        }
        typed(first, rest);
    }

    private void typed(boolean first, String text) {
        if (first) {
            line(Look.BOLD, now() + text);
        } else {
            line(Look.BOLD, GUTTER + text);
        }
    }

    /// To be copied, so never cut.
    void whole(String text) {
        print(Look.PLAIN, GUTTER + text);
    }

    /// What a command printed, as it printed it.
    void output(List<String> lines) {
        lines.forEach(l -> sentence(look(l), GUTTER + "│ ", l));
    }

    /// The same where columns matter more than their ends.
    void table(List<String> lines) {
        lines.forEach(l -> line(look(l), GUTTER + "│ " + l.stripTrailing()));
    }

    private static Look look(String text) {
        if (text.contains("✖")) {
            return Look.BAD;
        }
        return text.contains("✔ ok") ? Look.GOOD : Look.PLAIN;
    }

    /// One of a command's lines about what it is doing, at the time it said it.
    void progress(String text) {
        if (hushed) {
            return;
        }
        line(text.contains("◌") ? Look.FAINT : look(text), now() + "│ " + text);
    }

    void bare(Look look, String text) {
        sentence(look, "", text);
    }

    /// Goes on in the next line where the window ends; where nobody looks, a sentence is one line.
    private synchronized void sentence(Look look, String before, String text) {
        var rest = before + text;
        var indent = before.replaceAll("[^│]", " ");
        var hanging = before.isEmpty() ? 0 : 2;
        var broken = indent + " ".repeat(text.length() - text.stripLeading().length() + hanging);
        while (terminal.moves() && rest.length() > width()) {
            var cut = rest.lastIndexOf(' ', width());
            if (rest.substring(0, Math.max(0, cut)).length() <= broken.length()) {
                break; // one word that is longer than the line
            }
            line(look, rest.substring(0, cut).stripTrailing());
            rest = broken + rest.substring(cut + 1).stripLeading();
        }
        print(look, shown(rest.stripTrailing()));
    }

    /// From here on commands are not listened to.
    void hush() {
        hushed = true;
    }

    private void line(Look look, String text) {
        print(look, clipped(shown(text)));
    }

    private synchronized void print(Look look, String text) {
        if (mute) {
            return;
        }
        wipe();
        out.println(painted(look, text));
        paint();
        out.flush();
    }

    private String painted(Look look, String text) {
        return terminal.colors() && look != Look.PLAIN ? "\u001b[%sm%s\u001b[0m".formatted(look.code, text) : text;
    }

    /// A window's edge is no place to break a table; where nobody looks, all of it is kept.
    private String clipped(String text) {
        if (!terminal.moves() || text.length() <= width()) {
            return text;
        }
        var end = terminal.unicode() ? "…" : "...";
        return text.substring(0, width() - end.length()) + end;
    }

    private String shown(String text) {
        if (terminal.unicode()) {
            return text;
        }
        var shown = text;
        for (var sign : ASCII.entrySet()) {
            shown = shown.replace(sign.getKey(), sign.getValue());
        }
        return shown.replaceAll("[^\\x00-\\x7f]", "?");
    }

    // ---- the line that is alive

    synchronized void alive(Supplier<String> text) {
        if (mute || !terminal.moves()) {
            return;
        }
        alive = text;
        painter = Thread.ofVirtual().name("painter").start(this::repaint);
    }

    private void repaint() {
        try {
            while (true) {
                Thread.sleep(ALIVE_EVERY);
                synchronized (this) {
                    if (alive == null) {
                        return;
                    }
                    wipe();
                    paint();
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            // The story is over.
        }
    }

    private void wipe() {
        if (alive != null) {
            out.print(WIPE);
        }
    }

    private void paint() {
        if (alive != null) {
            out.print(painted(Look.FAINT, clipped(shown(alive.get()))));
        }
    }

    /// Wipes the line that is alive, and writes it no more.
    synchronized void still() {
        wipe();
        alive = null;
        if (painter != null) {
            painter.interrupt();
            painter = null;
        }
        out.flush();
    }

    // ---- asking

    /// @return whether the answer was yes
    boolean ask(String question) {
        still();
        terminal.out().print("%s%s [y/N] ".formatted(GUTTER, question));
        terminal.out().flush();
        try {
            var answer = terminal.in().readLine();
            return answer != null
                    && answer.strip().toLowerCase(java.util.Locale.ROOT).matches("y|yes");
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        still();
    }
}
