package lastgood.cli.out;

import java.time.Instant;
import java.time.ZoneId;
import lastgood.core.Standing;

/// What is known of a release, with times as people read them.
public final class Standings {

    private Standings() {}

    public static String words(Standing standing, Instant now, ZoneId zone) {
        return switch (standing) {
            case Standing.Good(var since, var by) -> "good since %s (%s)".formatted(When.clock(since, now, zone), by);
            case Standing.Baking(var since) -> "not yet judged: live since %s".formatted(When.clock(since, now, zone));
            case Standing.Failed _,
                    Standing.Revoked _,
                    Standing.RolledBack _,
                    Standing.Aborted _,
                    Standing.NeverProved _,
                    Standing.NeverLive _ -> standing.words();
        };
    }
}
