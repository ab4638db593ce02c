package lastgood.core.plan;

import java.util.List;

/// What planning came to.
public sealed interface Planned {

    /// @param remarks what a person should know before saying yes, such as a target that was never proved
    record Ready(Plan plan, List<String> remarks) implements Planned {
        public Ready {
            remarks = List.copyOf(remarks);
        }
    }

    /// The world is already as asked.
    record NothingToDo(String why) implements Planned {}

    /// It may not or cannot be done; nothing was changed.
    record Refused(String why, List<String> details, String hint) implements Planned {
        public Refused {
            details = List.copyOf(details);
        }
    }
}
