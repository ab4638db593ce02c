package lastgood.core.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.Severity;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.decide.Situation.Automatic;
import lastgood.core.decide.Situation.Past;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.decide.Situation.Way;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Grade;
import lastgood.core.detect.Increase;
import lastgood.core.detect.Reading;
import lastgood.core.detect.Suspicion;
import lastgood.core.plan.Plan;

/// A situation in a few words: v4.0.5 is live beside nothing unusual, five minutes into its watch, in an
/// environment where rollbacks of Type 1 and 2 need nobody.
final class Case {

    static final Instant START = Instant.parse("2026-01-02T14:00:00Z");
    static final Release BAD = release(2, "v4.0.5");
    static final Release GOOD = release(1, "v4.0.4");

    /// The tail's claim, as the detector calls it.
    private static final String TWICE = "slower than twice the reference";

    Instant now = START.plus(Duration.ofMinutes(5));
    Stage stage = Stage.LIVE;
    Verdict verdict = new Verdict.Pass();
    double peak;
    double evidence;
    double alpha = 0.001;
    Suspicion suspicion = new Suspicion.None();
    Increase increase = new Increase(-1, 0.05);
    boolean outage;
    Attribution attribution = new Attribution.Undecided("no difference between the versions is proved");
    List<Reading> readings = new ArrayList<>();
    List<String> brokenRoutes = new ArrayList<>();
    long requests = 3000;
    boolean counted = true;
    List<Signal> signals = new ArrayList<>();
    List<String> deaf = List.of();
    Optional<Instant> blindSince = Optional.empty();
    Way way = new Way.To(GOOD, true, Plan.Type.TYPE_1, List.of());
    Past past = Past.none();
    boolean protectedEnvironment;
    DecisionRules rules = DecisionRules.runbook().automatic(Set.of(Plan.Type.TYPE_1, Plan.Type.TYPE_2));

    static Case healthy() {
        return new Case();
    }

    /// Proved to be worse by more than `above` points and less than `below`, and to be this release's fault.
    static Case proved(double above, double below) {
        var c = suspected();
        c.verdict = new Verdict.Fail("errors degraded: 600 of 3000 failed");
        c.evidence = 50;
        c.peak = 50;
        c.increase = new Increase(above, below);
        c.attribution = new Attribution.Release("the new version is worse than the old one");
        return c;
    }

    static Case suspected() {
        var c = new Case();
        c.verdict = new Verdict.Inconclusive("about 200 more requests");
        c.evidence = 4;
        c.peak = 4;
        c.suspicion = new Suspicion.Since(Duration.ofMinutes(3), true);
        c.increase = Increase.UNKNOWN;
        return c;
    }

    Case at(Stage other) {
        stage = other;
        return this;
    }

    Case blamed(Attribution other) {
        attribution = other;
        return this;
    }

    Case twiceAsSlow() {
        readings.add(new Reading(TWICE, 20, 20, 7));
        return this;
    }

    Case broken(String route) {
        brokenRoutes.add(route);
        return this;
    }

    Case heard(Trigger trigger, Signal.Weight weight) {
        return heard(trigger, "somebody", weight, Optional.empty());
    }

    Case heard(Trigger trigger, String source, Signal.Weight weight, Optional<Severity> severity) {
        signals.add(new Signal(trigger, trigger + source, source, now.minusSeconds(60), severity, weight, "it is bad"));
        return this;
    }

    Case type(Plan.Type type) {
        way = new Way.To(GOOD, true, type, List.of());
        return this;
    }

    Case evidence(double nats) {
        evidence = nats;
        peak = nats;
        return this;
    }

    Case after(Automatic... rollbacks) {
        past = new Past(List.of(rollbacks), past.isItselfARollback(), past.quarantined());
        return this;
    }

    Situation situation() {
        var needed = -StrictMath.log(alpha);
        var grade = outage ? new Grade.Proved(Severity.SEV1) : Grade.of(increase, Grade.Outage.NOT_SEEN);
        var assessment = new Assessment(
                Duration.between(START, now),
                verdict,
                new Reading("any of the claims", evidence, peak, needed),
                suspicion,
                increase,
                grade,
                attribution,
                verdict instanceof Verdict.Inconclusive ? 200 : 0,
                readings,
                brokenRoutes,
                new Counts(requests, 0),
                new Counts(9000, 20),
                0.002,
                0,
                1,
                20);
        return new Situation(
                now,
                BAD,
                stage,
                START,
                counted ? Optional.of(assessment) : Optional.empty(),
                signals,
                deaf,
                blindSince,
                way,
                past,
                protectedEnvironment,
                rules);
    }

    Decision decide() {
        return Decision.of(situation());
    }

    static Release release(int number, String version) {
        var revision = new Revision(Digest.of(version), new Version(version));
        return new Release(number, revision, List.of(), START.minusSeconds(3600), new Person("maya"));
    }
}
