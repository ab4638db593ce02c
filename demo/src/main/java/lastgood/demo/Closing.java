package lastgood.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import lastgood.core.Words;
import lastgood.demo.Findings.Moment;
import lastgood.demo.Narrator.Look;
import lastgood.demo.load.Tape;

/// The last act: the report, when what happened, what users felt, and where it is written down.
final class Closing {

    private final Narrator tell;
    private final Stage stage;
    private final Findings found;
    private final Story.Ending ending;

    Closing(Narrator tell, Stage stage, Findings found, Story.Ending ending) {
        this.tell = tell;
        this.stage = stage;
        this.found = found;
        this.ending = ending;
    }

    void tell(int act, Instant began) {
        tell.act(act, "What is left");
        tell.output(ending.report());
        times(began);
        users(began);
        files();
    }

    private void times(Instant began) {
        tell.more("");
        tell.row(Look.BOLD, "%-30s %8s   %s".formatted("measured", "at", "since first failure"));
        var first = found.when(Moment.FIRST_BAD_REQUEST);
        for (var moment : found.inOrder()) {
            var after = first.filter(f -> !moment.getValue().isBefore(f))
                    .map(f -> String.format(
                            Locale.ROOT,
                            "   %+7.1f s",
                            Duration.between(f, moment.getValue()).toMillis() / 1000.0))
                    .orElse("");
            tell.row(
                    Look.PLAIN,
                    "%-30s %8s%s%s"
                            .formatted(
                                    moment.getKey().words(),
                                    Narrator.minutes(Duration.between(began, moment.getValue())),
                                    after,
                                    moment.getKey() == Moment.TAKEN_OVER ? takeover() : ""));
        }
    }

    private String takeover() {
        return found.between(Moment.KILLED, Moment.TAKEN_OVER)
                .map(d -> String.format(Locale.ROOT, "  (%,d ms after the kill)", d.toMillis()))
                .orElse("");
    }

    // ---- users

    private void users(Instant began) {
        var tape = ending.load().tape();
        var totals = tape.totals();
        tell.more("");
        tell.row(
                Look.BOLD,
                "users: %s of %s failed (%s)"
                        .formatted(
                                String.format(Locale.ROOT, "%,d", totals.failed()),
                                String.format(Locale.ROOT, "%,d requests", totals.ok() + totals.failed()),
                                Story.percent(totals.failedPercent())));
        tell.more("failed requests by who answered them: " + answered(tape.failedBy()));
        var percents = tape.seconds().stream().map(Tape.Second::failedPercent).toList();
        var marks = marks();
        Sparkline.lines(percents, marks, tell.width() - 12, tell.unicode())
                .forEach(l -> tell.row(Look.PLAIN, "  " + l));
        legend(began, marks);
        tell.faint("(one column: %s; full height: %s of its requests failed)"
                .formatted(
                        Words.count(Math.max(1, Math.ceilDiv(percents.size(), tell.width() - 12)), "second"),
                        Story.percent(Sparkline.full(percents))));
    }

    private static String answered(Map<String, Integer> by) {
        return by.isEmpty()
                ? "none"
                : by.entrySet().stream()
                        .map(e -> "%s %,d".formatted(e.getKey().isEmpty() ? "nobody" : e.getKey(), e.getValue()))
                        .collect(Collectors.joining(" · "));
    }

    private List<Sparkline.Mark> marks() {
        var marks = new ArrayList<Sparkline.Mark>();
        mark(marks, Moment.BAD_RELEASE, "v4.0.5 goes out");
        mark(marks, Moment.SUSPECTED, "suspected");
        mark(marks, Moment.NOTICED, "proved");
        mark(marks, Moment.FIRST_CHANGE, "rollback begins");
        mark(marks, Moment.KILLED, "engine killed");
        mark(marks, Moment.TAKEN_OVER, "taken over");
        mark(marks, Moment.VERIFIED, "recovery proved");
        return marks;
    }

    private void mark(List<Sparkline.Mark> marks, Moment moment, String words) {
        found.when(moment)
                .ifPresent(at -> marks.add(new Sparkline.Mark(
                        Duration.between(ending.load().beganAt(), at).toMillis() / 1000.0, words)));
    }

    /// `a 0:12 v4.0.5 goes out   b 0:20 noticed`, as many as fit a line.
    private void legend(Instant began, List<Sparkline.Mark> marks) {
        var offset = Duration.between(began, ending.load().beganAt());
        var line = new StringBuilder(" ");
        for (var i = 0; i < marks.size(); i++) {
            var at = offset.plusMillis((long) (marks.get(i).second() * 1000));
            var text = " %c %s %s "
                    .formatted(
                            (char) ('a' + i), Narrator.minutes(at), marks.get(i).words());
            if (line.length() + text.length() > tell.width() - 12) {
                tell.row(Look.PLAIN, line.toString().stripTrailing());
                line = new StringBuilder(" ");
            }
            line.append(text);
        }
        tell.row(Look.PLAIN, line.toString().stripTrailing());
    }

    // ---- files

    private void files() {
        var run = ending.run();
        tell.more("");
        tell.whole("written down in " + stage.folder());
        tell.more("journal    %s".formatted(Path.of("data", "runs", run.text(), "journal.jsonl")));
        tell.more("evidence   %s".formatted(Path.of("data", "evidence", run.text())));
        tell.more("report     report.txt");
        // Where the schema went back, the report itself says what undoing it would take.
        if (ending.report().stream().noneMatch(l -> l.contains("undo: none"))) {
            tell.more("undo       lastgood undo %s      (would put %s back)".formatted(run, Stage.BAD));
        }
    }
}
