package lastgood.engine.signals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.ServiceRef;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.core.decide.TriggerRules;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Time;
import org.jspecify.annotations.Nullable;

/// Critical functionality: checks that the team calls critical, and that fail so many times in a row.
///
/// It is always a suspicion and never a proof. A check asks through the front door, so while two releases serve it
/// asks either; and afterwards it cannot tell a release that broke the login from an identity provider that broke in
/// the same minute. The detector can, by comparison; a check only says where to look.
public final class CheckSignals implements Signals {

    /// No round begins sooner after the last one: checks of the team's may log in, buy, or start a browser.
    static final Duration ROUND_EVERY = Duration.ofSeconds(15);

    /// Between two rounds of a single question. Somebody waits for the answer.
    static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    /// A single question ends then, whatever it has seen.
    static final Duration ONCE_WITHIN = Duration.ofMinutes(1);

    /// A release that never was complete is still starting for so long; its rollout has a deadline of its own.
    static final Duration START_WITHIN = Duration.ofMinutes(10);

    /// The service's own health path is what its instances are held to be ready by.
    private static final String HEALTH = "health";

    /// The next round while the counts speak against the release as well and a check has just failed.
    static final Duration SUSPECTED_EVERY = Duration.ofSeconds(2);

    /// How often checks are asked.
    public enum Pace {
        /// One round at most every 15 s, and the answers are counted over many calls; sooner where the counts begin to
        /// speak against the release, because how bad it is decides whether anybody is waited for.
        WATCHING,
        /// All rounds that are needed, at once.
        ONCE
    }

    private final Checks checks;
    private final int failures;
    private final Set<Check> critical;
    private final List<String> notAskable;
    private final Pace pace;
    private final Time time;

    private @Nullable Subject subject;
    private final Map<Check, Streak> streaks = new EnumMap<>(Check.class);
    private final Map<Check, String> silent = new EnumMap<>(Check.class);
    private @Nullable Instant lastRound;
    private boolean suspectedThen;

    /// @param askable checks that can be asked here
    public CheckSignals(Checks checks, TriggerRules.Critical rules, Set<Check> askable, Pace pace, Time time) {
        this.checks = checks;
        this.failures = rules.failures();
        this.critical = EnumSet.noneOf(Check.class);
        var not = new ArrayList<String>();
        for (var name : rules.checks()) {
            var check = check(name);
            if (check.filter(askable::contains).isPresent()) {
                critical.add(check.get());
            } else {
                not.add(name);
            }
        }
        this.notAskable = List.copyOf(not);
        this.pace = pace;
        this.time = time;
    }

    private static Optional<Check> check(String name) {
        return name.equals(HEALTH) ? Optional.of(Check.PODS) : Check.parse(name);
    }

    private static String name(Check check) {
        return check == Check.PODS ? HEALTH : check.label();
    }

    /// Critical checks that nobody told us how to ask. The defaults name `auth`, which is the team's to configure; a
    /// screen should say so, and no release is held back for it.
    public List<String> notAskable() {
        return notAskable;
    }

    private record Subject(ServiceRef service, int release) {}

    /// @param failed in a row, up to now
    /// @param since the first of them
    /// @param passed whether it ever passed for this release
    private record Streak(int failed, Instant since, boolean passed, String last) {
        static final Streak NONE = new Streak(0, Instant.EPOCH, false, "");

        Streak failedAgain(Instant at, String line) {
            return new Streak(failed + 1, failed == 0 ? at : since, passed, line);
        }
    }

    @Override
    public synchronized Heard hear(Asked asked) {
        about(new Subject(asked.service(), asked.release().number()));
        if (critical.isEmpty()) {
            return new Heard(List.of(), List.of());
        }
        switch (pace) {
            case WATCHING -> {
                if (isDue(asked.suspected())) {
                    suspectedThen = asked.suspected();
                    round(asked);
                }
            }
            case ONCE -> rounds(asked);
        }
        return heard(asked.since());
    }

    private boolean isDue(boolean suspected) {
        if (lastRound == null) {
            return true;
        }
        var hurry = suspected && (!suspectedThen || isUndecided());
        return !lastRound.plus(hurry ? SUSPECTED_EVERY : ROUND_EVERY).isAfter(time.now());
    }

    /// A check has failed, and not yet often enough.
    private boolean isUndecided() {
        return streaks.values().stream().anyMatch(s -> s.failed() > 0 && s.failed() < failures);
    }

    private void about(Subject now) {
        if (!now.equals(subject)) {
            subject = now;
            streaks.clear();
            silent.clear();
            lastRound = null;
            suspectedThen = false;
        }
    }

    /// As many as it takes to call a failure one, or to see that there is none.
    private void rounds(Asked asked) {
        streaks.clear();
        var end = time.now().plus(ONCE_WITHIN);
        for (var rounds = 1; rounds <= failures; rounds++) {
            round(asked);
            if (!undecidedAfter(rounds) || !time.now().isBefore(end)) {
                return;
            }
            try {
                time.pause(AGAIN_AFTER);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// Something failed in each round so far, and not yet often enough.
    private boolean undecidedAfter(int rounds) {
        return rounds < failures && streaks.values().stream().anyMatch(s -> s.failed() == rounds);
    }

    private void round(Asked asked) {
        var at = time.now();
        lastRound = at;
        var answers = new EnumMap<Check, CheckResult>(Check.class);
        var why = "no answer";
        try {
            checks.some(asked.service(), asked.release(), asked.since(), critical)
                    .results()
                    .forEach(r -> answers.put(r.check(), r));
        } catch (RuntimeException e) {
            why = AllSignals.said(e);
        }
        for (var check : critical) {
            var result = answers.get(check);
            count(check, result == null ? CheckResult.unknown(check, why) : result, at);
        }
    }

    /// A round without an answer neither adds to a streak nor ends it.
    private void count(Check check, CheckResult result, Instant at) {
        var before = streaks.getOrDefault(check, Streak.NONE);
        switch (result.finding()) {
            case PASS -> {
                streaks.put(check, new Streak(0, Instant.EPOCH, true, ""));
                silent.remove(check);
            }
            case FAIL -> {
                streaks.put(check, before.failedAgain(at, said(result)));
                silent.remove(check);
            }
            case UNKNOWN -> silent.put(check, result.value());
        }
    }

    private static String said(CheckResult result) {
        return result.threshold().isEmpty() ? result.value() : "%s (%s)".formatted(result.value(), result.threshold());
    }

    private Heard heard(Instant since) {
        var signals = new ArrayList<Signal>();
        var deaf = new ArrayList<String>();
        silent.forEach((check, why) -> deaf.add("check %s: %s".formatted(name(check), why)));
        streaks.forEach((check, streak) -> {
            if (streak.failed() >= failures && counts(check, streak, since)) {
                signals.add(signal(check, streak));
            } else if (pace == Pace.ONCE && streak.failed() > 0 && streak.failed() < failures) {
                deaf.add(
                        "check %s failed %d times in a row, of %d that count, and could not be asked more often now: %s"
                                .formatted(name(check), streak.failed(), failures, streak.last()));
            }
        });
        return new Heard(signals, deaf);
    }

    /// Instances that are still being replaced are not "not healthy". Once all were there, or long after, they are.
    private boolean counts(Check check, Streak streak, Instant since) {
        return check != Check.PODS
                || streak.passed()
                || !since.plus(START_WITHIN).isAfter(time.now());
    }

    private Signal signal(Check check, Streak streak) {
        return new Signal(
                Trigger.CRITICAL,
                "check/" + name(check),
                "check " + name(check),
                streak.since(),
                Optional.empty(),
                Signal.Weight.SUSPICION,
                "%s failed %d times in a row: %s; that alone does not tell whose fault it is"
                        .formatted(name(check), streak.failed(), streak.last()));
    }
}
