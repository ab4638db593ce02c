package lastgood.core.schema;

import java.util.List;

/// Something that a release says to its database, with what the schema of its time made of it.
///
/// @param sql normalised, with `$1`; never with values
/// @param calls how often it was seen; 0 if that is not known
/// @param role who said it
/// @param parameters types of `$1`, `$2`, …, without domains
/// @param results what comes back
/// @param touches what it reads and writes, views taken apart
/// @param problem why its own schema could not make sense of it; empty: it could
public record TypedStatement(
        String sql,
        long calls,
        String role,
        List<String> parameters,
        List<Column> results,
        List<Touch> touches,
        String problem) {

    public TypedStatement {
        parameters = List.copyOf(parameters);
        results = List.copyOf(results);
        touches = List.copyOf(touches);
    }

    public record Column(String name, String type) {}

    /// @param table schema and name
    public record Touch(Operation operation, List<String> table) {
        public Touch {
            table = List.copyOf(table);
        }
    }

    public enum Operation {
        READ,
        INSERT,
        UPDATE,
        DELETE
    }

    public boolean typed() {
        return problem.isEmpty();
    }
}
