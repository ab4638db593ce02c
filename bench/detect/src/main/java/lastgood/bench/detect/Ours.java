package lastgood.bench.detect;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.Verdict;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Before;
import lastgood.core.detect.Detector;
import lastgood.core.detect.Judges;
import lastgood.core.detect.Price;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Settings;
import lastgood.core.detect.Tolerance;
import lastgood.core.detect.WarmUp;

/// What a watch runs (`Judges`: two comparisons, each at half of the alpha), at the price of a Type 1 rollback, and
/// the same with a part of it taken out. It alarms when it would roll back: proved, and proved to be the release.
final class Ours implements Rule {

    /// What is taken out.
    enum Without {
        NOTHING("ours"),
        /// The old version beside it is the only comparison, and has all of the alpha.
        TWO("ours, one comparison"),
        MARGIN("ours, no margin"),
        WARM_UP("ours, no warm-up allowance"),
        PHI("ours, phi = 1"),
        /// The old version does not serve beside the new one: the hour before is compared with, and the guard group.
        REFERENCE("ours, hour before + guard"),
        REFERENCE_AND_GUARD("ours, hour before, no guard");

        private final String label;

        Without(String label) {
            this.label = label;
        }
    }

    private static final double NEEDED = -StrictMath.log(Price.TYPE_1.alpha());

    /// A comparison with the past that blames nobody counts for no more than this, however sure it is.
    private static final double BLAMELESS = 0.2;

    private final Without without;
    private Judges judges;

    /// For [Without#TWO] alone.
    private Optional<Detector> one = Optional.empty();

    Ours(Without without) {
        this.without = without;
        judges = judges(new World.Past(Before.UNKNOWN, 1));
    }

    @Override
    public String name() {
        return without.label;
    }

    @Override
    public void begin(World.Past past, int scrapeSeconds) {
        judges = judges(past);
        one = without == Without.TWO ? Optional.of(new Detector(settings(past))) : Optional.empty();
    }

    private Judges judges(World.Past past) {
        Reference reference = switch (without) {
            case REFERENCE, REFERENCE_AND_GUARD ->
                past.before().errors().requests() > 0 ? new Reference.Earlier() : Reference.Nothing.usual();
            case NOTHING, TWO, MARGIN, WARM_UP, PHI -> new Reference.Beside();
        };
        var settings = settings(past).with(reference);
        return new Judges(settings, new Basis(reference, past.before(), settings.phi(), Instant.EPOCH, List.of()));
    }

    private Settings settings(World.Past past) {
        var whole = Settings.beside(Price.TYPE_1, past.before()).withPhi(past.phi());
        return switch (without) {
            case NOTHING, TWO, REFERENCE, REFERENCE_AND_GUARD -> whole;
            case MARGIN -> whole.with(Tolerance.none());
            case WARM_UP -> whole.withWarmUp(WarmUp.none(), WarmUp.none());
            case PHI -> whole.withPhi(1);
        };
    }

    @Override
    public double score(Scrape scrape) {
        var seen = seen(scrape);
        if (one.isPresent()) {
            one.get().take(seen);
            return one.get().evidence() / NEEDED;
        }
        judges.take(seen);
        var evidence = judges.evidence();
        return switch (without) {
            case REFERENCE_AND_GUARD -> evidence.getFirst();
            case REFERENCE -> blamed(evidence.getFirst());
            case NOTHING, TWO, MARGIN, WARM_UP, PHI -> Math.max(evidence.getFirst(), blamed(evidence.getLast()));
        };
    }

    /// What is proved beside the old version is the release's fault; what is proved against the past may not be.
    private double blamed(double evidence) {
        if (evidence < BLAMELESS) {
            return evidence;
        }
        var seen = judges.assess();
        return seen.verdict() instanceof Verdict.Fail && seen.attribution() instanceof Attribution.Release
                ? evidence
                : BLAMELESS;
    }

    private Scrape seen(Scrape scrape) {
        return switch (without) {
            case REFERENCE, REFERENCE_AND_GUARD ->
                new Scrape(
                        scrape.since(),
                        scrape.freshAge(),
                        scrape.fresh(),
                        Scrape.Side.NONE,
                        scrape.guard(),
                        scrape.routes(),
                        scrape.sight());
            case NOTHING, TWO, MARGIN, WARM_UP, PHI -> scrape;
        };
    }

    Judges judges() {
        return judges;
    }
}
