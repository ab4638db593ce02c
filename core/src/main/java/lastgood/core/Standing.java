package lastgood.core;

import java.time.Duration;
import java.time.Instant;

/// What a release's history says of it. Only [Good] may be chosen as last good; every other one says
/// why not, in words that can be printed as they are.
public sealed interface Standing {

    /// A recorded Pass, and nothing against it since.
    record Good(Instant since, String by) implements Standing {}

    /// Live, and not yet judged.
    record Baking(Instant since) implements Standing {}

    /// A recorded Fail after any Pass.
    record Failed(String why) implements Standing {}

    /// It has a hole; whatever else was said of it, it is not gone back to.
    record Revoked(String why, String by) implements Standing {}

    record RolledBack(String run) implements Standing {}

    record Aborted() implements Standing {}

    /// Replaced before anyone could judge it.
    ///
    /// @param lived how long users had it
    record NeverProved(Duration lived) implements Standing {}

    /// Put out, but users never got all of it.
    record NeverLive() implements Standing {}

    /// Why a release of this standing may be chosen, or may not.
    default String words() {
        return switch (this) {
            case Good(var since, var by) -> "good since %s (%s)".formatted(since, by);
            case Baking(var since) -> "not yet judged: live since %s".formatted(since);
            case Failed(var why) -> "failed: " + why;
            case Revoked(var why, var by) -> "revoked for security by %s: %s".formatted(by, why);
            case RolledBack(var run) -> "was rolled back by " + run;
            case Aborted() -> "its rollout was aborted";
            case NeverProved(var lived) -> "never passed: replaced after " + Words.duration(lived);
            case NeverLive() -> "was never live";
        };
    }

    default String word() {
        return switch (this) {
            case Good _ -> "good";
            case Baking _ -> "baking";
            case Failed _ -> "failed";
            case Revoked _ -> "revoked";
            case RolledBack _ -> "rolled back";
            case Aborted _ -> "aborted";
            case NeverProved _ -> "never proved";
            case NeverLive _ -> "never live";
        };
    }
}
