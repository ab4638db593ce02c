package lastgood.engine.steps;

import lastgood.core.plan.Step;

/// One kind of change to the world.
///
/// A handler looks, and what it saw carries the one change that would be right now. It never remembers: after a
/// crash, a lost answer or a change of owner the same look leads to the same place.
@FunctionalInterface
interface StepHandler<S extends Step> {

    /// Reads the world; changes nothing.
    ///
    /// @param key this effect's name, `run/step`; a mark that bears it means that we have asked already
    Sighting look(S step, String key);
}
