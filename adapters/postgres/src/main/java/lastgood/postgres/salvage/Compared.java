package lastgood.postgres.salvage;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.schema.Quoted;
import org.jspecify.annotations.Nullable;

/// How one table is compared across the databases: by which key, in which columns, and in which words each database
/// is asked, so that the same content is the same text everywhere.
///
/// @param live the table as it is now
/// @param key as the state before the damage has it
/// @param columns that are compared and can be put back, as the state before has them, the key's first
/// @param forms for each database that has the table
record Compared(Table live, Table.Key key, List<Table.Column> columns, Map<Side, Form> forms) {

    /// Which of the three databases.
    enum Side {
        BEFORE,
        AFTER,
        LIVE
    }

    /// What one database is asked. The row is `t`.
    ///
    /// @param keyTexts the key's values as texts
    /// @param texts all compared columns as texts
    /// @param hash a number that rows go by: the same key has the same one in each database, whatever its
    /// collation
    /// @param digest of the compared columns, a bigint
    record Form(Table table, List<String> keyTexts, List<String> texts, String hash, String digest) {}

    /// These have one text for each value and one value for each text, so the server may hash them as they are. A
    /// numeric may not: its NaN has the hash of NULL, and 1.0 that of 1.00.
    private static final Set<String> PLAIN =
            Set.of("smallint", "integer", "bigint", "boolean", "uuid", "date", "text", "character varying");

    private static final Set<String> OF_CHARACTERS = Set.of("text", "character varying");

    static final int HASHES_RECORDS = 140_000;

    /// The key by which all databases that have the table can tell its rows apart.
    static Optional<Table.Key> commonKey(Table before, @Nullable Table after, Table live) {
        return before.keys().stream()
                .filter(k -> live.isUniqueBy(k) && (after == null || after.isUniqueBy(k)))
                .filter(k -> k.columns().stream()
                        .allMatch(c -> live.column(c).stream().noneMatch(Table.Column::generated)))
                .findFirst();
    }

    /// @param readable whether every value of a column, in that database, can be read as the type that it had before
    /// @param version of the oldest of the servers
    static Compared of(
            Table before,
            @Nullable Table after,
            Table live,
            Table.Key key,
            BiPredicate<Side, Table.Column> readable,
            int version) {
        var columns = new ArrayList<Table.Column>();
        key.columns().forEach(c -> columns.add(before.column(c).orElseThrow()));
        before.columns().stream()
                .filter(c -> !key.columns().contains(c.name()))
                .filter(c -> live.column(c.name()).filter(l -> !l.generated()).isPresent())
                .forEach(columns::add);
        var sides = new EnumMap<Side, Table>(Side.class);
        sides.put(Side.BEFORE, before);
        sides.put(Side.LIVE, live);
        if (after != null) {
            sides.put(Side.AFTER, after);
        }
        var forms = new EnumMap<Side, Form>(Side.class);
        sides.forEach((side, table) -> {
            var texts = columns.stream()
                    .map(c -> text(side, table, c, live, readable))
                    .toList();
            var parts = IntStream.range(0, columns.size())
                    .mapToObj(
                            i -> version >= HASHES_RECORDS ? plain(columns.get(i), sides, texts.get(i)) : texts.get(i))
                    .collect(Collectors.joining(", "));
            var digest = version >= HASHES_RECORDS
                    ? "pg_catalog.hash_record_extended(ROW(%s), 0)".formatted(parts)
                    : "pg_catalog.hashtextextended(CAST(ROW(%s) AS text) COLLATE \"C\", 0)".formatted(parts);
            var keyTexts = texts.subList(0, key.columns().size());
            forms.put(side, new Form(table, keyTexts, texts, hash(key, sides, keyTexts), digest));
        });
        return new Compared(live, key, List.copyOf(columns), forms);
    }

    private static String text(
            Side side, Table table, Table.Column column, Table live, BiPredicate<Side, Table.Column> readable) {
        var there = table.column(column.name());
        if (there.isEmpty()) {
            // The damage dropped it, and somebody made it again: untouched is what it was made with.
            var fresh = live.column(column.name()).orElseThrow().constant();
            return "CAST(%s AS text) COLLATE \"C\"".formatted(fresh == null ? "NULL" : fresh);
        }
        var value = "CAST(t.%s AS text)".formatted(Quoted.name(column.name()));
        var retyped = !there.get().type().equals(column.type());
        var read = retyped && readable.test(side, column)
                ? "CAST(CAST(%s AS %s) AS text)".formatted(value, column.type())
                : value;
        return read + " COLLATE \"C\"";
    }

    private static final Set<String> WHOLE_NUMBERS = Set.of("smallint", "integer", "bigint");

    private static String hash(Table.Key key, Map<Side, Table> sides, List<String> texts) {
        if (texts.size() != 1) {
            return "pg_catalog.hashtextextended(CAST(ROW(%s) AS text) COLLATE \"C\", 0)"
                    .formatted(String.join(", ", texts));
        }
        var name = key.columns().getFirst();
        var whole = sides.values().stream()
                .allMatch(
                        t -> WHOLE_NUMBERS.contains(t.column(name).orElseThrow().type()));
        return whole
                ? "pg_catalog.hashint8extended(CAST(t.%s AS bigint), 0)".formatted(Quoted.name(name))
                : "pg_catalog.hashtextextended(%s, 0)".formatted(texts.getFirst());
    }

    private static String plain(Table.Column column, Map<Side, Table> sides, String text) {
        var bare = column.type().replaceFirst("\\(.*", "");
        var same = sides.values().stream()
                .allMatch(t -> t.column(column.name())
                        .filter(c -> c.type().equals(column.type()))
                        .isPresent());
        if (!same || column.type().endsWith("[]") || !(PLAIN.contains(bare) || bare.startsWith("timestamp"))) {
            return text;
        }
        var raw = "t." + Quoted.name(column.name());
        return OF_CHARACTERS.contains(bare) ? raw + " COLLATE \"C\"" : raw;
    }

    /// A column that has another type now than before the damage: what is put back must come out as it went in.
    boolean isRetyped(int column) {
        var was = columns.get(column);
        return !live.column(was.name()).orElseThrow().type().equals(was.type());
    }

    String title() {
        return live.title();
    }
}
