package lastgood.cli.run;

import java.util.Optional;
import lastgood.cli.out.Paint;
import lastgood.core.plan.Plan;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.JournalRecord;

/// Journal records in words, as far as somebody who watches a run wants to hear of them.
final class Events {

    private Events() {}

    /// @param sign a sign and its word, or empty
    record Event(String sign, String text, Optional<Paint> paint) {}

    static Optional<Event> line(JournalRecord record, Plan plan) {
        return switch (record.entry()) {
            case Entry.Opened(var kind, var service, var by, var reason, var emergency) ->
                plain("%s of %s%s asked for by %s: %s"
                        .formatted(kind.word(), service, emergency ? " (emergency)" : "", by, reason));
            case Entry.Planned(var _, var planned, var _) ->
                plain("plan: %s → %s, %d steps"
                        .formatted(planned.from(), planned.to(), planned.steps().size()));
            case Entry.ApprovalRequested(var role, var _, var expires) ->
                event("◌ wait", "needs approval by %s until %s".formatted(role, expires), Paint.WARN);
            case Entry.Approved(var by, var role, var _) ->
                event("✔ ok", "approved by %s (%s)".formatted(by, role), Paint.GOOD);
            case Entry.Rejected(var by, var why) -> event("✖ no", "rejected by %s: %s".formatted(by, why), Paint.BAD);
            case Entry.TakenOver(var why) -> record.epoch() == 1 ? Optional.empty() : plain(why);
            case Entry.Intent(var step, var attempt, var _, var _) ->
                attempt == 1
                        ? event(
                                "◌ do",
                                "%s: %s"
                                        .formatted(
                                                step, Steps.what(plan.step(step).step())),
                                Paint.FAINT)
                        : event("◌ again", "%s: attempt %d".formatted(step, attempt), Paint.WARN);
            case Entry.Done(var step, var evidence) ->
                event("✔ ok", "%s: %s".formatted(step, evidence.name()), Paint.GOOD);
            case Entry.Skipped(var step, var why) -> event("✔ ok", "%s: %s".formatted(step, why), Paint.GOOD);
            case Entry.Failed(var step, var why, var _) -> event("✖ FAIL", "%s: %s".formatted(step, why), Paint.BAD);
            case Entry.Unknown(var step, var question) ->
                event("✖ needs a person", "%s: %s".formatted(step, question), Paint.BAD);
            case Entry.TimerFired(var name) -> event("◌ time", "%s passed".formatted(name), Paint.WARN);
            case Entry.Window(var step, var tally, var notes, var _) -> window(plan, step, tally, notes);
            case Entry.VerdictReached(var step, var judgement, var why, var _) ->
                judgement == Entry.Judgement.PROVED
                        ? event("✔ ok", "%s: proved: %s".formatted(step, why), Paint.GOOD)
                        : event(
                                "✖ FAIL",
                                "%s: %s: %s"
                                        .formatted(
                                                step,
                                                judgement == Entry.Judgement.REFUTED ? "refuted" : "not proved",
                                                why),
                                Paint.BAD);
            case Entry.Paused(var by, var why) -> event("◌ paused", "by %s: %s".formatted(by, why), Paint.WARN);
            case Entry.Resumed(var by, var why) -> plain("resumed by %s: %s".formatted(by, why));
            case Entry.CancelRequested(var by, var why) ->
                event("◌ cancel", "asked for by %s: %s".formatted(by, why), Paint.WARN);
            case Entry.GaveUp(var notice, var why) ->
                event("◌ notice", "%s could not be sent: %s".formatted(notice, why), Paint.WARN);
            case Entry.Ratified(var by, var role) ->
                event("✔ ok", "approved afterwards by %s (%s)".formatted(by, role), Paint.GOOD);
            // Said by the report, or of no interest to who watches.
            case Entry.Closed _, Entry.TimerSet _, Entry.Sent _ -> Optional.empty();
        };
    }

    private static Optional<Event> window(
            Plan plan, String step, lastgood.core.recover.Tally tally, java.util.List<String> notes) {
        var wanted = plan.step(step).step() instanceof lastgood.core.plan.Step.WatchRecovery watch
                ? watch.rules().samplesWanted()
                : 0;
        var text = "%s: %d of %d samples passed in a row".formatted(step, Math.min(tally.inARow(), wanted), wanted);
        return event("◌ watch", notes.isEmpty() ? text : text + "; " + String.join("; ", notes), Paint.FAINT);
    }

    private static Optional<Event> plain(String text) {
        return Optional.of(new Event("", text, Optional.empty()));
    }

    private static Optional<Event> event(String sign, String text, Paint paint) {
        return Optional.of(new Event(sign, text, Optional.of(paint)));
    }
}
