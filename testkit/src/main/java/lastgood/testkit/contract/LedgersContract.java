package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.WorldMoved;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What everybody relies on who asks "what is last good?".
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class LedgersContract {

    protected static final ServiceRef SHOP = new ServiceRef("production", "shop");

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00.123456789Z");

    protected abstract Ledgers ledgers();

    protected static LedgerEntry deployed(int number) {
        var version = new Version("v" + number);
        return new LedgerEntry.Deployed(
                new Release(
                        number,
                        new Revision(Digest.of("content " + number), version),
                        List.of("20260101_first", "20260102_second"),
                        NOON,
                        new Person("maya")),
                "ro-0000000%d/10-ledger".formatted(number));
    }

    protected static LedgerEntry live(int number) {
        return new LedgerEntry.Live(number, NOON, "ro-0000000%d/90-ledger".formatted(number));
    }

    /// One of each, with each of its forms.
    protected static List<LedgerEntry> oneOfEach() {
        return List.of(
                deployed(1),
                live(1),
                new LedgerEntry.Judged(1, new Verdict.Pass(), "bake", "all ten", NOON, "k1"),
                new LedgerEntry.Judged(1, new Verdict.Fail("7.8% errors \"quoted\" \n é"), "maya", "", NOON, "k2"),
                new LedgerEntry.Judged(1, new Verdict.Inconclusive("12 requests"), "bake", "few", NOON, "k3"),
                new LedgerEntry.Judged(1, new Verdict.NoData(), "bake", "none", NOON, "k4"),
                new LedgerEntry.Judged(1, new Verdict.TelemetryDown("refused"), "bake", "down", NOON, "k5"),
                new LedgerEntry.Left(1, LedgerEntry.Leaving.SUPERSEDED, NOON, "k6"),
                new LedgerEntry.Left(1, LedgerEntry.Leaving.ROLLED_BACK, NOON, "k7"),
                new LedgerEntry.Left(1, LedgerEntry.Leaving.ABORTED, NOON, "k8"),
                new LedgerEntry.Quarantined(1, NOON.plusSeconds(3600), "hurt", NOON, "k9"),
                new LedgerEntry.Told(1, true, "maya", "support is quiet", NOON, "k10"),
                new LedgerEntry.Revoked(1, true, "maya", "CVE-2026-1", NOON, "k11"),
                new LedgerEntry.Revoked(1, false, "webhook trivy", "CVE-2026-1", NOON, "k12"),
                new LedgerEntry.Reinstated(1, "maya", "another product's", NOON, "k13"));
    }

    @Test
    void a_service_without_a_history_has_an_empty_one() {
        assertThat(ledgers().read(SHOP)).isEqualTo(Ledger.empty(SHOP));
    }

    @Test
    void what_was_appended_is_read_back_as_it_was() {
        ledgers().append(ledgers().read(SHOP), oneOfEach());

        assertThat(ledgers().read(SHOP).entries()).isEqualTo(oneOfEach());
    }

    @Test
    void a_release_keeps_all_of_its_parts() {
        var release = new Release(
                1,
                new Revision(Digest.of("server"), new Version("v1")),
                new TreeMap<>(Map.of("worker", new Revision(Digest.of("worker"), new Version("v1-w")))),
                new TreeMap<>(Map.of("server.config", Digest.of("log=info"))),
                List.of(),
                NOON,
                new Person("maya"));
        ledgers().append(ledgers().read(SHOP), List.of(new LedgerEntry.Deployed(release, "k")));

        assertThat(ledgers().read(SHOP).release(1)).contains(release);
    }

    @Test
    void an_append_goes_to_the_end() {
        ledgers().append(ledgers().read(SHOP), List.of(deployed(1)));
        ledgers().append(ledgers().read(SHOP), List.of(live(1), deployed(2)));

        assertThat(ledgers().read(SHOP).entries()).containsExactly(deployed(1), live(1), deployed(2));
    }

    @Test
    void an_append_on_an_outdated_look_is_refused_and_writes_nothing() {
        var before = ledgers().read(SHOP);
        ledgers().append(before, List.of(deployed(1)));

        assertThatThrownBy(() -> ledgers().append(before, List.of(deployed(2)))).isInstanceOf(WorldMoved.class);

        assertThat(ledgers().read(SHOP).entries()).containsExactly(deployed(1));
    }

    @Test
    void the_same_append_after_a_lost_answer_writes_nothing_twice() {
        var before = ledgers().read(SHOP);
        ledgers().append(before, List.of(deployed(1), live(1)));

        ledgers().append(ledgers().read(SHOP), List.of(deployed(1), live(1)));

        assertThat(ledgers().read(SHOP).entries()).containsExactly(deployed(1), live(1));
    }

    @Test
    void services_do_not_share_a_history() {
        var other = new ServiceRef("staging", "shop");
        ledgers().append(ledgers().read(SHOP), List.of(deployed(1)));

        assertThat(ledgers().read(other).entries()).isEmpty();
    }
}
