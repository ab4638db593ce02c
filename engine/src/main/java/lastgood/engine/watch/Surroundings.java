package lastgood.engine.watch;

import lastgood.core.decide.Situation;

/// What a decision depends on besides measurements.
public record Surroundings(
        Situation.Stage stage, Situation.Way way, Situation.Past past, boolean protectedEnvironment) {}
