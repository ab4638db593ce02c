package lastgood.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The history of a service's releases and their verdicts, and the answer to "what is *last good*?".
///
/// A release is good when a Pass is recorded after its bake and nothing speaks against it later:
/// no Fail, no rollback, no abort. A Pass that a person or a later bake records afterwards makes it good
/// again. Releases are ordered by number, and going back always means a lower one, so a second
/// rollback goes further back instead of forward to the release that was just taken out.
///
/// @param entries in the order in which they were appended
public record Ledger(ServiceRef service, List<LedgerEntry> entries) {

    public Ledger {
        entries = List.copyOf(entries);
    }

    public static Ledger empty(ServiceRef service) {
        return new Ledger(service, List.of());
    }

    public Ledger with(LedgerEntry entry) {
        var all = new ArrayList<>(entries);
        all.add(entry);
        return new Ledger(service, all);
    }

    public boolean has(String key) {
        return entries.stream().anyMatch(e -> e.key().equals(key));
    }

    /// All releases, oldest first.
    public List<Release> releases() {
        return entries.stream()
                .filter(LedgerEntry.Deployed.class::isInstance)
                .map(e -> withBrought(((LedgerEntry.Deployed) e).what()))
                .toList();
    }

    private Release withBrought(Release release) {
        var more = entries.stream()
                .filter(e -> e instanceof LedgerEntry.Brought && e.release() == release.number())
                .flatMap(e -> ((LedgerEntry.Brought) e).migrations().stream())
                .toList();
        return more.isEmpty() ? release : release.bringing(more);
    }

    public Optional<Release> release(int number) {
        return releases().stream().filter(r -> r.number() == number).findFirst();
    }

    /// The number the next release will bear.
    public int nextNumber() {
        return releases().stream().mapToInt(Release::number).max().orElse(0) + 1;
    }

    /// The release that users get, if there is one.
    public Optional<Release> live() {
        var live = 0;
        for (var entry : entries) {
            if (entry instanceof LedgerEntry.Live) {
                live = entry.release();
            } else if (entry instanceof LedgerEntry.Left && entry.release() == live) {
                live = 0;
            }
        }
        return release(live);
    }

    /// When the release became what users get, the last time it did.
    public Optional<Instant> liveSince(int number) {
        return entries.stream()
                .filter(e -> e instanceof LedgerEntry.Live && e.release() == number)
                .map(LedgerEntry::at)
                .reduce((_, later) -> later);
    }

    /// What a person last said of its users since it is live; what was said before was said of another time.
    public Optional<LedgerEntry.Told> told(int number) {
        var live = liveSince(number).orElse(Instant.MAX);
        return entries.stream()
                .filter(LedgerEntry.Told.class::isInstance)
                .map(LedgerEntry.Told.class::cast)
                .filter(t -> t.release() == number && !t.at().isBefore(live))
                .reduce((_, later) -> later);
    }

    /// What the release's lines come to, read in order: the last one that matters wins. A revocation counts for its
    /// bits, under whatever number they were put out, and before everything else.
    public Standing standing(int number) {
        return release(number)
                .flatMap(r -> revoked(r.parts()))
                .<Standing>map(r -> new Standing.Revoked(r.why(), r.by()))
                .orElseGet(() -> history(number));
    }

    private Standing history(int number) {
        Standing standing = new Standing.NeverLive();
        for (var entry : entries) {
            if (entry.release() == number) {
                standing = after(standing, entry);
            }
        }
        return standing;
    }

    private static Standing after(Standing before, LedgerEntry entry) {
        return switch (entry) {
            case LedgerEntry.Deployed _, LedgerEntry.Brought _, LedgerEntry.Quarantined _, LedgerEntry.Told _ -> before;
            // Read by the bits, above.
            case LedgerEntry.Revoked _, LedgerEntry.Reinstated _ -> before;
            // A release that was good when it came back needs no second bake; one that was taken out does.
            case LedgerEntry.Live live -> before instanceof Standing.Good ? before : new Standing.Baking(live.at());
            case LedgerEntry.Judged judged -> judged(before, judged);
            case LedgerEntry.Left left -> left(before, left);
        };
    }

    private static Standing judged(Standing before, LedgerEntry.Judged entry) {
        return switch (entry.verdict()) {
            case Verdict.Pass() -> new Standing.Good(entry.at(), entry.by());
            case Verdict.Fail(var reason) -> new Standing.Failed(reason);
            case Verdict.Inconclusive _, Verdict.NoData _, Verdict.TelemetryDown _ -> before;
        };
    }

    private static Standing left(Standing before, LedgerEntry.Left entry) {
        return switch (entry.how()) {
            case ROLLED_BACK -> new Standing.RolledBack(runOf(entry.key()));
            case ABORTED -> new Standing.Aborted();
            case SUPERSEDED ->
                before instanceof Standing.Baking(var since)
                        ? new Standing.NeverProved(Duration.between(since, entry.at()))
                        : before;
        };
    }

    private static String runOf(String key) {
        var slash = key.indexOf('/');
        return slash < 0 ? key : key.substring(0, slash);
    }

    /// Until when those bits may not come back unnoticed, if they may not. Bits that name fewer parts than the
    /// release in quarantine had are taken for it: whoever brings the revision alone leaves the rest as it was.
    public Optional<Instant> quarantinedUntil(Parts parts) {
        return entries.stream()
                .filter(LedgerEntry.Quarantined.class::isInstance)
                .map(LedgerEntry.Quarantined.class::cast)
                .filter(q -> release(q.release())
                        .filter(r -> parts.within(r.parts()))
                        .isPresent())
                .map(LedgerEntry.Quarantined::until)
                .reduce((_, later) -> later);
    }

    /// The newest revocation of those bits that nobody took back. As in quarantine, fewer parts are taken for the
    /// release that had them.
    public Optional<LedgerEntry.Revoked> revoked(Parts parts) {
        var holds = Optional.<LedgerEntry.Revoked>empty();
        for (var entry : entries) {
            if (entry instanceof LedgerEntry.Revoked revoked && holds(parts, revoked)) {
                holds = Optional.of(revoked);
            } else if (entry instanceof LedgerEntry.Reinstated && holds(parts, entry)) {
                holds = Optional.empty();
            }
        }
        return holds;
    }

    private boolean holds(Parts parts, LedgerEntry entry) {
        return release(entry.release()).filter(r -> parts.within(r.parts())).isPresent();
    }

    /// Resolves what a person asked for to one release, or says why it cannot be done.
    ///
    /// @param current the release to go back *from*: what the workload is asked to run, which in the
    ///     middle of a rollout is not yet the live one; empty = nothing runs, every release is a candidate
    /// @param presumeAfter how long a release must have served to be presumed good where nobody ever judged
    ///     any; zero = never
    public Selection select(RevisionSelector selector, Optional<Release> current, Duration presumeAfter) {
        return switch (selector) {
            case RevisionSelector.Previous() -> newestGood(current, r -> isOlder(r, current), presumeAfter);
            case RevisionSelector.Good() ->
                newestGood(current, r -> isSame(r, current) || isOlder(r, current), presumeAfter);
            case RevisionSelector.ByVersion(var version) ->
                named(version.text(), current, r -> r.version().equals(version));
            case RevisionSelector.ByDigest(var prefix) ->
                named(prefix, current, r -> r.revision().digest().startsWith(prefix));
            case RevisionSelector.ByNumber(var number) ->
                named("release " + number, current, r -> r.number() == number);
        };
    }

    /// The same, and only what is proved counts as good.
    public Selection select(RevisionSelector selector, Optional<Release> current) {
        return select(selector, current, Duration.ZERO);
    }

    /// The same bits put out twice are one release to go back to: going back to them is not going back.
    private static boolean isSame(Release release, Optional<Release> current) {
        return current.filter(release::sameAs).isPresent();
    }

    private static boolean isOlder(Release release, Optional<Release> current) {
        return current.map(c -> release.number() < c.number()).orElse(true) && !isSame(release, current);
    }

    private Selection newestGood(Optional<Release> current, Predicate<Release> candidate, Duration presumeAfter) {
        var candidates = releases().reversed().stream().filter(candidate).toList();
        var good = newest(candidates, current, s -> s instanceof Standing.Good);
        if (good instanceof Selection.NothingGood
                && presumeAfter.isPositive()
                && candidates.stream().noneMatch(r -> !isSame(r, current) && wasJudged(r.number()))) {
            return newest(candidates, current, s -> servedLongEnough(s, current, presumeAfter));
        }
        return good;
    }

    private Selection newest(List<Release> candidates, Optional<Release> current, Predicate<Standing> wanted) {
        var rejected = new ArrayList<Selection.Rejected>();
        for (var release : candidates) {
            var standing = standingOfItsBits(release);
            if (wanted.test(standing)) {
                return chosen(release, standing, current, rejected);
            }
            rejected.add(new Selection.Rejected(release, standing));
        }
        return new Selection.NothingGood(rejected);
    }

    /// A history that was read off the platform has no verdicts, and to refuse in the night for want of one helps
    /// nobody: what served users for a day and was then replaced in the ordinary way is the best there is. Where
    /// anything was ever judged, a missing Pass means something, and nothing is presumed. What failed, was rolled
    /// back or aborted has another standing and is never presumed.
    private static boolean servedLongEnough(Standing standing, Optional<Release> current, Duration presumeAfter) {
        return switch (standing) {
            case Standing.NeverProved(var served) -> served.compareTo(presumeAfter) >= 0;
            // Users still get it while the newer one fails to start. How long it had served by then is what counts.
            case Standing.Baking(var since) ->
                current.filter(c -> Duration.between(since, c.at()).compareTo(presumeAfter) >= 0)
                        .isPresent();
            case Standing.Good _,
                    Standing.Failed _,
                    Standing.Revoked _,
                    Standing.RolledBack _,
                    Standing.Aborted _,
                    Standing.NeverLive _ -> false;
        };
    }

    private boolean wasJudged(int number) {
        return entries.stream()
                .anyMatch(e -> e instanceof LedgerEntry.Judged judged
                        && judged.release() == number
                        && (judged.verdict() instanceof Verdict.Pass || judged.verdict() instanceof Verdict.Fail));
    }

    /// A release that was good is so no longer once the same bits, put out again, have hurt.
    private Standing standingOfItsBits(Release release) {
        return releases().stream()
                .filter(r -> r.number() > release.number() && r.sameAs(release))
                .map(r -> standing(r.number()))
                .filter(s -> s instanceof Standing.Failed || s instanceof Standing.RolledBack)
                .reduce((_, later) -> later)
                .orElseGet(() -> standing(release.number()));
    }

    private Selection named(String wanted, Optional<Release> current, Predicate<Release> matches) {
        var found = releases().stream().filter(matches).toList();
        if (found.isEmpty()) {
            return new Selection.NoSuch(wanted, releases());
        }
        if (!found.stream().allMatch(r -> r.sameAs(found.getFirst()))) {
            return new Selection.Ambiguous(wanted, found);
        }
        var release = found.getLast();
        return chosen(release, standing(release.number()), current, List.of());
    }

    private static Selection chosen(
            Release release, Standing standing, Optional<Release> current, List<Selection.Rejected> rejected) {
        return isSame(release, current)
                ? new Selection.AlreadyLive(release)
                : new Selection.Chosen(release, standing, rejected);
    }
}
