package lastgood.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.engine.watch.View;

/// How a watch is shown: a calm screen for people, lines for logs, documents for programs.
interface Shown {

    /// Between two lines that say nothing new.
    Duration LINE_EVERY = Duration.ofSeconds(10);

    void show(Advice advice, View view);

    void blind(String why);

    /// Somebody else is about to write.
    default void pause() {}

    /// @param data whether a program reads it
    static Shown on(Screen screen, boolean data) {
        return data ? new JsonLines(screen) : screen.moves() ? new Block(screen) : new Lines(screen);
    }

    /// One each ten seconds, and at each change.
    final class Lines implements Shown {

        private final Screen screen;
        private Instant last = Instant.EPOCH;
        private String headline = "";

        Lines(Screen screen) {
            this.screen = screen;
        }

        @Override
        public void show(Advice advice, View view) {
            var now = view.situation().now();
            if (!advice.headline().equals(headline) || last.plus(LINE_EVERY).compareTo(now) <= 0) {
                screen.data(advice.line());
                last = now;
                headline = advice.headline();
            }
        }

        @Override
        public void blind(String why) {
            if (!headline.equals(why)) {
                screen.data("◌ could not look: " + Screen.plain(why));
                headline = why;
            }
        }
    }

    /// One document to a line.
    final class JsonLines implements Shown {

        private final Screen screen;
        private Instant last = Instant.EPOCH;
        private String act = "";

        JsonLines(Screen screen) {
            this.screen = screen;
        }

        @Override
        public void show(Advice advice, View view) {
            var now = view.situation().now();
            var word = view.decision().act().name();
            if (!word.equals(act) || last.plus(LINE_EVERY).compareTo(now) <= 0) {
                screen.data(advice.data().toString());
                last = now;
                act = word;
            }
        }

        @Override
        public void blind(String why) {
            if (!act.equals(why)) {
                screen.data(Data.document("Blind").put("why", why).toString());
                act = why;
            }
        }
    }

    /// The same lines redrawn in place.
    final class Block implements Shown {

        private final Screen screen;
        private int drawn;

        Block(Screen screen) {
            this.screen = screen;
        }

        @Override
        public void show(Advice advice, View view) {
            draw(advice.lines(screen));
        }

        @Override
        public void blind(String why) {
            draw(List.of("◌ could not look: " + Screen.plain(why)));
        }

        private void draw(List<String> lines) {
            var text = new StringBuilder(drawn > 0 ? "\u001b[%dA\u001b[J".formatted(drawn) : "");
            var width = screen.width() - 1;
            for (var line : lines) {
                text.append(line.length() <= width ? line : line.substring(0, width - 1) + "…")
                        .append('\n');
            }
            screen.raw(text.toString());
            drawn = lines.size();
        }

        @Override
        public void pause() {
            drawn = 0;
        }
    }
}
