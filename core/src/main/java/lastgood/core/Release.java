package lastgood.core;

import java.time.Instant;
import java.util.List;

/// What was put into an environment at a moment: the thing that is good or bad.
///
/// @param number its place in the service's ledger, from 1, never re-used
/// @param revision the state it asks of the service's workload
/// @param migrations names of the schema migrations it brought, oldest first
/// @param at when it was put out
/// @param by who did it
public record Release(int number, Revision revision, List<String> migrations, Instant at, Person by) {

    public Release {
        if (number < 1) {
            throw new IllegalArgumentException("release numbers start at 1: " + number);
        }
        migrations = List.copyOf(migrations);
    }

    public Version version() {
        return revision.version();
    }

    @Override
    public String toString() {
        return version().text();
    }
}
