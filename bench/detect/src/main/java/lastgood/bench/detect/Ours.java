package lastgood.bench.detect;

import lastgood.core.detect.Attribution;
import lastgood.core.detect.Detector;
import lastgood.core.detect.Price;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Settings;
import lastgood.core.detect.Tolerance;
import lastgood.core.detect.WarmUp;

/// Our detector at the price of a Type 1 rollback, and the same with a part of it taken out.
final class Ours implements Rule {

    /// What is taken out.
    enum Without {
        NOTHING("ours"),
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

    private final Without without;
    private Detector detector = new Detector(Settings.beside(Price.TYPE_1, lastgood.core.detect.Before.UNKNOWN));

    Ours(Without without) {
        this.without = without;
    }

    @Override
    public String name() {
        return without.label;
    }

    @Override
    public void begin(World.Past past, int scrapeSeconds) {
        detector = new Detector(settings(past));
    }

    private Settings settings(World.Past past) {
        var whole = Settings.beside(Price.TYPE_1, past.before()).withPhi(past.phi());
        return switch (without) {
            case NOTHING -> whole;
            case MARGIN -> whole.with(Tolerance.none());
            case WARM_UP -> whole.withWarmUp(WarmUp.none(), WarmUp.none());
            case PHI -> whole.withPhi(1);
            case REFERENCE, REFERENCE_AND_GUARD -> whole.with(new Reference.Earlier());
        };
    }

    @Override
    public double score(Scrape scrape) {
        detector.take(seen(scrape));
        var evidence = Math.max(0, detector.evidence() / NEEDED);
        var blames = without != Without.REFERENCE
                || evidence < 0.2
                || detector.assess().attribution() instanceof Attribution.Release;
        return blames ? evidence : Math.min(evidence, 0.2);
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
            case NOTHING, MARGIN, WARM_UP, PHI -> scrape;
        };
    }

    Detector detector() {
        return detector;
    }
}
