package lastgood.postgres.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.Map;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Not part of the ordinary suite: `-Dlastgood.big=true`, best with `-Xmx256m`.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "lastgood.big", matches = "true")
class TenMillionRowsTest {

    private static final long ROWS = Long.getLong("lastgood.rows", 10_000_000);

    @TempDir
    Path folder;

    @Test
    void are_salvaged_in_bounded_memory_and_none_is_lost() {
        var server = Servers.create(folder.resolve("data"));
        var admin = new Sessions(
                server.start(Server.Durability.FAST, Map.of("max_wal_size", "8GB", "shared_buffers", "1GB")), "test");
        try {
            var shop = new Incident(admin, "shop", folder.resolve("spools"));
            shop.blocksFrom = 16L << 20;
            shop.sql(
                            "CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, status text NOT NULL, total numeric(12,2), at timestamptz)",
                            "INSERT INTO orders SELECT g, g %% 1000, 'paid', g * 0.01, now() FROM generate_series(1, %d) g"
                                    .formatted(ROWS),
                            "VACUUM ANALYZE orders")
                    .damage("UPDATE orders SET total = 0 WHERE id % 50 = 0");
            measure("untouched", shop::assessUntouched);
            shop.sql(
                    "UPDATE orders SET status = 'shipped' WHERE id %% 100 IN (0, 1) AND id <= %d".formatted(ROWS / 2),
                    "INSERT INTO orders SELECT %d + g, 1, 'new', 1, now() FROM generate_series(1, %d) g"
                            .formatted(ROWS, ROWS / 200),
                    "DELETE FROM orders WHERE id % 1000 = 7",
                    "VACUUM ANALYZE orders");

            var assessment = measure("assess", shop::assess);
            measure("salvage", () -> {
                shop.salvage(assessment.digest());
                return assessment;
            });

            System.out.println(assessment.tables() + " " + assessment.ways());
            var counts = assessment.tables().getFirst();
            assertThat(counts.repaired()).isEqualTo(ROWS / 50);
            // Updated, inserted and deleted; the delete takes one in a thousand of the inserted ones with it.
            assertThat(counts.kept()).isEqualTo(ROWS / 200 + (ROWS / 200 - ROWS / 200_000) + ROWS / 1000);
            assertThat(counts.conflicts() + counts.lost()).isZero();
            assertThat(shop.rows("SELECT count(*) FROM orders WHERE total <> id * 0.01 AND status <> 'new'"))
                    .containsExactly("0");
        } finally {
            server.stop();
        }
    }

    private static lastgood.core.data.Assessment measure(
            String what, java.util.function.Supplier<lastgood.core.data.Assessment> work) {
        var pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(p -> p.getType() == MemoryType.HEAP)
                .toList();
        pools.forEach(p -> p.resetPeakUsage());
        var began = System.nanoTime();
        var found = work.get();
        System.out.printf(
                "%s: %.1f s, peak heap %d MiB of %d%n",
                what,
                (System.nanoTime() - began) / 1e9,
                pools.stream().mapToLong(p -> p.getPeakUsage().getUsed()).sum() >> 20,
                Runtime.getRuntime().maxMemory() >> 20);
        return found;
    }
}
