package lastgood.cli.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Table;
import lastgood.core.Words;
import lastgood.core.decide.Decision;
import lastgood.engine.watch.Recording;
import lastgood.engine.watch.Replay;
import lastgood.engine.watch.Unreadable;

/// The decisions of a recorded watch, made once more: whoever doubts one can see what it rested on.
final class Replayed {

    /// Watches decide each second; what people want to see is where they changed their mind.
    private static final int SHOWN_MAX = 40;

    private final Path file;
    private final Format format;

    Replayed(Path file, Format format) {
        this.file = file;
        this.format = format;
    }

    Exit say(Screen screen) {
        var replay = read();
        if (format == Format.JSON || format == Format.YAML) {
            screen.data(Data.text(data(replay), format));
        } else {
            screen.data(lines(replay, screen));
        }
        return replay.firstDifference().isPresent() ? Exit.FAILED : Exit.DONE;
    }

    private Replay read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new Failure(
                    Exit.USAGE,
                    "could not read %s: %s".formatted(file, e.getMessage()),
                    "name the file that `lastgood watch --record FILE` wrote");
        }
        try {
            return Recording.replay(String.valueOf(file.getFileName()), lines);
        } catch (Unreadable e) {
            var said = String.valueOf(e.getMessage()).lines().toList();
            throw new Failure(Exit.USAGE, said.getFirst(), said.getLast().replace("hint: ", ""));
        }
    }

    private static List<String> lines(Replay replay, Screen screen) {
        var lines = new ArrayList<String>();
        lines.add("%s of %s, %s"
                .formatted(
                        Words.count(replay.steps().size(), "decision"),
                        replay.question().service(),
                        Words.count(replay.scrapes(), "scrape")));
        var table = new Table("AT", "DECISION", "SEVERITY", "AGAIN", "WHY");
        var changes = changes(replay);
        for (var step : changes.subList(0, Math.min(SHOWN_MAX, changes.size()))) {
            var decision = step.again();
            table.row(
                    step.situation().now().toString(),
                    decision.act().name(),
                    decision.severity().map(Object::toString).orElse("-"),
                    words(step.agreement()),
                    decision.reasons().isEmpty()
                            ? ""
                            : Screen.plain(decision.reasons().getFirst()));
        }
        lines.addAll(table.lines());
        if (changes.size() > SHOWN_MAX) {
            lines.add("and %d more; -o json has all".formatted(changes.size() - SHOWN_MAX));
        }
        if (replay.cutOff()) {
            lines.add("the last line is torn, as by a crash while it was written; it is left out");
        }
        lines.add(replay.firstDifference()
                .map(step -> screen.paint(Paint.BAD, "✖ line %d comes to something else now".formatted(step.line())))
                .orElse(screen.paint(Paint.GOOD, "✔ every decision comes to the same again")));
        return lines;
    }

    /// Where the decision is another one than before, or comes out otherwise.
    private static List<Replay.Step> changes(Replay replay) {
        var changes = new ArrayList<Replay.Step>();
        Decision last = null;
        for (var step : replay.steps()) {
            var again = step.again();
            if (last == null
                    || last.act() != again.act()
                    || !last.severity().equals(again.severity())
                    || step.agreement() == Replay.Agreement.DIFFERENT) {
                changes.add(step);
            }
            last = again;
        }
        return changes;
    }

    private static String words(Replay.Agreement agreement) {
        return switch (agreement) {
            case SAME -> "the same";
            case OTHER_WORDS -> "the same, in other words";
            case DIFFERENT -> "✖ DIFFERENT";
        };
    }

    private static com.fasterxml.jackson.databind.JsonNode data(Replay replay) {
        var doc = Data.document("Replay")
                .put("service", replay.question().service().toString())
                .put("scrapes", replay.scrapes())
                .put("cutOff", replay.cutOff())
                .put("same", replay.firstDifference().isEmpty());
        var items = doc.putArray("items");
        replay.steps()
                .forEach(s -> items.addObject()
                        .put("line", s.line())
                        .put("at", s.situation().now().toString())
                        .put("act", s.again().act().name())
                        .put(
                                "severity",
                                s.again().severity().map(Object::toString).orElse(null))
                        .put("agreement", s.agreement().name()));
        return doc;
    }
}
