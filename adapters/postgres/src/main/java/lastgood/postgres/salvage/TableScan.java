package lastgood.postgres.salvage;

import static lastgood.postgres.salvage.Compared.Side.AFTER;
import static lastgood.postgres.salvage.Compared.Side.BEFORE;
import static lastgood.postgres.salvage.Compared.Side.LIVE;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.schema.Quoted;
import lastgood.postgres.salvage.Compared.Side;
import lastgood.postgres.salvage.RowDiff.Image;
import org.jspecify.annotations.Nullable;

/// Goes through one table in all databases at once and finds the rows that are not the same everywhere.
///
/// First whole blocks of rows are compared by a digest that each server makes for itself: of a table that nobody
/// touched, nothing but some numbers crosses the wire. Then the keys and digests of the other blocks' rows come in the
/// same order from each server and are merged. Only rows that the damage touched are fetched whole. At no time is more
/// than one batch of them held here.
final class TableScan {

    /// What is done with a row that the damage may have touched.
    interface Visitor {
        /// @param stamp of the row as it is now; empty if there is none
        /// @param xmin of the row as it is now; 0 if there is none
        void suspect(
                List<String> key,
                @Nullable Image before,
                @Nullable Image after,
                @Nullable Image now,
                String stamp,
                long xmin)
                throws SQLException;

        /// Written since, and not touched by the damage.
        void later(boolean inserted) throws SQLException;
    }

    private static final int FETCH = 5_000;
    private static final int BATCH = 500;

    /// A block of a table of ten million rows has 150 of them: few are read in vain around a row that differs.
    private static final int BLOCKS_MAX = 1 << 16;

    private static final int ROWS_IN_BLOCK = 128;

    /// Reading it all is as quick as asking for so large a part of it.
    private static final double MOST = 0.5;

    private final Map<Side, Connection> sessions;
    private final long blocksFromBytes;

    /// @param blocksFromBytes smaller tables are read at once
    TableScan(Map<Side, Connection> sessions, long blocksFromBytes) {
        this.sessions = sessions;
        this.blocksFromBytes = blocksFromBytes;
    }

    /// @return how many rows there are now, in blocks that differ
    long scan(Compared table, boolean threeWay, Visitor visitor) throws SQLException {
        var blocks = blocks(table);
        if (blocks.isPresent() && blocks.get().different().isEmpty()) {
            return 0;
        }
        var cursors = new EnumMap<Side, Keys>(Side.class);
        var suspects = new ArrayList<Suspect>();
        long seen = 0;
        try {
            each(
                            table,
                            (side, form) -> new Keys(
                                    open(side, form, blocks), form.keyTexts().size()))
                    .forEach(cursors::put);
            while (true) {
                var next = cursors.values().stream()
                        .filter(Keys::hasNext)
                        .mapToLong(Keys::hash)
                        .min();
                if (next.isEmpty()) {
                    break;
                }
                for (var suspect : group(cursors, next.getAsLong())) {
                    seen++;
                    if (suspect.isUndamaged(threeWay)) {
                        if (threeWay && !Objects.equals(suspect.after, suspect.now)) {
                            visitor.later(suspect.after == null);
                        }
                    } else {
                        suspects.add(suspect);
                    }
                }
                if (suspects.size() >= BATCH) {
                    examine(table, suspects, visitor);
                    suspects.clear();
                }
            }
            examine(table, suspects, visitor);
        } finally {
            for (var cursor : cursors.values()) {
                cursor.close();
            }
        }
        return seen;
    }

    /// Rows of a table in which rows cannot be told apart: how many of each content.
    record Content(long before, long after, long now) {}

    interface ContentVisitor {
        void content(Content content);
    }

    /// Compares a table without a key by content alone.
    void scanContents(Compared table, ContentVisitor visitor) throws SQLException {
        var cursors = new EnumMap<Side, Keys>(Side.class);
        try {
            each(
                            table,
                            (side, form) -> new Keys(
                                    query(
                                            side,
                                            "SELECT %s, count(*) FROM %s t GROUP BY 1 ORDER BY 1"
                                                    .formatted(
                                                            form.digest(),
                                                            form.table().from())),
                                    0))
                    .forEach(cursors::put);
            while (true) {
                var next = cursors.values().stream()
                        .filter(Keys::hasNext)
                        .mapToLong(Keys::hash)
                        .min();
                if (next.isEmpty()) {
                    return;
                }
                var counts = new EnumMap<Side, Long>(Side.class);
                for (var cursor : cursors.entrySet()) {
                    if (cursor.getValue().hasNext() && cursor.getValue().hash() == next.getAsLong()) {
                        counts.put(cursor.getKey(), cursor.getValue().digest());
                        cursor.getValue().advance();
                    }
                }
                visitor.content(new Content(
                        counts.getOrDefault(BEFORE, 0L),
                        counts.getOrDefault(AFTER, 0L),
                        counts.getOrDefault(LIVE, 0L)));
            }
        } finally {
            for (var cursor : cursors.values()) {
                cursor.close();
            }
        }
    }

    /// @param of how many blocks the table is cut into
    private record Blocks(int of, List<Integer> different) {}

    private Optional<Blocks> blocks(Compared table) throws SQLException {
        var bytes = each(table, (side, form) -> bytes(side, form.table())).values().stream()
                .mapToLong(b -> b)
                .max()
                .orElse(0);
        if (bytes < blocksFromBytes) {
            return Optional.empty();
        }
        // A row of eight bytes takes 40 in a page; this errs on the side of more blocks.
        var of = Math.clamp(Long.highestOneBit(bytes / (40L * ROWS_IN_BLOCK) + 1), 2, BLOCKS_MAX);
        var digests = each(table, (side, form) -> digests(side, form, of));
        var different = IntStream.range(0, of)
                .filter(block -> digests.values().stream()
                                .map(d -> d.getOrDefault(block, ""))
                                .distinct()
                                .count()
                        > 1)
                .boxed()
                .toList();
        return Optional.of(new Blocks(of, different));
    }

    /// Of its rows, to tell small from large; not exact.
    private long bytes(Side side, Table table) throws SQLException {
        var sql = table.partitioned()
                ? "SELECT coalesce(sum(pg_relation_size(p.relid)), 0) FROM pg_partition_tree(%d) p"
                : "SELECT coalesce(pg_relation_size(%d), 0)";
        try (var rows = query(side, sql.formatted(table.oid()))) {
            rows.next();
            var bytes = rows.getLong(1);
            rows.getStatement().close();
            return bytes;
        }
    }

    private Map<Integer, String> digests(Side side, Compared.Form form, int of) throws SQLException {
        var sql = "SELECT CAST(%s & %d AS integer), count(*) || '/' || sum(%s) FROM %s t GROUP BY 1"
                .formatted(form.hash(), of - 1, form.digest(), form.table().from());
        var digests = new HashMap<Integer, String>();
        try (var rows = query(side, sql)) {
            while (rows.next()) {
                digests.put(rows.getInt(1), rows.getString(2));
            }
            rows.getStatement().close();
        }
        return digests;
    }

    private ResultSet open(Side side, Compared.Form form, Optional<Blocks> blocks) throws SQLException {
        var only = blocks.filter(b -> b.different().size() < b.of() * MOST)
                .map(b -> " WHERE CAST(%s & %d AS integer) IN (SELECT unnest('{%s}'::integer[]))"
                        .formatted(
                                form.hash(),
                                b.of() - 1,
                                b.different().stream().map(String::valueOf).collect(Collectors.joining(","))))
                .orElse("");
        return query(
                side,
                "SELECT %s, %s, %s FROM %s t%s ORDER BY 1"
                        .formatted(
                                form.hash(),
                                form.digest(),
                                String.join(", ", form.keyTexts()),
                                form.table().from(),
                                only));
    }

    private ResultSet query(Side side, String sql) throws SQLException {
        var ask = session(side).createStatement();
        ask.setFetchSize(FETCH);
        return ask.executeQuery(sql);
    }

    private Connection session(Side side) {
        return Objects.requireNonNull(sessions.get(side), () -> "no session on " + side);
    }

    private interface PerSide<T> {
        T on(Side side, Compared.Form form) throws SQLException;
    }

    /// All databases at the same time.
    private static <T> Map<Side, T> each(Compared table, PerSide<T> work) throws SQLException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new EnumMap<Side, Future<T>>(Side.class);
            table.forms().forEach((side, form) -> {
                Callable<T> task = () -> work.on(side, form);
                running.put(side, threads.submit(task));
            });
            var done = new EnumMap<Side, T>(Side.class);
            for (var entry : running.entrySet()) {
                done.put(entry.getKey(), entry.getValue().get());
            }
            return done;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", "57014", e);
        }
    }

    /// A row by its digests; null where there is none.
    private record Suspect(
            List<String> key,
            @Nullable Long before,
            @Nullable Long after,
            @Nullable Long now) {
        boolean isUndamaged(boolean threeWay) {
            return threeWay ? Objects.equals(before, after) : Objects.equals(before, now);
        }
    }

    /// All rows of one hash, told apart by their keys: nearly always one.
    private static List<Suspect> group(Map<Side, Keys> cursors, long hash) throws SQLException {
        var digests = new LinkedHashMap<List<String>, Map<Side, Long>>();
        for (var cursor : cursors.entrySet()) {
            var keys = cursor.getValue();
            while (keys.hasNext() && keys.hash() == hash) {
                digests.computeIfAbsent(keys.key(), _ -> new EnumMap<>(Side.class))
                        .put(cursor.getKey(), keys.digest());
                keys.advance();
            }
        }
        var all = new ArrayList<Suspect>();
        digests.forEach((key, d) -> all.add(new Suspect(key, d.get(BEFORE), d.get(AFTER), d.get(LIVE))));
        return all;
    }

    private void examine(Compared table, List<Suspect> suspects, Visitor visitor) throws SQLException {
        if (suspects.isEmpty()) {
            return;
        }
        var keys = suspects.stream().map(Suspect::key).toList();
        var found = each(table, (side, form) -> images(side, table, form, keys));
        for (int i = 0; i < keys.size(); i++) {
            var now = at(found, LIVE, i);
            visitor.suspect(
                    keys.get(i),
                    image(at(found, BEFORE, i)),
                    image(at(found, AFTER, i)),
                    image(now),
                    now == null ? "" : now.stamp,
                    now == null ? 0 : now.xmin);
        }
    }

    private static @Nullable Found at(Map<Side, Map<Integer, Found>> found, Side side, int i) {
        return found.getOrDefault(side, Map.of()).get(i);
    }

    private static @Nullable Image image(@Nullable Found found) {
        return found == null ? null : found.image;
    }

    private record Found(Image image, String stamp, long xmin) {}

    private Map<Integer, Found> images(Side side, Compared table, Compared.Form form, List<List<String>> keys)
            throws SQLException {
        var width = form.keyTexts().size();
        var names = IntStream.range(0, width).mapToObj(i -> "k" + i).toList();
        var live = side == LIVE;
        var sql = "SELECT w.n, %s, %s FROM unnest(%s) WITH ORDINALITY AS w(%s, n) JOIN %s t ON %s"
                .formatted(
                        live ? form.table().stamp("t") : "''",
                        (live ? "CAST(CAST(t.xmin AS text) AS bigint), " : "0, ") + String.join(", ", form.texts()),
                        names.stream().map(_ -> "?::text[]").collect(Collectors.joining(", ")),
                        String.join(", ", names),
                        form.table().from(),
                        keyIs(form.table(), table.key(), "t", "w.k"));
        var found = new HashMap<Integer, Found>();
        try (var ask = session(side).prepareStatement(sql)) {
            bind(ask, side, keys, width);
            try (var rows = ask.executeQuery()) {
                while (rows.next()) {
                    var values = new ArrayList<@Nullable String>();
                    for (int c = 0; c < form.texts().size(); c++) {
                        values.add(rows.getString(4 + c));
                    }
                    found.put(rows.getInt(1) - 1, new Found(new Image(values), rows.getString(2), rows.getLong(3)));
                }
            }
        }
        return found;
    }

    private void bind(PreparedStatement ask, Side side, List<List<String>> keys, int width) throws SQLException {
        for (int k = 0; k < width; k++) {
            var column = k;
            ask.setArray(
                    k + 1,
                    session(side)
                            .createArrayOf(
                                    "text",
                                    keys.stream().map(key -> key.get(column)).toArray()));
        }
    }

    /// Compares a row's key with texts, in the key's own types, so that its index is of use.
    static String keyIs(Table table, Table.Key key, String row, String texts) {
        return IntStream.range(0, key.columns().size())
                .mapToObj(i -> {
                    var column = table.column(key.columns().get(i)).orElseThrow();
                    return "%s.%s = CAST(%s%d AS %s)"
                            .formatted(row, Quoted.name(column.name()), texts, i, column.type());
                })
                .collect(Collectors.joining(" AND "));
    }

    /// One database's rows, in the order of their hashes.
    private static final class Keys {
        private final ResultSet rows;
        private final int width;
        private boolean hasNext;
        private long hash;
        private long digest;
        private List<String> key = List.of();

        Keys(ResultSet rows, int width) throws SQLException {
            this.rows = rows;
            this.width = width;
            advance();
        }

        boolean hasNext() {
            return hasNext;
        }

        long hash() {
            return hash;
        }

        long digest() {
            return digest;
        }

        List<String> key() {
            return key;
        }

        void advance() throws SQLException {
            hasNext = rows.next();
            if (hasNext) {
                hash = rows.getLong(1);
                digest = rows.getLong(2);
                var parts = new ArrayList<String>(width);
                for (int i = 0; i < width; i++) {
                    parts.add(rows.getString(3 + i));
                }
                key = parts;
            }
        }

        void close() throws SQLException {
            rows.getStatement().close();
        }
    }
}
