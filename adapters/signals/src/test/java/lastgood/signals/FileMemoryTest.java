package lastgood.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Unreachable;
import lastgood.engine.signals.IntegrityMemory.Broken;
import lastgood.engine.signals.IntegrityMemory.State;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FileMemoryTest {

    private static final ServiceRef SHOP = new ServiceRef("production", "shop");
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    private Path folder;

    @Test
    void what_is_remembered_is_there_after_a_restart_for_each_depth_by_itself() {
        var state = new State(
                Map.of("invariant", NOON),
                Map.of(
                        "invariant orders",
                        new Broken("invariant", "orders", Optional.of(NOON), NOON.plusSeconds(300), "3 of orders"),
                        "btree i",
                        new Broken("btree", "i", Optional.empty(), NOON, "i")));

        new FileMemory(folder).write(SHOP, false, state);

        assertThat(new FileMemory(folder).read(SHOP, false)).isEqualTo(state);
        assertThat(new FileMemory(folder).read(SHOP, true)).isEqualTo(State.NONE);
    }

    @Test
    void a_memory_that_cannot_be_read_is_not_an_empty_one() throws Exception {
        Files.writeString(folder.resolve("production.shop.quick.json"), "{\"v\":1,\"answered\":{\"a\":\"noon\"}}");
        assertThatThrownBy(() -> new FileMemory(folder).read(SHOP, false)).isInstanceOf(Unreachable.class);

        Files.writeString(folder.resolve("production.shop.quick.json"), "{\"v\":2}");
        assertThatThrownBy(() -> new FileMemory(folder).read(SHOP, false)).isInstanceOf(Unreachable.class);
    }
}
