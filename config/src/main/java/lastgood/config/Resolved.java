package lastgood.config;

import java.util.List;

/// Whether it is clear what is meant, and can be used.
public sealed interface Resolved {

    record Ok(Effective effective) implements Resolved {}

    /// No environment was named, a flag has a bad value, or the service cannot run there.
    record Refused(List<Problem> problems) implements Resolved {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
