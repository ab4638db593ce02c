package lastgood.engine.signals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.IntegrityReport.Standing;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.core.decide.TriggerRules;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Time;
import lastgood.engine.port.database.Integrity;
import org.jspecify.annotations.Nullable;

/// Data corruption: looks at the database every few minutes, beside the watch, and dates what it finds.
///
/// It is a fact about the release only where three things hold: it is about the meaning of the data (an invariant of
/// the team's, a foreign key), which applications break, and not about pages and indexes, which disks break; it was
/// seen whole after the release was put out; and it is broken now. What was broken before is not reported at all, and
/// what cannot be dated is a suspicion.
final class IntegritySignals implements Signals {

    /// What an application's writes can break.
    private static final Set<String> LOGICAL = Set.of("invariant", "foreign-key");

    /// So many looks may be missed before the last one is too old to say anything.
    private static final int STALE_AFTER = 3;

    private final Integrity integrity;
    private final boolean comprehensive;
    private final Duration every;
    private final IntegrityMemory memory;
    private final Executor background;
    private final Time time;

    private @Nullable ServiceRef about;
    private @Nullable Instant begun;
    private @Nullable Instant ended;
    private boolean underway;
    private List<String> silent = List.of();

    IntegritySignals(
            Integrity integrity,
            TriggerRules.Corruption rules,
            IntegrityMemory memory,
            Executor background,
            Time time) {
        this.integrity = integrity;
        this.comprehensive = rules.depth() == TriggerRules.Depth.COMPREHENSIVE;
        this.every = rules.every();
        this.memory = memory;
        this.background = background;
        this.time = time;
    }

    @Override
    public Heard hear(Asked asked) {
        if (begins(asked.service())) {
            background.execute(() -> look(asked.service()));
        }
        return heard(asked.service(), asked.release(), asked.since());
    }

    /// One look at a time; the next one is due when its time has come, however long the last one took.
    private synchronized boolean begins(ServiceRef service) {
        if (!service.equals(about)) {
            about = service;
            begun = null;
            ended = null;
            silent = List.of();
        }
        var due = begun == null || !begun.plus(every).isAfter(time.now());
        if (underway || !due) {
            return false;
        }
        underway = true;
        begun = time.now();
        return true;
    }

    private void look(ServiceRef service) {
        var at = time.now();
        var why = new ArrayList<String>();
        var answered = false;
        try {
            var report = integrity.check(service, comprehensive);
            why.addAll(missing(service, report));
            memory.write(
                    service, comprehensive, memory.read(service, comprehensive).after(report, at));
            answered = true;
        } catch (RuntimeException e) {
            why.add("%s: %s".formatted(source(), AllSignals.said(e)));
        } finally {
            settle(at, why, answered);
        }
    }

    private synchronized void settle(Instant at, List<String> why, boolean answered) {
        underway = false;
        silent = List.copyOf(why);
        if (answered) {
            ended = at;
        }
    }

    /// What never could be looked at here (no amcheck, say) is no news and holds no release back; `db integrity` shows
    /// it. What the team wrote, and what could be looked at before, is missed.
    private List<String> missing(ServiceRef service, IntegrityReport report) {
        var before = memory.read(service, comprehensive).answered();
        var nothing = report.findings().stream().allMatch(f -> f.standing() == Standing.UNKNOWN);
        return report.findings().stream()
                .filter(f -> f.standing() == Standing.UNKNOWN)
                .filter(f -> nothing || f.check().equals("invariant") || before.containsKey(f.check()))
                .map(f -> "%s: %s of %s could not be looked at: %s"
                        .formatted(source(), f.check(), f.object(), f.detail()))
                .toList();
    }

    private Heard heard(ServiceRef service, Release release, Instant since) {
        var deaf = new ArrayList<>(late());
        var signals = memory.read(service, comprehensive).broken().values().stream()
                .flatMap(b -> signal(b, release, since).stream())
                .toList();
        return new Heard(signals, deaf);
    }

    private synchronized List<String> late() {
        var deaf = new ArrayList<>(silent);
        if (!deaf.isEmpty()) {
            return deaf;
        }
        if (ended == null) {
            deaf.add(source() + ": the first look is still going on");
        } else if (ended.plus(every.multipliedBy(STALE_AFTER)).isBefore(time.now())) {
            deaf.add("%s: the last look is %s old"
                    .formatted(source(), Words.duration(Duration.between(ended, time.now()))));
        }
        return deaf;
    }

    private Optional<Signal> signal(IntegrityMemory.Broken broken, Release release, Instant since) {
        if (broken.seenAt().isBefore(since)) {
            return Optional.empty();
        }
        var sound = broken.lastSound();
        var after = sound.filter(s -> !s.isBefore(since)).isPresent();
        var logical = LOGICAL.contains(broken.check());
        return Optional.of(new Signal(
                Trigger.CORRUPTION,
                "integrity/%s/%s".formatted(broken.check(), broken.object()),
                source(),
                broken.seenAt(),
                Optional.empty(),
                after && logical ? Signal.Weight.PROOF : Signal.Weight.SUSPICION,
                broken.words() + "; " + dated(sound, after, logical, release)));
    }

    private static String dated(Optional<Instant> sound, boolean after, boolean logical, Release release) {
        if (sound.isEmpty()) {
            return "it was never seen whole, so whether it began with %s cannot be told".formatted(release);
        }
        if (!after) {
            return "it was whole at %s, before %s".formatted(sound.get(), release);
        }
        return logical
                ? "it was whole at %s, with %s running".formatted(sound.get(), release)
                : "it was whole at %s; storage is more likely at fault than %s".formatted(sound.get(), release);
    }

    private String source() {
        return "integrity "
                + (comprehensive ? TriggerRules.Depth.COMPREHENSIVE : TriggerRules.Depth.QUICK)
                        .name()
                        .toLowerCase(Locale.ROOT);
    }
}
