package lastgood.core.detect;

import java.time.Duration;

/// Evidence of 20 to 1 pauses a rollout, which is cheap and can be taken back; only proof rolls it back.
public sealed interface Suspicion {
    record None() implements Suspicion {}

    /// @param since the first time, from the new version's first sample; the decision's 15 minutes start here
    /// @param active whether the evidence is still that strong
    record Since(Duration since, boolean active) implements Suspicion {}

    /// Whether the evidence is that strong at this moment.
    default boolean isActive() {
        return this instanceof Since(var _, var active) && active;
    }
}
