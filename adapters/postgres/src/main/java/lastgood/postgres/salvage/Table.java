package lastgood.postgres.salvage;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.core.schema.Quoted;
import org.jspecify.annotations.Nullable;

/// A table as one database has it. A partitioned table is one table, through its root.
///
/// @param keys sets of columns by which each row can be told from all others, the primary key first
record Table(long oid, String schema, String name, boolean partitioned, List<Column> columns, List<Key> keys) {

    /// @param type as PostgreSQL writes it, with its limits
    /// @param constant the default if that is a plain constant; null if there is none or it is something else
    /// @param identityAlways whether it takes no value but its own
    record Column(
            String name,
            String type,
            boolean notNull,
            boolean generated,
            @Nullable String constant,
            boolean identityAlways) {}

    /// @param columns unique together, and never NULL
    record Key(List<String> columns) {
        Set<String> set() {
            return Set.copyOf(columns);
        }
    }

    /// `schema.name`, for people.
    String title() {
        return schema + "." + name;
    }

    /// The table itself without what inherits from it, which is a table of its own here; or all partitions.
    String from() {
        return (partitioned ? "" : "ONLY ") + sql();
    }

    String sql() {
        return Quoted.name(schema, name);
    }

    Optional<Column> column(String wanted) {
        return columns.stream().filter(c -> c.name().equals(wanted)).findFirst();
    }

    boolean isUniqueBy(Key key) {
        return keys.stream().anyMatch(k -> k.set().equals(key.set()));
    }

    /// What can be written.
    List<Column> written() {
        return columns.stream().filter(c -> !c.generated()).toList();
    }

    /// Says of a row whether it is still the one that was seen; every column that holds something of its own counts.
    String stamp(String alias) {
        return "pg_catalog.md5(CAST(ROW(%s) AS text))"
                .formatted(written().stream()
                        .map(c -> "CAST(%s.%s AS text)".formatted(alias, Quoted.name(c.name())))
                        .collect(Collectors.joining(", ")));
    }
}
