package lastgood.kubernetes.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Parts;
import lastgood.core.Person;
import lastgood.core.Release;

/// What the cluster shows and the ledger does not say yet: releases that were put out by `kubectl`, a pipeline or a
/// GitOps controller, and ways back that were done by hand.
///
/// It says what was seen, never what it was worth: a release that is found in the history is *never proved*, however
/// long it served. When one came back after a newer one, the newer one was taken out; that is the one verdict which
/// history holds.
final class Observation {

    /// Who put it out is not in the cluster.
    private static final Person SOMEBODY = new Person("unknown");

    private final List<LedgerEntry> entries = new ArrayList<>();
    private Ledger ledger;

    private Observation(Ledger stored) {
        this.ledger = stored;
    }

    /// What is there now.
    ///
    /// @param parts all of it
    /// @param live whether users get it, and nothing else any more
    /// @param at when it was asked for
    record Now(Parts parts, boolean live, Instant at) {}

    /// @param history of the main workload, oldest first, the present one included
    /// @return what to append to the ledger; nothing if it says all of it already
    static List<LedgerEntry> of(Ledger stored, List<Generations.Generation> history, Namer namer, List<Now> now) {
        var observation = new Observation(stored);
        observation.past(history, namer);
        now.forEach(observation::present);
        return observation.entries;
    }

    /// Names the revision of a template.
    interface Namer {
        lastgood.core.Revision name(Generations.Generation generation);
    }

    private void add(LedgerEntry entry) {
        if (!ledger.has(entry.key())) {
            entries.add(entry);
            ledger = ledger.with(entry);
        }
    }

    // ---- the past

    /// Only what came after the ledger's last word; with no ledger, all of it. The last generation is the present one.
    private void past(List<Generations.Generation> history, Namer namer) {
        var from = ledger.releases().isEmpty() ? 0 : firstUnknown(history);
        for (var i = from; i < history.size() - 1; i++) {
            generation(history.get(i), namer);
        }
    }

    private int firstUnknown(List<Generations.Generation> history) {
        for (var i = history.size() - 1; i >= 0; i--) {
            if (known(history.get(i).digest()).isPresent()) {
                return i + 1;
            }
        }
        return 0;
    }

    private void generation(Generations.Generation generation, Namer namer) {
        var known = known(generation.digest());
        if (known.isPresent()) {
            cameBack(known.get(), generation.made());
            return;
        }
        var parts = Parts.of(namer.name(generation));
        var number = deployed(parts, generation.made());
        live(number, generation.made(), Leaving.SUPERSEDED);
    }

    /// An earlier one is there again: what was live until then was taken out.
    private void cameBack(Release release, Instant at) {
        if (ledger.live().map(l -> l.number() != release.number()).orElse(true)) {
            live(release.number(), at, Leaving.ROLLED_BACK);
        }
    }

    private Optional<Release> known(Digest main) {
        return ledger.releases().reversed().stream()
                .filter(r -> r.revision().digest().equals(main))
                .findFirst();
    }

    private int deployed(Parts parts, Instant at) {
        var number = ledger.nextNumber();
        add(new LedgerEntry.Deployed(
                new Release(number, parts.main(), parts.others(), parts.config(), List.of(), at, SOMEBODY),
                "observed/%d/deployed".formatted(number)));
        return number;
    }

    private void live(int number, Instant at, Leaving how) {
        // Times from the history of one workload are in order; with two of them, or a clock put back, they may not be.
        var time = ledger.entries().isEmpty() || ledger.entries().getLast().at().isBefore(at)
                ? at
                : ledger.entries().getLast().at();
        ledger.live()
                .filter(l -> l.number() != number)
                .ifPresent(l -> add(new LedgerEntry.Left(l.number(), how, time, key(l.number(), "left"))));
        add(new LedgerEntry.Live(number, time, key(number, "live")));
    }

    /// By its place in the ledger: whoever observes the same comes to the same keys.
    private String key(int release, String what) {
        return "observed/%d/%s/%d".formatted(release, what, ledger.entries().size());
    }

    // ---- the present

    private void present(Now now) {
        var there = ledger.releases().reversed().stream()
                .filter(r -> r.parts().within(now.parts()))
                .findFirst();
        var number = there.map(Release::number).orElseGet(() -> deployed(now.parts(), now.at()));
        var isLive = ledger.live().map(l -> l.number() == number).orElse(false);
        if (!now.live() || isLive) {
            return;
        }
        var back =
                there.isPresent() && ledger.live().map(l -> l.number() > number).orElse(false);
        live(number, now.at(), back ? Leaving.ROLLED_BACK : Leaving.SUPERSEDED);
    }
}
