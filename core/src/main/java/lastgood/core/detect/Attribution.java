package lastgood.core.detect;

import java.time.Duration;

/// Whose fault is it? Being bad after a deploy is not being bad because of it.
public sealed interface Attribution {

    /// The new version is worse than the old one: rolling back helps.
    record Release(String why) implements Attribution {}

    /// Something else hurts both versions: rolling back would not help. Page, freeze promotions.
    record External(String why) implements Attribution {}

    /// Bad since the deploy, and nothing but the time blames the release: the old version is bad too, which it may harm
    /// by a lock, a shared cache, a storm of retries; or it is gone, and no other service is there to tell by. For
    /// a person to decide, with the rollback prepared.
    record Temporal(String why) implements Attribution {}

    /// Not enough is proved to blame anyone.
    record Undecided(String why) implements Attribution {}

    /// A release harms the old version within this time, or it was something else. A migration or a full queue shows
    /// within minutes.
    Duration SOON = Duration.ofMinutes(5);

    /// Without the old version beside it, a release is blamed only for what begins within this time: the length
    /// of a watch. What breaks later is more likely a dependency that the guard group does not share.
    Duration LATE = Duration.ofHours(1);

    static Attribution of(Comparisons seen) {
        if (seen.beside() && seen.worseThanReference()) {
            return new Release("the new version is worse than the old one, which serves at the same time");
        }
        if (seen.beside()) {
            return seen.referenceWorseThanBefore() ? bothBad(seen) : nobodyYet(seen);
        }
        if (!seen.worseThanReference()) {
            return new Undecided("nothing is proved against the new version");
        }
        return switch (seen.guard()) {
            case NONE -> unguarded(seen.onset());
            case WORSE -> new External("worse than before the deploy, and so are services that were not deployed");
            case CLEAN -> againstGuard(seen);
        };
    }

    /// Nobody to compare with: only the time speaks.
    private static Attribution unguarded(Onset onset) {
        var nobody = "no other service is there to tell an outage of the surroundings by";
        return onset instanceof Onset.After(var later) && later.compareTo(SOON) <= 0
                ? new Temporal("bad since the deploy, and " + nobody)
                : new Undecided("worse than before the deploy, and " + nobody);
    }

    private static Attribution againstGuard(Comparisons seen) {
        if (!seen.worseThanGuard()) {
            return new Undecided("worse than before the deploy, but not yet than services that were not deployed");
        }
        return switch (seen.onset()) {
            case Onset.Before() -> new External("it began before the deploy");
            case Onset.After(var later)
            when later.compareTo(LATE) > 0 ->
                new Undecided("worse than before the deploy, since %d minutes after it; too long to blame it unseen"
                        .formatted(later.toMinutes()));
            case Onset.After _, Onset.Unknown _ ->
                new Release("worse than before the deploy and than services that were not deployed");
        };
    }

    /// A release that harms the old version too looks like an outage of something else. That it is not the release is
    /// claimed only of what began before it, or of what other services have as well: who is told that rolling back
    /// would not help does not roll back.
    private static Attribution bothBad(Comparisons seen) {
        if (seen.guard() == Guard.WORSE) {
            return new External("the old version is bad too, and so are services that were not deployed");
        }
        var others = seen.guard() == Guard.CLEAN
                ? "services that were not deployed are well"
                : "no other service is there to tell an outage of the surroundings by";
        return switch (seen.onset()) {
            case Onset.Before() -> new External("the old version is bad too, and it began before the deploy");
            case Onset.After(var later)
            when later.compareTo(SOON) <= 0 -> new Temporal("both versions are bad since the deploy, and " + others);
            case Onset.After(var later) ->
                new Undecided("both versions are bad, since %d minutes after the deploy; %s"
                        .formatted(later.toMinutes(), others));
            case Onset.Unknown() -> new Undecided("both versions are bad, nobody knows since when; " + others);
        };
    }

    private static Attribution nobodyYet(Comparisons seen) {
        return new Undecided(
                seen.guard() == Guard.WORSE
                        ? "services that were not deployed are worse; nothing is proved against this one"
                        : "no difference between the versions is proved");
    }

    /// What was compared, and how it came out. A `true` is a proof at the watch's alpha, a `false` is only its
    /// absence.
    ///
    /// @param beside whether the old version serves at the same time; if not, the reference is the time before
    /// @param worseThanReference the new version
    /// @param referenceWorseThanBefore the old version, now; an outage that is over blames nobody any more
    /// @param worseThanGuard the new version against services that were not deployed
    record Comparisons(
            boolean beside,
            boolean worseThanReference,
            boolean referenceWorseThanBefore,
            boolean worseThanGuard,
            Guard guard,
            Onset onset) {}

    /// How services that share the surroundings and were not deployed are doing against their own past.
    enum Guard {
        NONE,
        CLEAN,
        WORSE
    }

    /// When it began, seen from the deploy.
    sealed interface Onset {
        record Before() implements Onset {}

        record After(Duration later) implements Onset {}

        record Unknown() implements Onset {}
    }
}
