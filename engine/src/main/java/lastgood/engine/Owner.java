package lastgood.engine;

import lastgood.core.Person;

/// A process that drives runs.
///
/// @param process for the journal: host, pid, what it is
/// @param person on whose behalf
public record Owner(String process, Person person) {}
