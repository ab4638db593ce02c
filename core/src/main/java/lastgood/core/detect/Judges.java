package lastgood.core.detect;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import lastgood.core.Verdict;

/// The detectors of one watch. While the old version serves beside the new one, that comparison is the best there
/// is; in a plain rolling update it lasts for seconds, and what breaks a minute later is seen only against the past.
/// So two run on the same scrapes, each at half of the alpha, and the watch as a whole keeps its promise. What is said
/// to be the evidence is that of the watch: half of what the better comparison has.
///
/// Pure, like [Detector].
public final class Judges {

    /// A minute at 15 s without a request to the old version: it is gone.
    private static final int ALONE_AFTER = 4;

    private final Detector first;
    private final Optional<Detector> alone;
    private final double needed;
    /// Longer without even a failed reading of an old instance: there is none. Who cannot be reached is tried that
    /// often.
    private static final Duration NOBODY_AFTER = Duration.ofSeconds(15);

    private int withoutReference;
    private Duration lastOld = Duration.ZERO;

    /// @param settings for the comparison that the basis names first
    public Judges(Settings settings, Basis basis) {
        var other = basis.alone().reference();
        if (other.equals(basis.reference())) {
            first = new Detector(settings);
            alone = Optional.empty();
            needed = -StrictMath.log(settings.alpha());
        } else {
            first = new Detector(settings, 2);
            alone = Optional.of(new Detector(settings.with(other), 2));
            needed = -StrictMath.log(settings.alpha() / 2);
        }
    }

    public void take(Scrape scrape) {
        first.take(scrape);
        alone.ifPresent(d -> d.take(scrape));
        if (scrape.sight() instanceof Scrape.Sight.Clear) {
            if (scrape.reference().scrapes().requests() > 0) {
                lastOld = scrape.since();
            }
            withoutReference = scrape.reference().errors().requests() > 0
                    ? 0
                    : nobodyIsLeft(scrape) ? ALONE_AFTER : withoutReference + 1;
        }
    }

    /// Instances of the new version were read, and of the old one there is not even one that could not be: who was
    /// replaced is not waited for, and every round of an outage counts.
    private boolean nobodyIsLeft(Scrape scrape) {
        return scrape.fresh().scrapes().requests() > 0
                && scrape.since().minus(lastOld).compareTo(NOBODY_AFTER) >= 0;
    }

    /// A proof of either is a proof; beside the old version it also says whose fault it is. Without one, that
    /// comparison speaks which still gets requests.
    public Assessment assess() {
        var beside = first.assess();
        if (alone.isEmpty() || beside.verdict() instanceof Verdict.Fail) {
            return beside;
        }
        var past = alone.get().assess();
        if (past.verdict() instanceof Verdict.Fail) {
            return past.blaming(blame(beside.attribution(), past.attribution()));
        }
        return isGone() ? past : beside;
    }

    /// Worse than its past, and not proved to be worse than the old version beside it. As long as that one serves, or
    /// if it suffered as well, the past alone blames nobody: a dependency of this service only, which fails both
    /// versions alike, looks just the same.
    private Attribution blame(Attribution beside, Attribution past) {
        return switch (beside) {
            case Attribution.External _, Attribution.Temporal _ -> beside;
            case Attribution.Release _ -> past;
            case Attribution.Undecided(var why) ->
                isGone()
                        ? past
                        : new Attribution.Undecided(
                                "worse than before the deploy, but not proved to be worse than the old version beside it: "
                                        + why);
        };
    }

    private boolean isGone() {
        return withoutReference >= ALONE_AFTER;
    }

    /// Both, for whoever wants all the numbers.
    public List<Assessment> all() {
        return alone.map(d -> List.of(first.assess(), d.assess())).orElseGet(() -> List.of(first.assess()));
    }

    /// How far each comparison is on its way to a proof now, 1 being there; without making a record of it.
    public List<Double> evidence() {
        var beside = first.evidence() / needed;
        return alone.map(d -> List.of(beside, d.evidence() / needed)).orElseGet(() -> List.of(beside));
    }
}
