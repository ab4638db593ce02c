package lastgood.cli.run;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.engine.journal.JournalRecord;
import lastgood.engine.port.Time;

/// One plain line for each event: for pipes, logs and CI.
final class Lines implements Watching {

    /// A crash loop has new words several times a second; a log does not need each of them.
    private static final Duration SAME_EVERY = Duration.ofSeconds(5);

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Screen screen;
    private final Time time;
    private final ZoneId zone;
    private final RunId run;
    private final Plan plan;
    private final boolean explain;
    private String lastText = "";
    private String lastWaiting = "";
    private Instant waitedAt = Instant.EPOCH;

    Lines(Screen screen, Time time, ZoneId zone, RunId run, Plan plan, boolean explain) {
        this.screen = screen;
        this.time = time;
        this.zone = zone;
        this.run = run;
        this.plan = plan;
        this.explain = explain;
    }

    @Override
    public void record(JournalRecord record) {
        Events.line(record, plan).filter(e -> !isSame(e)).ifPresent(e -> print(record.at(), e));
        if (explain
                && record.entry() instanceof lastgood.engine.journal.Entry.Intent(var step, var attempt, var _, var _)
                && attempt == 1) {
            note("         why: " + Steps.explain(plan.step(step).step()));
        }
    }

    /// A watch that sees the same for half an hour says it once.
    private boolean isSame(Events.Event event) {
        var same = event.text().equals(lastText);
        lastText = event.text();
        return same;
    }

    private void print(Instant at, Events.Event event) {
        var text = event.sign().isEmpty() ? event.text() : event.sign() + " " + event.text();
        var line = "%s %s  %s".formatted(CLOCK.format(at.atZone(zone)), run, text);
        screen.say(event.paint().map(p -> screen.paintErr(p, line)).orElse(line));
    }

    @Override
    public void waiting(PlannedStep step, String what) {
        if (step.step() instanceof Step.WatchRecovery) {
            // Its samples come as records.
            return;
        }
        var line = "%s: %s".formatted(step.id(), Texts.brief(what));
        var now = time.now();
        if (!line.equals(lastWaiting)
                && (isProgress(line) || waitedAt.plus(SAME_EVERY).isBefore(now))) {
            lastWaiting = line;
            waitedAt = now;
            print(now, new Events.Event("◌ wait", line, Optional.of(Paint.FAINT)));
        }
    }

    /// What comes before the first `;` is how far it is; behind it stands what is wrong, in ever new words.
    private boolean isProgress(String line) {
        return !head(line).equals(head(lastWaiting));
    }

    private static String head(String line) {
        var end = line.indexOf(';');
        return end < 0 ? line : line.substring(0, end);
    }

    @Override
    public void note(String text) {
        screen.say(text);
    }

    @Override
    public void end() {}
}
