package lastgood.local.agent;

import lastgood.core.Digest;

/// One thing the reconciler does.
sealed interface Action {

    /// @param revision the requested one, or while paused the one that is there
    record Start(Digest revision) implements Action {}

    record Stop(String id, String why) implements Action {}
}
