package lastgood.cli.run;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.data.Migrations;
import lastgood.core.data.Migrations.Applied;
import lastgood.core.data.RestorePoint;
import lastgood.core.plan.Step;

/// What came to the database after a release, told from three records: the ledger, the history of the migration tool,
/// and the restore points. None of them is complete: people migrate without telling the ledger, tools keep no times,
/// and points are only there where somebody marked one.
///
/// @param point that was marked first after the release was put out: the schema that it ran on. Any later one may
/// hold what a newer release, or an attempt at one, had changed by then
/// @param oldestFirst migrations that came since and are still applied
record SinceRelease(Optional<RestorePoint> point, List<String> oldestFirst) {

    SinceRelease {
        oldestFirst = List.copyOf(oldestFirst);
    }

    /// @param points all of them
    /// @param undone migrations that runs of ours have undone
    static SinceRelease of(
            Ledger ledger, Release target, Migrations history, List<RestorePoint> points, Set<String> undone) {
        var point = pointAfter(ledger, target, points);
        return new SinceRelease(point, since(ledger, target, history, points, point, undone));
    }

    // ---- the point

    private static Optional<RestorePoint> pointAfter(Ledger ledger, Release target, List<RestorePoint> points) {
        var own = ofDeploy(ledger, target, points);
        var later = ledger.releases().stream()
                .filter(r -> r.number() > target.number())
                .toList();
        var certain = later.stream()
                .flatMap(r -> ofDeploy(ledger, r, points).stream())
                .collect(Collectors.toSet());
        // The server's own clock where there are two times of it, else the ledger's.
        var from = own.map(RestorePoint::at).orElse(target.at());
        var again = later.stream().anyMatch(r -> r.version().equals(target.version()));
        return points.stream()
                .filter(p -> certain.contains(p) || p.at().isAfter(from))
                .filter(p -> !own.equals(Optional.of(p)))
                .filter(p -> again || !p.release().equals(target.version().text()))
                .min(Comparator.comparing(RestorePoint::at));
    }

    /// The one that the release's own rollout marked: it bears the run's name.
    private static Optional<RestorePoint> ofDeploy(Ledger ledger, Release release, List<RestorePoint> points) {
        return ledger.entries().stream()
                .filter(e -> e instanceof LedgerEntry.Deployed && e.release() == release.number())
                .map(LedgerEntry::key)
                .filter(key -> key.indexOf('/') > 0)
                .map(Step::pointName)
                .flatMap(name -> points.stream().filter(p -> p.name().equals(name)))
                .findFirst();
    }

    // ---- the migrations

    private static List<String> since(
            Ledger ledger,
            Release target,
            Migrations history,
            List<RestorePoint> points,
            Optional<RestorePoint> point,
            Set<String> undone) {
        var before = recorded(ledger.releases().stream().filter(r -> r.number() <= target.number()));
        var after = recorded(ledger.releases().stream().filter(r -> r.number() > target.number()));
        after.removeAll(before);
        var xids = point.map(p -> points.stream()
                        .filter(q -> !q.at().isBefore(p.at()))
                        .flatMap(q -> q.xids().stream())
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
        var applied = history.applied().stream().filter(Applied::done).toList();
        var first = 0;
        while (first < applied.size()
                && !isLater(applied.get(first), after, xids, point)
                && !(point.isPresent() && isBehindAllOf(before, applied.subList(0, first)))) {
            first++;
        }
        var since = new ArrayList<>(applied.subList(first, applied.size()).stream()
                .map(Applied::name)
                .filter(m -> !before.contains(m))
                .toList());
        var known = applied.stream().map(Applied::name).collect(Collectors.toSet());
        // What is recorded and not in the history: a tool that we cannot read, or one that names it otherwise. That it
        // was undone has to be known, not assumed.
        after.stream().filter(m -> !known.contains(m) && !undone.contains(m)).forEach(since::add);
        return since;
    }

    private static Set<String> recorded(Stream<Release> releases) {
        return releases.flatMap(r -> r.migrations().stream())
                .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
    }

    /// A history is in the order of applying: behind what the release itself brought comes what came later.
    private static boolean isBehindAllOf(Set<String> before, List<Applied> passed) {
        return !before.isEmpty()
                && passed.stream()
                        .map(Applied::name)
                        .collect(Collectors.toSet())
                        .containsAll(before);
    }

    private static boolean isLater(Applied a, Set<String> after, Set<Long> xids, Optional<RestorePoint> point) {
        return after.contains(a.name())
                || (a.xid() != 0 && xids.contains(a.xid()))
                || point.flatMap(p -> time(a).map(t -> t.isAfter(p.at()))).orElse(false);
    }

    /// Tools write what they like; a time without an offset says nothing here.
    private static Optional<Instant> time(Applied a) {
        try {
            return Optional.of(OffsetDateTime.parse(a.at()).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// The migrations from that one on, oldest first; empty if it is not applied.
    static List<String> from(Migrations history, String migration) {
        var names = history.applied().stream()
                .filter(Applied::done)
                .map(Applied::name)
                .toList();
        var at = names.indexOf(migration);
        return at < 0 ? List.of() : names.subList(at, names.size());
    }

    /// The point that was marked right before that migration: only then is its fingerprint the one to come back to.
    static Optional<RestorePoint> before(
            Ledger ledger, Migrations history, List<RestorePoint> points, String migration) {
        var applied = history.applied().stream().filter(Applied::done).toList();
        var xid = applied.stream()
                .filter(a -> a.name().equals(migration))
                .mapToLong(Applied::xid)
                .findFirst()
                .orElse(0);
        var byXid = points.stream()
                .filter(p -> xid != 0 && !p.xids().isEmpty() && p.xids().getFirst() == xid)
                .findFirst();
        return byXid.or(() -> ledger.releases().reversed().stream()
                .map(r -> of(ledger, r, history, points, Set.of()))
                .filter(s ->
                        !s.oldestFirst().isEmpty() && s.oldestFirst().getFirst().equals(migration))
                .flatMap(s -> s.point().stream())
                .findFirst());
    }
}
