package lastgood.engine.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import lastgood.core.LedgerEntry;
import lastgood.core.ServiceRef;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.feed.Placebo;
import lastgood.core.feed.Recorded;
import lastgood.engine.port.History;

/// How often would a watch of this service have gone back for nothing? Placebo deploys in its own past: see [Placebo].
///
/// Reads piece by piece and forgets what is no longer needed; nothing is changed anywhere.
public final class Calibration {

    /// What a real watch knows of the time before a release.
    private static final Duration LEAD = Duration.ofHours(6);

    /// The comparison with the hour before needs one.
    private static final Duration LEAD_MIN = Duration.ofHours(1);

    /// What a real release does to users is no placebo's fault: its own hour, and what comes of it.
    private static final Duration AROUND_DEPLOYS = Duration.ofHours(2);

    /// A watch that saw nobody count for most of its hour shows nothing.
    private static final double SLOTS_MIN = 0.8;

    /// Kept to be judged again, each some hundred kilobytes.
    private static final int KEPT_MAX = 300;

    private final History history;
    private final Terms terms;
    private final Progress progress;

    /// Who wants to know how far it is.
    @FunctionalInterface
    public interface Progress {
        /// @param blamed how many of them would have been rolled back
        void at(Instant read, int done, int of, int blamed);
    }

    /// @param critical routes that get half of the attention
    public Calibration(History history, DecisionRules rules, java.util.Set<String> critical, Progress progress) {
        this.history = history;
        this.terms = new Terms(rules, Stage.LIVE, critical);
        this.progress = progress;
    }

    /// What there is to work with, before anything large is read.
    ///
    /// @param moments at which a placebo deploy may be, one for each slot
    /// @param instancesMost at one time
    /// @param excluded slots near a real deploy
    /// @param alone slots in which fewer than two instances served
    public record Ground(
            History.Survey survey,
            Instant from,
            Instant to,
            List<Instant> moments,
            int instancesMost,
            int excluded,
            int alone) {

        public long requests() {
            return survey.slots().stream().mapToLong(History.Slot::requests).sum();
        }

        /// Time that will be read.
        public Duration read() {
            return moments.isEmpty()
                    ? Duration.ZERO
                    : Duration.between(
                            moments.getFirst().minus(LEAD), moments.getLast().plus(Placebo.WATCHED));
        }
    }

    public Ground ground(ServiceRef service, Instant from, Instant to, List<LedgerEntry> ledger) {
        var survey = history.survey(service, from, to);
        var deploys = new TreeSet<Instant>();
        ledger.stream()
                .filter(e -> e instanceof LedgerEntry.Deployed
                        || e instanceof LedgerEntry.Live
                        || e instanceof LedgerEntry.Left)
                .forEach(e -> deploys.add(e.at()));
        var moments = new ArrayList<Instant>();
        var excluded = 0;
        var alone = 0;
        var slots = survey.slots();
        for (var i = 0; i < slots.size(); i++) {
            var at = slots.get(i).at();
            if (at.isBefore(slots.getFirst().at().plus(LEAD_MIN))
                    || at.plus(Placebo.WATCHED).isAfter(to)
                    || !isWatched(slots, i, survey.slot())) {
                continue;
            }
            var near = deploys.ceiling(at.minus(AROUND_DEPLOYS));
            if (near != null && near.isBefore(at.plus(Placebo.WATCHED))) {
                excluded++;
            } else if (slots.get(i).instances() < 2) {
                alone++;
            } else {
                moments.add(at);
            }
        }
        var most = slots.stream().mapToInt(History.Slot::instances).max().orElse(0);
        return new Ground(survey, from, to, moments, most, excluded, alone);
    }

    private static boolean isWatched(List<History.Slot> slots, int from, Duration slot) {
        var wanted = Placebo.WATCHED.dividedBy(slot);
        var end = slots.get(from).at().plus(Placebo.WATCHED);
        var seen = 0;
        for (var i = from; i < slots.size() && slots.get(i).at().isBefore(end); i++) {
            seen++;
        }
        return seen >= SLOTS_MIN * wanted;
    }

    /// @param placebos how many; at random, so one hour may be watched more than once, with other halves
    public Calibrated run(ServiceRef service, Ground ground, int placebos, long seed) {
        var lots = new SplittableRandom(seed);
        var at = drawn(ground, placebos, lots);
        var recorded = new Recorded();
        var all = new ArrayList<Placebo.Watched>();
        var kept = new ArrayList<Placebo.Watched>();
        var blamed = 0;
        var suspected = 0;
        if (!at.isEmpty()) {
            var read = at.getFirst().minus(LEAD);
            read = read.isBefore(ground.from()) ? ground.from() : read;
            var pieces = history.open(service, read);
            for (var moment : at) {
                var end = moment.plus(Placebo.WATCHED);
                while (read.isBefore(end)) {
                    read = read.plus(ground.survey().piece());
                    read = read.isAfter(ground.to()) ? ground.to() : read;
                    recorded.add(pieces.until(read));
                    if (read.equals(ground.to())) {
                        break;
                    }
                }
                recorded.forgetBefore(moment.minus(LEAD).toEpochMilli());
                var one = Placebo.watch(
                        recorded, moment, ground.survey().pace(), terms.critical(), terms::settings, lots.split());
                if (one.isPresent()) {
                    var seen = one.get();
                    blamed += seen.came() == Placebo.Came.BLAMED ? 1 : 0;
                    if (seen.suspected()) {
                        keep(kept, seen, ++suspected, lots);
                    }
                    all.add(Calibrated.light(seen));
                }
                progress.at(read, all.size(), at.size(), blamed);
            }
        }
        return Calibrated.of(all, kept, terms);
    }

    /// Each with the same chance, however many there are.
    private static void keep(List<Placebo.Watched> kept, Placebo.Watched one, int nth, SplittableRandom lots) {
        if (kept.size() < KEPT_MAX) {
            kept.add(one);
        } else {
            var place = lots.nextInt(nth);
            if (place < KEPT_MAX) {
                kept.set(place, one);
            }
        }
    }

    private static List<Instant> drawn(Ground ground, int placebos, SplittableRandom lots) {
        var at = new ArrayList<Instant>();
        var within = (int) ground.survey().slot().toSeconds();
        for (var i = 0; i < placebos && !ground.moments().isEmpty(); i++) {
            at.add(ground.moments().get(lots.nextInt(ground.moments().size())).plusSeconds(lots.nextInt(within)));
        }
        at.sort(Instant::compareTo);
        return at;
    }
}
