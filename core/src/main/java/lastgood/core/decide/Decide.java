package lastgood.core.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lastgood.core.Severity;
import lastgood.core.Verdict;
import lastgood.core.Words;
import lastgood.core.decide.Decision.Act;
import lastgood.core.decide.Decision.Clock;
import lastgood.core.decide.Decision.Unattended;
import lastgood.core.decide.Finding.From;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Grade;

/// From a situation to what is to be done. Several things may speak at once; each asks for an act, and the strongest
/// is done. Each restraint takes away from its own act only, so a proof that is too weak does not hide a fact.
///
/// What must never happen: a rollback without a person for anything that is not proved to be this release's fault.
final class Decide {

    /// Blind for longer, and a person is told. Nothing is rolled back for that.
    private static final Duration BLIND_MAX = Duration.ofMinutes(2);

    /// A release that was taken out before comes back: it is cleared only by ten times the proof.
    private static final double QUARANTINED_STRICTER = 10;

    private final Situation s;
    private final Findings findings;
    private final Restraint restraint;
    private final Attribution attribution;
    private final Clock clock;
    private final List<String> because = new ArrayList<>();
    private final List<String> held = new ArrayList<>();

    private Decide(Situation s) {
        this.s = s;
        findings = Findings.of(s);
        restraint = new Restraint(s);
        attribution = s.assessment()
                .map(Assessment::attribution)
                .orElse(new Attribution.Undecided("nothing was counted yet"));
        clock = clock();
    }

    static Decision of(Situation s) {
        return new Decide(s).decide();
    }

    private Decision decide() {
        var proved = strongest(byFacts(), byCounts());
        var act = strongest(proved, byRumours());
        if (act != proved) {
            because.add("nothing compared it with the old version: that prepares, and rolls nothing back by itself");
        }
        var overdue = overdue(act);
        if (overdue) {
            act = Act.PAGE;
            because.addFirst(notInTime());
        }
        var severity = findings.worst();
        var rule = severity.map(s.rules().matrix()::rule);
        var approval = rule.map(SeverityRule::approval).orElse(new ApprovalRule.None());
        var unattended = unattended(act, approval);
        return new Decision(
                act,
                severity,
                findings.triggers(),
                attribution,
                clock,
                unattended,
                unattended instanceof Unattended.Yes && act == Act.ROLL_BACK ? afterwards(approval) : approval,
                reasons(unattended));
    }

    private static Act strongest(Act... acts) {
        return Stream.of(acts).max(Act::compareTo).orElseThrow();
    }

    // ---- each kind of evidence asks for something

    private Act byFacts() {
        return findings.worst(From.FACT)
                .map(severity -> rollBackOr(wanted(severity, false), false))
                .orElse(Act.GO_ON);
    }

    private Act byRumours() {
        return findings.worst(From.RUMOUR)
                .map(severity -> severity == Severity.SEV4 ? atLeastPaused(Act.MONITOR) : Act.PREPARE)
                .orElse(Act.GO_ON);
    }

    private Act byCounts() {
        var verdict = s.assessment().map(Assessment::verdict).orElse(new Verdict.NoData());
        var failed = verdict instanceof Verdict.Fail;
        return switch (attribution) {
            case Attribution.Release(var why)
            when failed -> {
                because.add("it is this release: " + why);
                yield rollBackOr(wanted(findings.worst(From.COUNTS).orElse(Severity.SEV4), true), true);
            }
            case Attribution.External(var why) -> {
                because.add("it is not this release: %s; rolling back would not help".formatted(why));
                yield Act.PAGE;
            }
            case Attribution.Temporal(var why) -> {
                because.add("it may be this release: " + why);
                yield temporal();
            }
            case Attribution.Release _, Attribution.Undecided _ -> failed ? unblamed() : undecided(verdict);
        };
    }

    /// What the matrix asks for, and what a canary gets, whose traffic the old version takes back at once.
    private Act wanted(Severity severity, boolean byCounts) {
        if (isCanary()) {
            because.add("a canary is taken out on proof, whatever the severity");
            return Act.ROLL_BACK;
        }
        var rule = s.rules().matrix().rule(severity);
        because.add("%s: %s".formatted(severity, rule.action()));
        return switch (rule.action()) {
            case ROLLBACK_NOW, ROLLBACK -> Act.ROLL_BACK;
            case PREPARE -> automatic(rule.approval()) && mayGo(byCounts) ? Act.ROLL_BACK : Act.PREPARE;
            case MONITOR -> byCounts && open() ? atLeastPaused(Act.MONITOR) : Act.MONITOR;
        };
    }

    /// "Investigate, prepare" leaves the rollback to a person, except where policy says that none is needed.
    private boolean automatic(ApprovalRule approval) {
        return restraint.needsAPerson(approval, true).isEmpty();
    }

    private boolean mayGo(boolean byCounts) {
        return restraint.ofRollback(byCounts).isEmpty();
    }

    private Act rollBackOr(Act wanted, boolean byCounts) {
        if (wanted != Act.ROLL_BACK) {
            return wanted;
        }
        return restraint
                .ofRollback(byCounts)
                .map(instead -> {
                    held.add(instead.why());
                    return instead.instead();
                })
                .orElse(Act.ROLL_BACK);
    }

    private Act temporal() {
        if (!temporalMayGo()) {
            held.add("no comparison blames it, only the time does: a person decides, the rollback is prepared");
            return Act.PAGE;
        }
        return strongest(Act.PAGE, rollBackOr(Act.ROLL_BACK, false));
    }

    /// The proof is that of the old version against its own past, or of a release that serves alone, at the alpha of
    /// the
    /// watch; and it is seen still.
    private boolean temporalMayGo() {
        return s.rules().temporalAutomatic()
                && s.stage() != Stage.SETTLED
                && s.assessment()
                        .filter(a -> a.evidence().needed() >= restraint.needed())
                        .filter(a -> !(a.verdict() instanceof Verdict.Fail) || suspected())
                        .isPresent();
    }

    /// Worse, and nobody to blame: never taken out by itself.
    private Act unblamed() {
        because.add("it is proved to be worse, and not whose fault it is");
        var action = findings.worst(From.COUNTS)
                .map(severity -> s.rules().matrix().rule(severity).action())
                .orElse(SeverityRule.Action.MONITOR);
        return switch (action) {
            case ROLLBACK_NOW, ROLLBACK -> Act.PAGE;
            case PREPARE -> Act.PREPARE;
            case MONITOR -> atLeastPaused(Act.MONITOR);
        };
    }

    private Act undecided(Verdict verdict) {
        if (suspected()) {
            because.add("suspected, and not proved: pausing is cheap, and so is taking it back");
            return Act.PAUSE;
        }
        if (blindTooLong()) {
            because.add("blind for %s: nobody can say how it does".formatted(Words.duration(blind())));
            return Act.PAGE;
        }
        return switch (verdict) {
            case Verdict.Pass() -> passed();
            case Verdict.Fail _ -> throw new IllegalStateException("a proof is decided elsewhere");
            case Verdict.Inconclusive(var missing) -> hold("not enough is known yet: " + missing);
            case Verdict.NoData() -> hold("no requests: that says nothing, for it or against it");
            case Verdict.TelemetryDown(var cause) -> hold("blind: %s; nothing is decided on that".formatted(cause));
        };
    }

    private Act passed() {
        var a = s.assessment().orElseThrow();
        if (!s.deaf().isEmpty()) {
            return hold("the counts are well, but not everything could be asked");
        }
        if (isCanary() && a.fresh().requests() < s.rules().triggers().canary().minRequests()) {
            return hold("the canary is well after %d of the %d requests that it has to serve"
                    .formatted(
                            a.fresh().requests(), s.rules().triggers().canary().minRequests()));
        }
        if (s.past().quarantined() && !a.cleared(QUARANTINED_STRICTER)) {
            return hold("this release was taken out before: it is promoted only after ten times the proof");
        }
        because.add("errors are proved to be less than 5 pp above the reference, and nothing is suspected");
        return Act.GO_ON;
    }

    private Act hold(String why) {
        because.add(why);
        return Act.HOLD;
    }

    private Act atLeastPaused(Act act) {
        return switch (s.stage()) {
            case CANARY, ROLLING -> strongest(act, Act.PAUSE);
            case LIVE, SETTLED -> act;
        };
    }

    // ---- the clock

    private Clock clock() {
        var counted = s.assessment()
                .filter(a -> suspected() || a.verdict() instanceof Verdict.Fail)
                .flatMap(a -> Findings.suspectedSince(s, a));
        var heard = findings.all().stream().map(Finding::since);
        return Stream.concat(counted.stream(), heard)
                .map(this::withinTheWatch)
                .min(Instant::compareTo)
                .<Clock>map(since -> new Clock.Running(since, limit()))
                .orElse(new Clock.NotRunning());
    }

    /// The row may be in more of a hurry than the team's decisions are in general.
    private Duration limit() {
        var decideWithin = s.rules().decideWithin();
        return findings.worst()
                .map(severity -> s.rules().matrix().rule(severity).within())
                .filter(within -> within.isPositive() && within.compareTo(decideWithin) < 0)
                .orElse(decideWithin);
    }

    /// A source's clock may be wrong, and an alert may be older than the release: neither makes a decision late.
    private Instant withinTheWatch(Instant since) {
        return since.isBefore(s.start()) ? s.start() : since.isAfter(s.now()) ? s.now() : since;
    }

    private boolean overdue(Act act) {
        if (!(clock instanceof Clock.Running running) || running.left(s.now()).isPositive()) {
            return false;
        }
        return switch (act) {
            case PAUSE, PREPARE -> true;
            case MONITOR -> open();
            case GO_ON, HOLD, PAGE, ROLL_BACK -> false;
        };
    }

    private String notInTime() {
        var limit = Words.duration(limit());
        return "nothing was decided within %s: a person has to, on what is known%s"
                .formatted(limit, isCanary() ? "; the canary stays where it is" : "");
    }

    // ---- without a person

    private Unattended unattended(Act act, ApprovalRule approval) {
        return switch (act) {
            case GO_ON, HOLD, MONITOR, PAUSE, PREPARE -> new Unattended.Yes();
            case PAGE -> new Unattended.No("a person is needed");
            case ROLL_BACK -> {
                var why = restraint.needsAPerson(approval, blamed());
                yield why.isEmpty() ? new Unattended.Yes() : new Unattended.No(why.getFirst());
            }
        };
    }

    private boolean blamed() {
        var proved = s.assessment()
                .filter(a -> a.verdict() instanceof Verdict.Fail && attribution instanceof Attribution.Release)
                .filter(_ -> mayGo(true));
        return proved.isPresent()
                || findings.from(From.FACT).findAny().isPresent()
                || (attribution instanceof Attribution.Temporal && temporalMayGo());
    }

    /// Where policy needs nobody, what would have been asked before is owed afterwards.
    private static ApprovalRule afterwards(ApprovalRule approval) {
        return switch (approval) {
            case ApprovalRule.None none -> none;
            case ApprovalRule.After after -> after;
            case ApprovalRule.Before(var role, var users, var _) ->
                new ApprovalRule.After(role, users, SeverityMatrix.APPROVAL_OWED_WITHIN);
        };
    }

    // ---- what is known

    private boolean isCanary() {
        return s.stage() == Stage.CANARY && s.rules().triggers().canary().enabled();
    }

    private boolean suspected() {
        return s.assessment().filter(a -> a.suspicion().isActive()).isPresent();
    }

    /// Whether more requests could still make it worse than SEV-4.
    private boolean open() {
        return s.assessment()
                .filter(a -> !a.increase().provedBelow(Grade.SEV3_FROM))
                .isPresent();
    }

    private boolean blindTooLong() {
        return blind().compareTo(BLIND_MAX) >= 0;
    }

    private Duration blind() {
        return s.blindSince().map(since -> Duration.between(since, s.now())).orElse(Duration.ZERO);
    }

    // ---- in words

    private List<String> reasons(Unattended unattended) {
        var lines = new ArrayList<>(because);
        findings.all().stream().map(Finding::words).forEach(lines::add);
        lines.addAll(held);
        if (unattended instanceof Unattended.No(var why) && !held.contains(why)) {
            lines.add(why);
        }
        s.assessment().ifPresent(a -> lines.addAll(Numbers.of(a, restraint, s)));
        lines.addAll(findings.ignored());
        s.deaf().forEach(source -> lines.add("could not be asked, so its silence says nothing: " + source));
        return lines.stream().distinct().toList();
    }
}
