package lastgood.config;

import java.util.List;

/// Who has to agree.
public sealed interface Approval {

    /// Nobody.
    record None() implements Approval {}

    /// @param by roles (see contacts), any of which may approve
    /// @param count how many different people, at least 1; the reader refuses more than 1 in this version
    record Needed(List<String> by, When when, Due within, int count) implements Approval {
        public Needed {
            by = List.copyOf(by);
            if (by.isEmpty() || count < 1) {
                throw new IllegalArgumentException("an approval needs a role and a count: %s, %d".formatted(by, count));
            }
        }
    }

    enum When {
        BEFORE,
        AFTER
    }
}
