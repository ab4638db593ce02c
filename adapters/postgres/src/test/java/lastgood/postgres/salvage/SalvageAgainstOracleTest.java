package lastgood.postgres.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random tables, random damage, random later writes, against the rules written down a second time in a dozen plain
/// lines over maps. `-Dlastgood.seed=N` repeats one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SalvageAgainstOracleTest {

    private static final String[] TYPES = {"text", "integer", "numeric(8,2)", "jsonb", "timestamptz", "boolean"};

    static Sessions admin;
    static int databases;

    @TempDir
    Path spools;

    @BeforeAll
    static void start() {
        admin = new Sessions(Servers.shared(), "test");
    }

    /// Key to values; what a table is.
    private static final class Rows extends TreeMap<String, List<@Nullable String>> {
        private static final long serialVersionUID = 1L;

        Rows copy() {
            var copy = new Rows();
            forEach((k, v) -> copy.put(k, new ArrayList<>(v)));
            return copy;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatever_was_damaged_and_written_since_comes_out_as_the_oracle_says(long given) {
        long seed = Long.getLong("lastgood.seed", given);
        var random = new Random(seed);
        var types = new ArrayList<String>();
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            types.add(TYPES[random.nextInt(TYPES.length)]);
        }
        var composite = random.nextBoolean();
        var shop = new Incident(admin, "oracle%d_%d".formatted(++databases, seed), spools);
        shop.blocksFrom = random.nextBoolean() ? 0 : Long.MAX_VALUE;
        var before = new Rows();
        var create = new ArrayList<String>();
        create.add("CREATE TABLE t (%s, %s, PRIMARY KEY (%s))"
                .formatted(composite ? "k0 text, k1 bigint" : "k0 text", columns(types), composite ? "k0, k1" : "k0"));
        create.addAll(writes(random, before, types, composite, 600, 1.0));
        shop.sql(create.toArray(String[]::new));

        var after = before.copy();
        shop.damage(writes(random, after, types, composite, 150, 0.3).toArray(String[]::new));
        var now = after.copy();
        shop.sql(writes(random, now, types, composite, 150, 0.3).toArray(String[]::new));
        var wanted = now.copy();
        var counts = oracle(before, after, wanted);

        var found = shop.mend();

        assertThat(shop.rows("SELECT concat_ws('/', %s), %s FROM t"
                        .formatted(
                                composite ? "k0, k1" : "k0",
                                names(types).stream().map(c -> c + "::text").collect(Collectors.joining(", ")))))
                .as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(lines(wanted));
        assertThat(found.tables())
                .as("seed %d", seed)
                .containsExactly(Incident.counts("public.t", counts[0], counts[1], counts[2], 0));
    }

    /// The rules, on maps: makes `rows` what it should become and counts repaired, kept, conflicts.
    private static long[] oracle(Rows before, Rows after, Rows rows) {
        var counts = new long[3];
        var keys = new java.util.TreeSet<String>(before.keySet());
        keys.addAll(after.keySet());
        keys.addAll(rows.keySet());
        for (var key : keys) {
            var b = before.get(key);
            var a = after.get(key);
            var n = rows.get(key);
            if (Objects.equals(b, a)) {
                counts[1] += Objects.equals(a, n) ? 0 : 1;
            } else if (b == null || a == null) {
                if (Objects.equals(a, n)) {
                    counts[0]++;
                    if (b == null) {
                        rows.remove(key);
                    } else {
                        rows.put(key, b);
                    }
                } else {
                    counts[2] += Objects.equals(b, n) ? 0 : 1;
                }
            } else if (n == null) {
                counts[2]++;
            } else {
                var merged = new ArrayList<@Nullable String>(n);
                var clash = false;
                for (int i = 0; i < b.size(); i++) {
                    var hurt = !Objects.equals(b.get(i), a.get(i));
                    var touched = !Objects.equals(a.get(i), n.get(i));
                    clash |= hurt && touched && !Objects.equals(b.get(i), n.get(i));
                    if (hurt && !touched) {
                        merged.set(i, b.get(i));
                    }
                }
                if (clash) {
                    counts[2]++;
                } else if (merged.equals(n)) {
                    counts[1]++;
                } else {
                    counts[0]++;
                    rows.put(key, merged);
                }
            }
        }
        return counts;
    }

    private static List<String> names(List<String> types) {
        var names = new ArrayList<String>();
        for (int i = 0; i < types.size(); i++) {
            names.add("c" + i);
        }
        return names;
    }

    private static String columns(List<String> types) {
        var all = new ArrayList<String>();
        for (int i = 0; i < types.size(); i++) {
            all.add("c%d %s".formatted(i, types.get(i)));
        }
        return String.join(", ", all);
    }

    private static List<String> lines(Rows rows) {
        return rows.entrySet().stream()
                .map(e -> e.getKey() + "|"
                        + e.getValue().stream().map(String::valueOf).collect(Collectors.joining("|")))
                .toList();
    }

    /// Few values, so that writes meet.
    private static @Nullable String value(Random random, String type) {
        if (random.nextInt(6) == 0) {
            return null;
        }
        var n = random.nextInt(3);
        return switch (type) {
            case "text" -> List.of("", "Größe", "a'b\\c").get(n);
            case "integer" -> List.of("0", "-1", "2147483647").get(n);
            case "numeric(8,2)" -> List.of("0.00", "1.50", "NaN").get(n);
            case "jsonb" -> List.of("{}", "{\"a\": [1, null]}", "null").get(n);
            case "timestamptz" ->
                List.of("infinity", "-infinity", "2026-01-02 14:30:00+00").get(n);
            default -> List.of("true", "false", "true").get(n);
        };
    }

    /// @param fresh how many of the writes are inserts, at most
    private static List<String> writes(
            Random random, Rows rows, List<String> types, boolean composite, int count, double fresh) {
        var sql = new ArrayList<String>();
        sql.add("SET TimeZone = 'UTC'");
        for (int i = 0; i < count; i++) {
            var key = "k" + random.nextInt(900) + (composite ? "/" + random.nextInt(2) : "");
            var at = key.split("/");
            var where = composite ? "k0 = '%s' AND k1 = %s".formatted(at[0], at[1]) : "k0 = '%s'".formatted(at[0]);
            var row = rows.get(key);
            if (row == null) {
                if (random.nextDouble() >= fresh) {
                    continue;
                }
                var values = new ArrayList<@Nullable String>();
                types.forEach(t -> values.add(value(random, t)));
                rows.put(key, values);
                sql.add("INSERT INTO t VALUES (%s, %s)"
                        .formatted(
                                Arrays.stream(at)
                                        .map(SalvageAgainstOracleTest::quoted)
                                        .collect(Collectors.joining(", ")),
                                values.stream()
                                        .map(SalvageAgainstOracleTest::quoted)
                                        .collect(Collectors.joining(", "))));
            } else if (random.nextInt(4) == 0) {
                rows.remove(key);
                sql.add("DELETE FROM t WHERE " + where);
            } else {
                var c = random.nextInt(types.size());
                row.set(c, value(random, types.get(c)));
                sql.add("UPDATE t SET c%d = %s WHERE %s".formatted(c, quoted(row.get(c)), where));
            }
        }
        return sql;
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "NULL" : "'" + value.replace("'", "''") + "'";
    }
}
