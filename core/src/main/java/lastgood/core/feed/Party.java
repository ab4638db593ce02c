package lastgood.core.feed;

/// On which side of a comparison an instance is.
public enum Party {
    /// It runs the release that is judged.
    FRESH,
    /// It runs the release that was there before, or serves beside it.
    OLD,
    /// It belongs to a service that shares the surroundings and was not deployed.
    GUARD
}
