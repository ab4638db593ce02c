package lastgood.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.core.recover.Probed;
import lastgood.core.recover.Proof;
import lastgood.core.recover.Recovery;
import lastgood.core.recover.Sample;
import lastgood.core.recover.Tally;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Entry.Judgement;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState.StepPhase;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.steps.Handlers;
import lastgood.engine.steps.Sighting;

/// Takes a step one look further. Called again and again; each call looks, changes at most one thing, and
/// leaves everything that must last in the journal.
final class StepRunner {

    /// Answers to one change that left it undone: refused because the world had moved, or accepted and not seen to be
    /// made. A world that answers so this often does not hold still; a person should see it. No answer is not one.
    private static final int ANSWERS_MAX = 20;

    /// Owners that asked for one change and did not live to see what became of it: it may be the change that they die
    /// of, and the next one would fare no better.
    private static final int OWNERS_MAX = 20;

    /// Looks in a row that found trouble and no progress. At two looks a second this is half a minute of, say, crash
    /// loops: longer than a slow start, shorter than a deadline.
    private static final int TROUBLED_LOOKS_MAX = 60;

    /// Looks in a row that could not tell.
    private static final int UNCLEAR_LOOKS_MAX = 10;

    private static final Duration BREATH = Duration.ofMillis(200);
    private static final Duration BREATH_MAX = Duration.ofSeconds(5);

    /// Longer after a change that was not answered than after a look: each attempt at a change is a record, and a step
    /// may have hours.
    private static final Duration ATTEMPT_BREATH_MAX = Duration.ofSeconds(15);

    /// Whoever is silent for some seconds loses its turn: so a long breath is taken in parts.
    private static final Duration BEAT_EVERY = Duration.ofSeconds(1);

    private final Ports ports;
    private final Handlers handlers;
    private final Journal journal;
    private final int epoch;
    private final Pen pen;
    private final Progress progress;
    private final UserWatch users;

    /// What this owner has noticed of the step at hand. Losing it in a crash costs patience, never safety.
    private Patience patience;

    private static final class Patience {
        final String step;
        final Instant began;
        int troubled;
        int unclear;
        int refused;
        int accepted;
        int unreachable;
        int unanswered;
        String lastProgress = "";
        String lastSeen = "";
        String lastSilence = "";

        Patience(String step, Instant began) {
            this.step = step;
            this.began = began;
        }

        /// A look was answered. That a change was not, is still so if it is not seen to be made.
        void heard(Sighting seen) {
            unreachable = 0;
            lastSeen = words(seen);
            if (!(seen instanceof Sighting.NotYet) || unanswered == 0) {
                answered();
            }
        }

        void answered() {
            unanswered = 0;
            lastSilence = "";
        }

        private static String words(Sighting seen) {
            return switch (seen) {
                case Sighting.Done(var evidence) -> evidence.name();
                case Sighting.NotYet _ -> "not changed";
                case Sighting.Underway(var what, var trouble, var _) ->
                    trouble.isEmpty() ? what : what + "; " + trouble;
                case Sighting.Foreign(var what) -> what;
                case Sighting.Unclear(var why) -> why;
            };
        }
    }

    StepRunner(Ports ports, Handlers handlers, Journal journal, int epoch, Pen pen, Progress progress) {
        this.ports = ports;
        this.handlers = handlers;
        this.journal = journal;
        this.epoch = epoch;
        this.pen = pen;
        this.progress = progress;
        this.users = new UserWatch(ports);
        this.patience = new Patience("", Instant.EPOCH);
    }

    void advance(PlannedStep step) throws InterruptedException {
        if (!patience.step.equals(step.id())) {
            patience = new Patience(step.id(), ports.time().now());
        }
        if (step.step() instanceof Step.WatchRecovery watch) {
            watch(step, watch);
            return;
        }
        var late = Duration.between(patience.began, ports.time().now()).compareTo(step.timeout()) > 0;
        try {
            var seen = handlers.look(step.step(), key(step));
            patience.heard(seen);
            if (late && !(seen instanceof Sighting.Done)) {
                fail(step, tooLate(step));
            } else {
                act(step, seen);
            }
        } catch (WorldMoved _) {
            // What we saw is not what is: the next turn looks again.
            ports.time().pause(BREATH);
        } catch (Unreachable e) {
            if (late) {
                patience.lastSilence = e.getMessage();
                fail(step, tooLate(step));
            } else {
                unreachable(step, e);
            }
        } catch (Forbidden e) {
            fail(step, e.getMessage());
        }
    }

    /// What is known when the time is up, and no more than that: a world that did not answer has neither moved nor
    /// been found unchanged.
    private String tooLate(PlannedStep step) {
        var within = "not done within " + lastgood.core.Words.duration(step.timeout());
        var seen = patience.lastSeen.isEmpty() ? "" : "; last seen: " + patience.lastSeen;
        if (patience.lastSilence.isEmpty()) {
            return within + seen;
        }
        return "%s: no answer (%s)%s%s".formatted(within, patience.lastSilence, askedFor(step), seen);
    }

    private String askedFor(PlannedStep step) {
        var times = journal.state().attempts(step.id());
        if (step.step().onlyLooks()) {
            return "";
        }
        return times == 0
                ? "; the change was never asked for"
                : "; the change was asked for %s, and what became of it is not known"
                        .formatted(times == 1 ? "once" : times + " times");
    }

    private String key(PlannedStep step) {
        return fence(step).key();
    }

    private Fence fence(PlannedStep step) {
        return new Fence(journal.run(), step.id(), epoch);
    }

    private void act(PlannedStep step, Sighting sighting) throws InterruptedException {
        switch (sighting) {
            case Sighting.Done(var evidence) ->
                pen.write(
                        journal.state().attempts(step.id()) > 0 || step.step().onlyLooks()
                                ? new Entry.Done(step.id(), evidence)
                                : new Entry.Skipped(step.id(), "already so: " + evidence.name()));
            case Sighting.NotYet notYet -> change(step, notYet);
            case Sighting.Underway(var what, var trouble, var again) -> {
                wait(step, what, trouble, again);
            }
            case Sighting.Foreign(var what) -> fail(step, what);
            case Sighting.Unclear(var why) -> {
                patience.unclear++;
                if (patience.unclear >= UNCLEAR_LOOKS_MAX) {
                    fail(step, "could not tell how it stands: " + why);
                } else {
                    ports.time().pause(BREATH);
                }
            }
        }
    }

    private void change(PlannedStep step, Sighting.NotYet notYet) throws InterruptedException {
        var state = journal.state();
        if (patience.refused + patience.accepted >= ANSWERS_MAX) {
            fail(step, withoutEffect());
            return;
        }
        if (state.owners(step.id()) >= OWNERS_MAX && state.lastAskedIn(step.id()) != epoch) {
            fail(
                    step,
                    "%d processes asked for it, one after the other, and none of them saw it done"
                            .formatted(OWNERS_MAX));
            return;
        }
        // Only the append is permission to act. If it fails, somebody else has something to say first.
        if (!pen.write(new Entry.Intent(step.id(), state.attempts(step.id()) + 1, key(step), notYet.seen()))) {
            return;
        }
        try {
            notYet.change().make(fence(step));
            patience.answered();
            patience.accepted++;
        } catch (WorldMoved e) {
            patience.answered();
            patience.refused++;
            throw e;
        } catch (Unreachable e) {
            patience.unanswered++;
            silence(step, e, breath(patience.unanswered, ATTEMPT_BREATH_MAX));
        } catch (Forbidden e) {
            refused(step, e.getMessage());
        }
    }

    private String withoutEffect() {
        return patience.accepted == 0
                ? "refused %d times, and each time because the world had moved".formatted(patience.refused)
                : "asked for %d times: %d times accepted and not seen to be made, %d times refused because the world had moved"
                        .formatted(ANSWERS_MAX, patience.accepted, patience.refused);
    }

    private void wait(PlannedStep step, String what, String trouble, Duration again) throws InterruptedException {
        progress.waiting(step, trouble.isEmpty() ? what : what + "; " + trouble);
        var standingStill = what.equals(patience.lastProgress);
        patience.troubled = !trouble.isEmpty() && standingStill ? patience.troubled + 1 : 0;
        patience.lastProgress = what;
        if (patience.troubled >= TROUBLED_LOOKS_MAX) {
            fail(step, "%s; %s".formatted(what, trouble));
            return;
        }
        ports.time().pause(again);
    }

    /// The world does not answer. It will be asked until the step's own timeout, ever more slowly.
    private void unreachable(PlannedStep step, Unreachable e) throws InterruptedException {
        patience.unreachable++;
        silence(step, e, breath(patience.unreachable, BREATH_MAX));
    }

    private void silence(PlannedStep step, Unreachable e, Duration breath) throws InterruptedException {
        patience.lastSilence = e.getMessage();
        progress.waiting(step, e.getMessage());
        for (var left = breath; left.isPositive(); left = left.minus(BEAT_EVERY)) {
            ports.drivers().beat(journal.run());
            ports.time().pause(left.compareTo(BEAT_EVERY) < 0 ? left : BEAT_EVERY);
        }
    }

    /// Twice as long each time.
    private static Duration breath(int times, Duration max) {
        var breath = BREATH.multipliedBy(1L << Math.min(times - 1, 10));
        return breath.compareTo(max) > 0 ? max : breath;
    }

    /// The world understood the change and said no. If it was asked only once, it has not changed anything either. A
    /// look that is refused says nothing of the kind: what was asked for before it may have been made.
    private void refused(PlannedStep step, String why) {
        fail(step, why, journal.state().attempts(step.id()) <= 1);
    }

    private void fail(PlannedStep step, String why) {
        fail(step, why, journal.state().attempts(step.id()) == 0);
    }

    /// A step that failed before production was touched ends the run; after that a person decides, because to
    /// go on, to go back and to leave it are all dangerous.
    private void fail(PlannedStep step, String why, boolean untouched) {
        var state = journal.state();
        var changed = untouched ? state.mayHaveChangedProductionBesides(step.id()) : state.mayHaveChangedProduction();
        var mustStop = step.onFailure() == PlannedStep.OnFailure.STOP && step.phase() == PlannedStep.Phase.MAIN;
        if (mustStop && changed && state.cancel().isEmpty()) {
            pen.write(new Entry.Unknown(step.id(), why));
        } else {
            pen.write(new Entry.Failed(
                    step.id(), mustStop && !changed ? why + "\nproduction was not changed" : why, untouched));
        }
    }

    /// A cancel: one more look, so that the record says how the step was left.
    void abandon(PlannedStep step) throws InterruptedException {
        if (step.step() instanceof Step.WatchRecovery) {
            pen.write(new Entry.Failed(step.id(), "cancelled before users were proved to be well", false));
            return;
        }
        try {
            switch (handlers.look(step.step(), key(step))) {
                case Sighting.Done(var evidence) -> pen.write(new Entry.Done(step.id(), evidence));
                case Sighting.NotYet _ -> pen.write(new Entry.Failed(step.id(), "cancelled; it was not changed", true));
                case Sighting.Underway(var what, var trouble, var _) ->
                    pen.write(new Entry.Failed(
                            step.id(),
                            "cancelled while underway: %s %s"
                                    .formatted(what, trouble)
                                    .strip(),
                            false));
                case Sighting.Foreign(var what) -> pen.write(new Entry.Failed(step.id(), "cancelled; " + what, false));
                case Sighting.Unclear(var why) ->
                    pen.write(new Entry.Failed(step.id(), "cancelled; could not tell: " + why, false));
            }
        } catch (Unreachable e) {
            unreachable(step, e);
            if (patience.unreachable > UNCLEAR_LOOKS_MAX) {
                pen.write(new Entry.Failed(step.id(), "cancelled; could not tell: " + e.getMessage(), false));
            }
        }
    }

    /// The journal counts the samples, so whoever takes over goes on counting.
    private void watch(PlannedStep step, Step.WatchRecovery watch) throws InterruptedException {
        var state = journal.state();
        if (state.phase(step.id()) == StepPhase.NOT_STARTED) {
            pen.write(new Entry.Intent(step.id(), 1, key(step), new TreeMap<>()));
            return;
        }
        var before = state.tally(step.id());
        var probed = before.taken() > 0 ? users.pause(state, step.id(), watch) : Optional.<Probed>empty();
        var proof = users.look(state, step.id(), watch);
        // A short row may be the last one already: then this sample has to be over the whole checklist.
        var full = before.taken() == 0 || (before.inARow() >= watch.rules().samplesWanted() - 1 && proof.ready());
        var sample = ask(watch, state.since(step.id()), full);
        var tally = before.plus(sample.of(watch.rules().required()));
        if (pen.write(new Entry.Window(step.id(), tally, notes(watch, sample, proof), probed.orElse(null)))) {
            judge(step, watch, sample, tally, proof);
        }
    }

    /// A team may require nothing but dear checks; then each sample has to ask them, or it would know nothing.
    private Sample ask(Step.WatchRecovery watch, Instant since, boolean full) {
        var sample = ports.checks().ask(watch.service(), watch.release(), since, full);
        var askedNone = sample.results().stream()
                .noneMatch(r -> watch.rules().required().contains(r.check()));
        return askedNone && !full ? ports.checks().ask(watch.service(), watch.release(), since, true) : sample;
    }

    private static List<String> notes(Step.WatchRecovery watch, Sample sample, Proof proof) {
        var notes = new ArrayList<String>();
        sample.results().stream()
                .filter(r -> watch.rules().required().contains(r.check()) && r.finding() != Finding.PASS)
                .map(lastgood.core.recover.CheckResult::line)
                .forEach(notes::add);
        if (!proof.line().isEmpty()) {
            notes.add(proof.line());
        }
        return notes;
    }

    private void judge(PlannedStep step, Step.WatchRecovery watch, Sample sample, Tally tally, Proof users) {
        progress.waiting(
                step,
                "%d of %d samples passed in a row"
                        .formatted(
                                Math.min(tally.inARow(), watch.rules().samplesWanted()),
                                watch.rules().samplesWanted()));
        switch (Recovery.judge(watch.rules(), tally, sample, users)) {
            case Recovery.Proved(var proof) -> pen.write(verdict(step, Judgement.PROVED, proof, sample));
            case Recovery.Refuted(var why) -> pen.write(verdict(step, Judgement.REFUTED, why, sample));
            case Recovery.Unproved(var why) -> pen.write(verdict(step, Judgement.UNPROVED, why, sample));
            case Recovery.Watching _ -> {}
        }
    }

    private static Entry verdict(PlannedStep step, Judgement judgement, String why, Sample sample) {
        return new Entry.VerdictReached(step.id(), judgement, why, sample.results());
    }
}
