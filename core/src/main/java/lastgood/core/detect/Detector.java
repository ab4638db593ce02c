package lastgood.core.detect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.Verdict;
import lastgood.core.detect.Attribution.Comparisons;
import lastgood.core.detect.Attribution.Guard;
import lastgood.core.detect.Attribution.Onset;
import lastgood.core.detect.Scrape.Sight;

/// Watches one release: scrapes in, assessments out.
///
/// It has no clock and reads nothing: the same settings and the same scrapes give the same assessments, bit for
/// bit. So whoever takes a watch over replays the scrapes, and so does whoever doubts a decision. One thread at a
/// time.
///
/// Fail is a proof, wrong with a chance of at most alpha over the whole watch. Absence of a proof is never Pass, and
/// being
/// blind is never evidence. For the mathematics see [Bet], [Capital] and [Nested]; for the claims, [Claim].
public final class Detector {

    /// Evidence that pauses a rollout: 20 to 1.
    private static final double SUSPICIOUS = StrictMath.log(20);

    /// Before three requests of the new version nothing is decided, whatever they were.
    private static final long REQUESTS_MIN = 3;

    /// Five minutes at 15 s: longer without a request, and the last verdict is not news any more.
    private static final int QUIET_SCRAPES_MAX = 20;

    /// An instance that is down stays down for about half a minute, so at 15 s every second failed scrape is news.
    private static final double SCRAPES_PHI = 2;

    /// Scrapes of a healthy pod fail this often, for a timeout or a node that is busy.
    private static final double SCRAPES_EXPECTED = 0.01;

    /// Failed requests of the whole service are the most important; a mean of e-values is an e-value, whatever the
    /// weights.
    private static final double ERRORS_WEIGHT = 0.4;

    private static final double SLOWER_WEIGHT = 0.15;
    private static final double TWICE_WEIGHT = 0.1;
    private static final double SCRAPES_WEIGHT = 0.15;
    private static final double ROUTES_WEIGHT = 0.2;

    private static final long REQUESTS_SHOWN_MAX = 1_000_000_000;

    /// Requests of the reference for each of the new version, when the reference is a rate that is known.
    private static final double REFERENCE_KNOWN = 1e9;

    /// How strongly the new version is taken for the old one when the requests still wanted are estimated.
    private static final double FRESH_PRIOR = 20;

    private final Settings settings;
    private final double alpha;
    private final double share;
    private final double needed;
    private final double suspicious;
    private final double[] payoffs = new double[Claim.BETS_MAX];
    private final Expected expected;
    private final Expected freshRate;
    private final Comparison errors;
    private final Nested nested;
    private final Tails tails;
    private final Comparison scrapesFail;
    private final Routes routes;
    private final Comparison overGuard;
    private final Comparison guardBefore;
    private final Comparison referenceBefore;

    private Duration since = Duration.ZERO;
    private Sight sight = new Sight.Clear();
    private Counts fresh = Counts.NONE;
    private Counts reference = Counts.NONE;
    private double ratio;
    private double allowance;
    private long taken;
    private int quietScrapes;
    private double now;
    private double peak;
    private Suspicion suspicion = new Suspicion.None();
    private Duration lastQuiet = Duration.ZERO;
    private Onset onset = new Onset.Unknown();
    private boolean allUnreachable;

    public Detector(Settings settings) {
        this(settings, 1);
    }

    /// One of several that speak about the same release, any of which can prove it: together they are wrong no more
    /// often than one alone, so each of them needs that many times the evidence.
    Detector(Settings settings, int comparisons) {
        this.settings = settings;
        share = StrictMath.log(comparisons);
        var before = settings.before();
        var endless = settings.endless();
        alpha = settings.alpha() / comparisons;
        needed = -StrictMath.log(alpha);
        suspicious = share + SUSPICIOUS;
        expected = before.expected();
        freshRate = new Expected(expected.rate(), FRESH_PRIOR);
        errors = new Comparison(errorsClaim(settings), endless);
        nested = new Nested(alpha, endless);
        tails = new Tails(before.latency(), endless);
        scrapesFail = new Comparison(Claim.unreachable(), endless);
        routes = new Routes(settings.criticalRoutes(), settings.routesMax(), settings.tolerance(), endless);
        overGuard = new Comparison(Claim.worseThanGuard(), endless);
        guardBefore = new Comparison(Claim.worseThanBefore(), endless);
        referenceBefore = new Comparison(Claim.worseThanBefore(), endless);
    }

    private static Claim errorsClaim(Settings settings) {
        return switch (settings.reference()) {
            case Reference.Beside(), Reference.Earlier() -> Claim.degraded(settings.tolerance());
            case Reference.Nothing(var max) -> Claim.aboveLimit(max);
        };
    }

    /// Takes one scrape. They must come in order of time.
    public void take(Scrape scrape) {
        var seconds = Math.max(0, seconds(scrape.since()) - seconds(since));
        since = scrape.since();
        sight = scrape.sight();
        if (sight instanceof Sight.Blind) {
            return;
        }
        taken++;
        allowance = settings.errorsWarmUp().at(seconds(scrape.freshAge()));
        takeErrors(scrape);
        takeLatency(scrape, seconds);
        takeScrapes(scrape);
        takeSurroundings(scrape);
        remember(scrape, seconds);
        weigh();
    }

    private void takeErrors(Scrape scrape) {
        var seen = scrape.fresh().errors();
        var phi = settings.phi();
        switch (settings.reference()) {
            case Reference.Beside() -> {
                var old = scrape.reference().errors();
                errors.take(seen, old, expected.rate(), allowance, phi, payoffs);
                nested.take(seen, old, expected.rate(), allowance, phi, payoffs);
            }
            case Reference.Earlier() -> {
                var high = settings.before().high();
                errors.take(seen, high, allowance, phi, payoffs);
                nested.take(seen, settings.before().low(), high, allowance, phi, payoffs);
            }
            case Reference.Nothing _ -> {
                errors.take(seen, 0, allowance, phi, payoffs);
                nested.take(seen, Bet.EDGE, Bet.EDGE, allowance, phi, payoffs);
            }
        }
    }

    private void takeLatency(Scrape scrape, double seconds) {
        var margin = settings.latencyWarmUp().at(seconds(scrape.freshAge()));
        var phi = settings.phi();
        tails.take(scrape.fresh().latency(), scrape.reference().latency(), margin, phi, seconds, payoffs);
        routes.take(scrape.routes(), expected.rate(), allowance, phi, seconds, payoffs);
    }

    private void takeScrapes(Scrape scrape) {
        var mine = scrape.fresh().scrapes();
        var theirs = scrape.reference().scrapes();
        scrapesFail.take(mine, theirs, SCRAPES_EXPECTED, 0, SCRAPES_PHI, payoffs);
        allUnreachable = mine.requests() > 0 && mine.bad() == mine.requests() && theirs.bad() < theirs.requests();
    }

    private void takeSurroundings(Scrape scrape) {
        var before = settings.before();
        var phi = settings.phi();
        var guard = scrape.guard();
        overGuard.take(scrape.fresh().errors(), guard, guardRate(), allowance, phi, payoffs);
        if (before.guard().requests() > 0) {
            guardBefore.take(guard, before.guardHigh(), 0, phi, payoffs);
        }
        if (before.known()) {
            referenceBefore.take(scrape.reference().errors(), before.high(), 0, phi, payoffs);
        }
    }

    private double guardRate() {
        return Math.max(Bet.EDGE, settings.before().guard().share());
    }

    private void remember(Scrape scrape, double seconds) {
        var mine = scrape.fresh().errors();
        var theirs = scrape.reference().errors();
        quietScrapes = mine.requests() == 0 ? quietScrapes + 1 : 0;
        fresh = fresh.plus(mine);
        reference = reference.plus(theirs);
        expected.saw(theirs.requests(), theirs.bad(), seconds);
        freshRate.saw(mine.requests(), mine.bad(), seconds);
        ratio = mine.requests() == 0 ? ratio : (double) theirs.requests() / mine.requests();
    }

    private void weigh() {
        now = logSum(
                ERRORS_WEIGHT, errors.now(),
                SLOWER_WEIGHT, tails.slowerNow(),
                TWICE_WEIGHT, tails.twiceNow(),
                SCRAPES_WEIGHT, scrapesFail.now(),
                ROUTES_WEIGHT, routes.now());
        if (fresh.requests() < REQUESTS_MIN && !allUnreachable) {
            return;
        }
        peak = Math.max(peak, now);
        var first = suspicion instanceof Suspicion.Since(var at, var _) ? at : since;
        if (now >= suspicious || suspicion instanceof Suspicion.Since) {
            suspicion = new Suspicion.Since(first, now >= suspicious);
        }
        var hurt = Math.max(now, referenceBefore.now());
        if (hurt <= 0) {
            lastQuiet = since;
        } else if (hurt >= SUSPICIOUS && onset instanceof Onset.Unknown) {
            onset = new Onset.After(lastQuiet);
        }
    }

    /// What is known by now. Makes the record; changes nothing.
    public Assessment assess() {
        var increase = increaseAt(alpha);
        var decided = verdict(increase);
        return new Assessment(
                since,
                decided,
                new Reading(
                        "any of the claims", now - share, Math.max(0, peak - share), -StrictMath.log(settings.alpha())),
                suspicion,
                increase,
                Grade.of(increase, outage()),
                Attribution.of(comparisons()),
                decided instanceof Verdict.Inconclusive ? more() : 0,
                readings(),
                routes.broken(needed),
                fresh,
                reference,
                expected.rate(),
                allowance,
                settings.phi(),
                taken);
    }

    /// Takes one scrape and says what is known then.
    public Assessment next(Scrape scrape) {
        take(scrape);
        return assess();
    }

    /// The bounds at another price: the same evidence can be enough to abort a canary and not for a rollback.
    public Increase increaseAt(double alpha) {
        return fresh.requests() < REQUESTS_MIN ? Increase.UNKNOWN : nested.at(alpha);
    }

    /// Log of the e-value of all claims together; what [Reading#now] of [Assessment#evidence] says, without the
    /// record.
    public double evidence() {
        return now;
    }

    private Verdict verdict(Increase increase) {
        if (peak >= needed) {
            return new Verdict.Fail(reason(increase));
        }
        if (sight instanceof Sight.Blind(var cause)) {
            return new Verdict.TelemetryDown(cause);
        }
        if (fresh.requests() == 0 || quietScrapes >= QUIET_SCRAPES_MAX) {
            return new Verdict.NoData();
        }
        if (cleared(increase)) {
            return new Verdict.Pass();
        }
        var more = more();
        var suspected = suspicion.isActive();
        return new Verdict.Inconclusive(
                more > 0
                        ? "about %d more requests".formatted(more)
                        : suspected
                                ? "suspected, and not yet proved: "
                                        + strongest().claim()
                                : "the difference is too near a border for any number of requests");
    }

    private boolean cleared(Increase increase) {
        var suspected = suspicion.isActive();
        return increase.provedBelow(Grade.SEV3_FROM)
                && !suspected
                && (!tails.comparable() || tails.harmless(needed).proved());
    }

    private String reason(Increase increase) {
        return "%s: %d of %d failed (%s), %d of %d beside it (%s); increase of errors %s"
                .formatted(
                        strongest().claim(),
                        fresh.bad(),
                        fresh.requests(),
                        Points.percent(fresh.share()),
                        reference.bad(),
                        reference.requests(),
                        Points.percent(reference.share()),
                        increase);
    }

    /// The claim against the release that is nearest to its proof, or furthest beyond it.
    private Reading strongest() {
        return against().stream()
                .max((a, b) -> Double.compare(a.peak() - a.needed(), b.peak() - b.needed()))
                .orElseThrow();
    }

    private Grade.Outage outage() {
        return allUnreachable && scrapesFail.peak() >= needed ? Grade.Outage.TOTAL : Grade.Outage.NOT_SEEN;
    }

    private Comparisons comparisons() {
        var guarded = settings.before().guard().requests() > 0 && guardBefore.scrapes() > 0;
        var guard = !guarded ? Guard.NONE : guardBefore.now() >= SUSPICIOUS ? Guard.WORSE : Guard.CLEAN;
        return new Comparisons(
                settings.reference() instanceof Reference.Beside,
                peak >= needed,
                referenceBefore.peak() >= needed && referenceBefore.now() >= SUSPICIOUS,
                overGuard.peak() >= needed,
                guard,
                onset);
    }

    private List<Reading> readings() {
        var list = against();
        list.addAll(nested.readings(alpha));
        list.add(nested.below(Grade.SEV3_FROM, alpha));
        if (tails.comparable()) {
            list.add(tails.harmless(needed));
        }
        if (overGuard.scrapes() > 0) {
            list.add(overGuard.reading(needed));
        }
        return list;
    }

    private List<Reading> against() {
        var list = new ArrayList<Reading>();
        list.add(errors.reading(needed));
        if (tails.comparable()) {
            list.add(tails.slower(needed));
            list.add(tails.twice(needed));
        }
        if (scrapesFail.scrapes() > 0) {
            list.add(scrapesFail.reading(needed));
        }
        if (routes.any()) {
            list.add(routes.worst(needed));
        }
        return list;
    }

    /// About how many more requests decide, if the rates stay as they are now.
    private long more() {
        var q0 = expected.rate();
        var q1 = freshRate.rate();
        var beside = settings.reference() instanceof Reference.Beside;
        var per = beside ? ratio : REFERENCE_KNOWN;
        var claim = errors.claim();
        var below = nested.below(Grade.SEV3_FROM, alpha);
        var worse = Bet.nats(Bet.Null.AT_MOST, claim.rho(), claim.delta() + allowance, q1, q0, per);
        var harmless = Bet.nats(Bet.Null.AT_LEAST, 1, Grade.SEV3_FROM, q1, q0, per);
        var toFail = requests(needed - StrictMath.log(ERRORS_WEIGHT) - errors.now(), worse);
        var toPass = below.proved() ? 0 : requests(below.needed() - below.now(), harmless);
        return toFail == 0 ? toPass : toPass == 0 ? toFail : Math.min(toFail, toPass);
    }

    private long requests(double nats, double each) {
        if (!(each > 0)) {
            return 0;
        }
        return (long) Math.min((double) REQUESTS_SHOWN_MAX, Math.max(1, StrictMath.ceil(nats * settings.phi() / each)));
    }

    private static double logSum(double... weightsAndLogs) {
        var high = Double.NEGATIVE_INFINITY;
        for (var i = 1; i < weightsAndLogs.length; i += 2) {
            high = Math.max(high, weightsAndLogs[i]);
        }
        var sum = 0.0;
        for (var i = 1; i < weightsAndLogs.length; i += 2) {
            sum += weightsAndLogs[i - 1] * StrictMath.exp(weightsAndLogs[i] - high);
        }
        return high + StrictMath.log(sum);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
