package lastgood.core.detect;

import java.util.List;
import java.util.Optional;
import lastgood.core.Verdict;

/// The detectors of one watch. While the old version serves beside the new one, that comparison is the best there
/// is; in a plain rolling update it lasts for seconds, and what breaks a minute later is seen only against the past.
/// So two run on the same scrapes, each at half of the alpha, and the watch as a whole keeps its promise.
///
/// Pure, like [Detector].
public final class Judges {

    /// A minute at 15 s without a request to the old version: it is gone.
    private static final int ALONE_AFTER = 4;

    private final Detector first;
    private final Optional<Detector> alone;
    private int withoutReference;

    /// @param settings for the comparison that the basis names first
    public Judges(Settings settings, Basis basis) {
        var other = basis.alone().reference();
        if (other.equals(basis.reference())) {
            first = new Detector(settings);
            alone = Optional.empty();
        } else {
            var half = settings.withAlpha(settings.alpha() / 2);
            first = new Detector(half);
            alone = Optional.of(new Detector(half.with(other)));
        }
    }

    public void take(Scrape scrape) {
        first.take(scrape);
        alone.ifPresent(d -> d.take(scrape));
        if (scrape.sight() instanceof Scrape.Sight.Clear) {
            withoutReference = scrape.reference().errors().requests() == 0 ? withoutReference + 1 : 0;
        }
    }

    /// A proof of either is a proof; beside the old version it also says whose fault it is. Without one, that
    /// comparison speaks which still gets requests.
    public Assessment assess() {
        var beside = first.assess();
        if (alone.isEmpty() || beside.verdict() instanceof Verdict.Fail) {
            return beside;
        }
        var past = alone.get().assess();
        return past.verdict() instanceof Verdict.Fail || withoutReference >= ALONE_AFTER ? past : beside;
    }

    /// Both, for whoever wants all the numbers.
    public List<Assessment> all() {
        return alone.map(d -> List.of(first.assess(), d.assess())).orElseGet(() -> List.of(first.assess()));
    }
}
