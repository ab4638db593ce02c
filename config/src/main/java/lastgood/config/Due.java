package lastgood.config;

import java.time.Duration;

/// Whether something has to be done by a certain time.
public sealed interface Due {

    /// No deadline.
    record Never() implements Due {}

    /// Counted from the moment that the text where it is used names.
    record Within(Duration time) implements Due {}
}
