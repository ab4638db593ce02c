package lastgood.engine.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.Evidence;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.recover.Probed;
import lastgood.core.recover.Tally;
import org.jspecify.annotations.Nullable;

/// What the records of a journal come to. Nothing but [#apply] changes it, so two processes that read the same
/// records know the same.
public final class RunState {

    /// Where one step stands.
    public enum StepPhase {
        NOT_STARTED,
        INTENDED,
        DONE,
        SKIPPED,
        FAILED
    }

    /// @param attempts intents written so far
    /// @param since when the first intent was written
    /// @param touched whether an attempt may have changed something
    /// @param owners how many owners wrote intents, since a person last looked at the run
    /// @param askedIn the epoch of the last intent
    private record StepState(
            StepPhase phase,
            int attempts,
            Instant since,
            String words,
            @Nullable Evidence evidence,
            boolean touched,
            int owners,
            int askedIn) {

        StepState ended(StepPhase how, String why, @Nullable Evidence with, boolean mayHaveChanged) {
            return new StepState(how, attempts, since, why, with, mayHaveChanged, owners, askedIn);
        }

        StepState seenByAPerson() {
            return new StepState(phase, attempts, since, words, evidence, touched, 0, 0);
        }
    }

    private static final StepState NOT_STARTED =
            new StepState(StepPhase.NOT_STARTED, 0, Instant.EPOCH, "", null, false, 0, 0);

    private final Map<String, StepState> steps = new HashMap<>();
    private final Map<String, Tally> tallies = new HashMap<>();
    private final Map<String, List<Probed>> probed = new HashMap<>();
    private final Map<String, Instant> timers = new HashMap<>();
    private final Set<String> noticesSettled = new HashSet<>();
    private final List<JournalRecord> people = new ArrayList<>();
    private Entry.@Nullable Opened opened;
    private Entry.@Nullable Planned planned;
    private Entry.@Nullable ApprovalRequested approvalRequested;
    private Entry.@Nullable Approved approved;
    private Entry.@Nullable Rejected rejected;
    private Entry.@Nullable Paused paused;
    private Entry.@Nullable CancelRequested cancel;
    private Entry.@Nullable Unknown unknown;
    private Entry.@Nullable VerdictReached verdict;
    private Entry.@Nullable Closed closed;
    private Entry.@Nullable Ratified ratified;
    private @Nullable Instant openedAt;
    private @Nullable Instant closedAt;
    private @Nullable Instant startedAt;
    private int epoch;
    private String owner = "";

    void apply(JournalRecord record) {
        switch (record.entry()) {
            case Entry.Opened e -> {
                opened = e;
                openedAt = record.at();
            }
            case Entry.Planned e -> planned = e;
            case Entry.ApprovalRequested e -> approvalRequested = e;
            case Entry.Approved e -> {
                approved = e;
                people.add(record);
            }
            case Entry.Rejected e -> {
                rejected = e;
                people.add(record);
            }
            case Entry.TakenOver _ -> {
                epoch = record.epoch();
                owner = record.owner();
            }
            case Entry.Intent e -> intended(record, e);
            case Entry.Done e -> settle(e.step(), StepPhase.DONE, e.evidence().name(), e.evidence());
            case Entry.Skipped e -> settle(e.step(), StepPhase.SKIPPED, e.why(), null);
            case Entry.Failed e -> failed(e);
            case Entry.Unknown e -> unknown = e;
            case Entry.TimerSet e -> timers.put(e.name(), e.due());
            case Entry.TimerFired e -> fired(e.name());
            case Entry.Window e -> sampled(e);
            case Entry.VerdictReached e -> {
                verdict = e;
                settle(e.step(), StepPhase.DONE, e.why(), null);
            }
            case Entry.Paused e -> {
                paused = e;
                people.add(record);
            }
            case Entry.Resumed _ -> {
                paused = null;
                unknown = null;
                timers.remove(DEADLINE);
                steps.replaceAll((_, step) -> step.seenByAPerson());
                people.add(record);
            }
            case Entry.CancelRequested e -> {
                cancel = e;
                paused = null;
                unknown = null;
                people.add(record);
            }
            case Entry.Sent e -> noticesSettled.add(e.notice());
            case Entry.GaveUp e -> noticesSettled.add(e.notice());
            case Entry.Closed e -> {
                closed = e;
                closedAt = record.at();
            }
            case Entry.Ratified e -> {
                ratified = e;
                people.add(record);
            }
        }
    }

    /// The timer behind `--timeout`.
    public static final String DEADLINE = "deadline";

    /// Why a run is paused whose timeout passed.
    public static final String DEADLINE_PASSED = "the timeout passed";

    /// The timer behind an approval that is owed.
    public static final String RATIFICATION = "ratification";

    /// One record, not two: a crash between "the time is up" and "so we pause" would forget the pause.
    private void fired(String timer) {
        timers.remove(timer);
        if (timer.equals(DEADLINE)) {
            paused = new Entry.Paused(opened().by(), DEADLINE_PASSED);
        }
    }

    private void sampled(Entry.Window sample) {
        tallies.put(sample.step(), sample.tally());
        var probes = sample.probed();
        if (probes != null) {
            probed.computeIfAbsent(sample.step(), _ -> new ArrayList<>()).add(probes);
        }
    }

    private void intended(JournalRecord record, Entry.Intent e) {
        var before = step(e.step());
        if (startedAt == null) {
            startedAt = record.at();
        }
        var since = before.attempts() == 0 ? record.at() : before.since();
        var owners = before.askedIn() == record.epoch() ? before.owners() : before.owners() + 1;
        steps.put(
                e.step(),
                new StepState(StepPhase.INTENDED, e.attempt(), since, "", null, true, owners, record.epoch()));
    }

    private void settle(String step, StepPhase phase, String words, @Nullable Evidence evidence) {
        var before = step(step);
        steps.put(step, before.ended(phase, words, evidence, before.touched()));
    }

    private void failed(Entry.Failed e) {
        steps.put(e.step(), step(e.step()).ended(StepPhase.FAILED, e.why(), null, !e.untouched()));
    }

    private StepState step(String id) {
        return steps.getOrDefault(id, NOT_STARTED);
    }

    public Entry.Opened opened() {
        if (opened == null) {
            throw new IllegalStateException("the run was never opened");
        }
        return opened;
    }

    public boolean isPlanned() {
        return planned != null;
    }

    public Plan plan() {
        return planned().plan();
    }

    public Entry.Planned planned() {
        if (planned == null) {
            throw new IllegalStateException("the run has no plan");
        }
        return planned;
    }

    public StepPhase phase(String step) {
        return step(step).phase();
    }

    public int attempts(String step) {
        return step(step).attempts();
    }

    /// How many owners asked for the change since a person last looked at the run.
    public int owners(String step) {
        return step(step).owners();
    }

    /// The epoch of the last one that did; 0 = none.
    public int lastAskedIn(String step) {
        return step(step).askedIn();
    }

    /// When the first attempt at the step was recorded; the epoch if there was none.
    public Instant since(String step) {
        return step(step).since();
    }

    /// How the step ended, in words.
    public String words(String step) {
        return step(step).words();
    }

    public Optional<Evidence> evidence(String step) {
        return Optional.ofNullable(step(step).evidence());
    }

    public Tally tally(String step) {
        return tallies.getOrDefault(step, Tally.none());
    }

    /// Requests of our own that a watch has sent so far, oldest first.
    public List<Probed> probed(String step) {
        return List.copyOf(probed.getOrDefault(step, List.of()));
    }

    /// Whether the run may have changed what users get: an intent of such a step, unless the world refused it.
    public boolean mayHaveChangedProduction() {
        return mayHaveChangedProductionBesides("");
    }

    /// The same, leaving one step out of account.
    public boolean mayHaveChangedProductionBesides(String step) {
        return plan().steps().stream()
                .anyMatch(s -> s.step().changesProduction()
                        && !s.id().equals(step)
                        && step(s.id()).touched());
    }

    /// Whether a step may have changed schema or rows.
    public boolean changedData() {
        return plan().main().stream()
                .anyMatch(s -> s.step().changesData() && step(s.id()).touched());
    }

    /// See [Plan#isHalfWay].
    public boolean isHalfWay() {
        return plan().isHalfWay(s -> step(s.id()).touched(), this::finished);
    }

    public boolean finished(PlannedStep step) {
        return switch (phase(step.id())) {
            case DONE, SKIPPED -> true;
            case FAILED -> step.onFailure() == PlannedStep.OnFailure.GO_ON || step.phase() != PlannedStep.Phase.MAIN;
            case NOT_STARTED, INTENDED -> false;
        };
    }

    public Optional<Entry.ApprovalRequested> approvalRequested() {
        return Optional.ofNullable(approvalRequested);
    }

    /// Whether what must be approved before anything is changed, is; for this very plan.
    public boolean approvedAsNeeded() {
        return !(plan().approval() instanceof ApprovalRule.Before)
                || (approved != null && approved.digest().equals(planned().digest()));
    }

    public Optional<Entry.Approved> approved() {
        return Optional.ofNullable(approved);
    }

    public Optional<Entry.Rejected> rejected() {
        return Optional.ofNullable(rejected);
    }

    public Optional<Entry.Paused> paused() {
        return Optional.ofNullable(paused);
    }

    public Optional<Entry.CancelRequested> cancel() {
        return Optional.ofNullable(cancel);
    }

    public Optional<Entry.Unknown> unknown() {
        return Optional.ofNullable(unknown);
    }

    public Optional<Entry.VerdictReached> verdict() {
        return Optional.ofNullable(verdict);
    }

    public Optional<Entry.Closed> closed() {
        return Optional.ofNullable(closed);
    }

    public Optional<Instant> timer(String name) {
        return Optional.ofNullable(timers.get(name));
    }

    public boolean noticeSettled(String notice) {
        return noticesSettled.contains(notice);
    }

    public int epoch() {
        return epoch;
    }

    /// The process that carries the run on, or did last.
    public String owner() {
        return owner;
    }

    public Instant openedAt() {
        return openedAt == null ? Instant.EPOCH : openedAt;
    }

    /// From the first intent to the end: what a prediction for a plan like it rests on.
    public Optional<Duration> took() {
        return startedAt == null || closedAt == null
                ? Optional.empty()
                : Optional.of(Duration.between(startedAt, closedAt));
    }

    /// What people did with the run, in order.
    public List<JournalRecord> people() {
        return List.copyOf(people);
    }

    /// Whether the approval that an emergency owes was given.
    public Ratification ratification(Instant now) {
        if (!isPlanned() || !(plan().approval() instanceof ApprovalRule.After)) {
            return Ratification.NOT_OWED;
        }
        if (ratified != null) {
            return Ratification.RATIFIED;
        }
        return timer(RATIFICATION).filter(due -> due.isBefore(now)).isPresent()
                ? Ratification.OVERDUE
                : Ratification.PENDING;
    }

    public enum Ratification {
        NOT_OWED,
        PENDING,
        RATIFIED,
        OVERDUE
    }

    /// One word for lists.
    public Status status() {
        if (closed != null) {
            return switch (closed.outcome()) {
                case RECOVERED -> Status.RECOVERED;
                case NOT_RECOVERED -> Status.NOT_RECOVERED;
                case DONE -> Status.DONE;
                case FAILED -> Status.FAILED;
                case CANCELLED -> Status.CANCELLED;
            };
        }
        if (planned == null) {
            return Status.PLANNED;
        }
        if (unknown != null) {
            return Status.NEEDS_HUMAN;
        }
        if (paused != null) {
            return Status.PAUSED;
        }
        if (!approvedAsNeeded()) {
            return Status.AWAITING_APPROVAL;
        }
        return plan().steps().stream()
                        .anyMatch(s -> s.step() instanceof lastgood.core.plan.Step.WatchRecovery
                                && phase(s.id()) == StepPhase.INTENDED)
                ? Status.VERIFYING
                : Status.RUNNING;
    }

    /// The states of a run.
    public enum Status {
        PLANNED("planned"),
        AWAITING_APPROVAL("awaiting approval"),
        RUNNING("running"),
        PAUSED("paused"),
        VERIFYING("verifying"),
        NEEDS_HUMAN("needs a person"),
        RECOVERED("recovered"),
        NOT_RECOVERED("not recovered"),
        DONE("done"),
        FAILED("failed"),
        CANCELLED("cancelled");

        private final String words;

        Status(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }

        public boolean active() {
            return switch (this) {
                case PLANNED, AWAITING_APPROVAL, RUNNING, PAUSED, VERIFYING, NEEDS_HUMAN -> true;
                case RECOVERED, NOT_RECOVERED, DONE, FAILED, CANCELLED -> false;
            };
        }
    }
}
