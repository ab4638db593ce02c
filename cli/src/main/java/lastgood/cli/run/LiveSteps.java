package lastgood.cli.run;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import lastgood.cli.out.Paint;
import lastgood.cli.out.Screen;
import lastgood.cli.out.When;
import lastgood.core.RunId;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.JournalRecord;
import lastgood.engine.port.Time;

/// The list of steps, redrawn in place while a person looks.
final class LiveSteps implements Watching {

    private static final String UP_AND_CLEAR = "\u001b[%dA\u001b[J";

    private final Screen screen;
    private final Lines between;
    private final Time time;
    private final RunId run;
    private final Plan plan;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private Instant began = Instant.EPOCH;
    private int drawn;

    private record Line(String sign, Paint paint, String words) {}

    LiveSteps(Screen screen, Time time, ZoneId zone, RunId run, Plan plan) {
        this.screen = screen;
        this.between = new Lines(screen, time, zone, run, plan, false);
        this.time = time;
        this.run = run;
        this.plan = plan;
        // What only a cancel needs, shows up with it.
        plan.steps().stream()
                .filter(s -> s.phase() != PlannedStep.Phase.CALLED_OFF)
                .forEach(s -> lines.put(s.id(), new Line("· todo", Paint.FAINT, Steps.what(s.step()))));
    }

    @Override
    public synchronized void record(JournalRecord record) {
        if (began.equals(Instant.EPOCH)) {
            began = record.at();
        }
        switch (record.entry()) {
            case Entry.Intent(var step, var _, var _, var _) ->
                lines.put(
                        step,
                        new Line(
                                "◌ wait", Paint.BOLD, Steps.what(plan.step(step).step())));
            case Entry.Done(var step, var evidence) -> lines.put(step, new Line("✔ ok  ", Paint.GOOD, evidence.name()));
            case Entry.Skipped(var step, var why) -> lines.put(step, new Line("✔ ok  ", Paint.GOOD, why));
            case Entry.Failed(var step, var why, var _) -> lines.put(step, new Line("✖ FAIL", Paint.BAD, why));
            case Entry.Unknown(var step, var question) -> lines.put(step, new Line("✖ stop", Paint.BAD, question));
            case Entry.VerdictReached(var step, var judgement, var why, var _) ->
                lines.put(
                        step,
                        judgement == Entry.Judgement.PROVED
                                ? new Line("✔ ok  ", Paint.GOOD, why)
                                : new Line("✖ FAIL", Paint.BAD, why));
            case Entry.Window(var step, var _, var _, var _) ->
                Events.line(record, plan)
                        .ifPresent(e -> lines.put(
                                step,
                                new Line(
                                        "◌ wait",
                                        Paint.BOLD,
                                        e.text().substring(e.text().indexOf(':') + 2))));
            case Entry.Opened _, Entry.Planned _, Entry.TimerSet _, Entry.Sent _, Entry.Closed _ -> {}
            case Entry.ApprovalRequested _,
                    Entry.Approved _,
                    Entry.Rejected _,
                    Entry.TakenOver _,
                    Entry.TimerFired _,
                    Entry.Paused _,
                    Entry.Resumed _,
                    Entry.CancelRequested _,
                    Entry.GaveUp _,
                    Entry.Ratified _ -> {
                clear();
                between.record(record);
            }
        }
        draw();
    }

    @Override
    public synchronized void waiting(PlannedStep step, String what) {
        lines.put(step.id(), new Line("◌ wait", Paint.BOLD, Screen.plain(what)));
        draw();
    }

    @Override
    public synchronized void note(String text) {
        clear();
        screen.say(text);
        draw();
    }

    @Override
    public synchronized void end() {
        drawn = 0;
    }

    private void clear() {
        if (drawn > 0) {
            screen.raw(UP_AND_CLEAR.formatted(drawn));
            drawn = 0;
        }
    }

    private void draw() {
        var block = new ArrayList<String>();
        block.add(fitted("%s  %s  %s → %s   %s"
                .formatted(
                        run,
                        plan.service(),
                        plan.from(),
                        plan.to(),
                        When.coarse(Duration.between(began, time.now())))));
        plan.steps().stream().filter(s -> lines.containsKey(s.id())).forEach(s -> block.add(line(s)));
        var text = new StringBuilder();
        if (drawn > 0) {
            text.append(UP_AND_CLEAR.formatted(drawn));
        }
        block.forEach(l -> text.append(l).append('\n'));
        screen.raw(text.toString());
        drawn = block.size();
    }

    private String line(PlannedStep step) {
        var line = lines.getOrDefault(step.id(), new Line("· todo", Paint.FAINT, ""));
        return screen.paintErr(line.paint(), fitted(" %s  %-20s %s".formatted(line.sign(), step.id(), line.words())));
    }

    /// A line that wraps would be redrawn at the wrong place.
    private String fitted(String text) {
        var width = screen.width() - 1;
        return text.length() <= width ? text : text.substring(0, width - 1) + "…";
    }
}
