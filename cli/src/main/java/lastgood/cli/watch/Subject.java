package lastgood.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.Standing;
import lastgood.core.Strategy;
import lastgood.core.WorkloadState;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.plan.Facts;
import lastgood.engine.port.Telemetry;
import lastgood.engine.watch.Sources;
import lastgood.engine.watch.Terms;
import lastgood.engine.watch.Watch;

/// Which release is in question, and how far its rollout is.
///
/// @param release the newest one that was asked for: in the middle of a rollout, what comes
/// @param old the one it replaced, or that serves beside it
/// @param since when it was put out
record Subject(Release release, Optional<Release> old, Instant since, Stage stage) {

    /// How long a release is watched as one. What breaks later is more likely something else.
    static final Duration WATCHED = Duration.ofHours(1);

    /// A release that settled long ago is judged by what users get now, against the hour before.
    private static final Duration LOOK_BACK = Duration.ofMinutes(15);

    /// Between a change by hand and the moment its pods are counted.
    private static final Duration DEPLOYED_LATELY = Duration.ofHours(1);

    /// @throws Failure if nothing is running
    static Subject of(Session session, Facts facts) {
        var ledger = facts.ledger();
        var release = facts.current()
                .or(ledger::live)
                .orElseThrow(() -> Failure.refused(
                        "nothing of %s is live, so there is nothing to judge".formatted(session.service()),
                        List.of(),
                        "lastgood release deploy VERSION " + session.flags()));
        var live = ledger.live();
        var isNewer = live.map(l -> l.number() != release.number()).orElse(true);
        var since = ledger.liveSince(release.number()).filter(at -> at.isAfter(release.at()) && !isNewer);
        var put =
                since.map(at -> isBackAgain(facts, release) ? at : release.at()).orElse(release.at());
        var stage = stage(facts, release, isNewer, put, session.ports().time().now());
        var old = isNewer ? live : before(facts, release);
        return stage == Stage.SETTLED
                ? new Subject(
                        release, Optional.empty(), session.ports().time().now().minus(LOOK_BACK), stage)
                : new Subject(release, old, put, stage);
    }

    /// It was put out once, left, and has come back: its watch begins with its return.
    private static boolean isBackAgain(Facts facts, Release release) {
        return facts.ledger().entries().stream()
                .anyMatch(e -> e instanceof LedgerEntry.Left left && left.release() == release.number());
    }

    private static Optional<Release> before(Facts facts, Release release) {
        var lived = facts.ledger().entries().stream()
                .filter(e -> e instanceof LedgerEntry.Left)
                .reduce((_, last) -> last);
        return lived.flatMap(left -> facts.ledger().releases().stream()
                .filter(r -> r.number() == left.release() && r.number() != release.number())
                .findFirst());
    }

    private static Stage stage(Facts facts, Release release, boolean isNewer, Instant since, Instant now) {
        if (isNewer && facts.seen().strategy() instanceof Strategy.Canary) {
            return Stage.CANARY;
        }
        if (isNewer || !facts.seen().active().map(WorkloadState::complete).orElse(true)) {
            return Stage.ROLLING;
        }
        var judged = facts.ledger().standing(release.number()) instanceof Standing.Good;
        return judged || since.plus(WATCHED).isBefore(now) ? Stage.SETTLED : Stage.LIVE;
    }

    /// For one look.
    Watch once(Session session) {
        return watch(session, session.watch().once(), Optional.empty());
    }

    /// Opens its watch, from its first sample on.
    ///
    /// @param lines gets all that decisions depend on
    Watch watch(Session session, Optional<Consumer<String>> lines) {
        return watch(session, session.watch().sources(), lines);
    }

    private Watch watch(Session session, Sources sources, Optional<Consumer<String>> lines) {
        var config = session.watch();
        var guard = config.beside().stream()
                .filter(other -> isQuiet(session, other))
                .toList();
        return new Watch(
                sources,
                new Telemetry.Question(session.service(), release, old, since, guard, config.critical()),
                new Terms(config.rules(), stage, config.critical()),
                session.ports().time(),
                lines);
    }

    /// Whether nothing was put out there around the time of this release. A service that cannot be read is no guard.
    private boolean isQuiet(Session session, ServiceRef other) {
        try {
            return session.ports().ledgers().read(other).entries().stream()
                    .filter(e -> e instanceof LedgerEntry.Deployed || e instanceof LedgerEntry.Live)
                    .noneMatch(e -> e.at().isAfter(since.minus(DEPLOYED_LATELY)));
        } catch (RuntimeException e) {
            return false;
        }
    }

    /// Whether that is still what is in question.
    boolean isStill(Subject now) {
        return release.number() == now.release.number()
                && stage == Stage.SETTLED == (now.stage == Stage.SETTLED)
                && stage == Stage.CANARY == (now.stage == Stage.CANARY)
                && (stage == Stage.SETTLED || since.equals(now.since));
    }
}
