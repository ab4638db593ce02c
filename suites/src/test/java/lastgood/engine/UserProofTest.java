package lastgood.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Counts;
import lastgood.core.recover.Limits;
import lastgood.core.recover.Probed;
import lastgood.core.recover.Proof;
import lastgood.core.recover.ProofRules;
import lastgood.engine.UserProof.Dependent;
import lastgood.engine.UserProof.Past;
import lastgood.engine.UserProof.Seen;
import lastgood.engine.port.Telemetry.Served;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UserProofTest {

    private static final Instant T0 = Instant.parse("2026-01-02T14:30:00Z");
    private static final Duration SCRAPE = Duration.ofSeconds(15);
    private static final ServiceRef UI = new ServiceRef("production", "ui");
    private static final Past INCIDENT = new Past(new Counts(100_000, 200), new Counts(10_000, 800));

    private static ProofRules rules(Duration window) {
        return ProofRules.of(Limits.usual(), window, SCRAPE, true, List.of(UI));
    }

    private static final ProofRules SHORT = rules(Duration.ofMinutes(5));

    /// @param failed of 1500 in each scrape, 100 requests a second
    private static List<Served> served(int... failed) {
        return servedAt(1_500, failed);
    }

    private static List<Served> servedAt(long requests, int... failed) {
        var all = new ArrayList<Served>();
        for (var x : failed) {
            var at = T0.plus(SCRAPE.multipliedBy(all.size() + 1L));
            all.add(new Served(at, SCRAPE, new Counts(requests, x), new Counts(requests, requests / 100)));
        }
        return all;
    }

    private static int[] times(int n, int failed) {
        return IntStream.generate(() -> failed).limit(n).toArray();
    }

    private static Proof proof(ProofRules rules, Past past, List<Served> served) {
        return UserProof.of(rules, T0, new Seen(past, served, List.of(), List.of()));
    }

    @Test
    void one_scrape_at_a_hundred_requests_a_second_proves_it() {
        assertThat(proof(SHORT, INCIDENT, served(3)))
                .isInstanceOfSatisfying(
                        Proof.Given.class,
                        g -> assertThat(g.words())
                                .isEqualTo("fewer than 1% of the requests fail and fewer than 5% take longer"
                                        + " than 500ms: 0.2% of 1500 requests failed, 1% late"));
    }

    @Test
    void a_scrape_that_began_before_the_rollback_was_done_counts_neither_for_nor_against_it() {
        var straddles = new Served(T0.plusSeconds(5), SCRAPE, new Counts(1_500, 700), new Counts(1_500, 0));

        assertThat(proof(SHORT, INCIDENT, List.of(straddles))).isInstanceOf(Proof.Missing.class);
        assertThat(proof(SHORT, INCIDENT, List.of(straddles, servedAt(15, 0, 0).getLast())))
                .isInstanceOf(Proof.Missing.class);
    }

    @Test
    void half_an_hour_has_to_be_proved_in_each_of_its_three_blocks() {
        var rules = rules(Duration.ofMinutes(30));

        assertThat(proof(rules, INCIDENT, served(times(60, 3))))
                .isInstanceOfSatisfying(
                        Proof.Holding.class,
                        h -> assertThat(h.words()).endsWith("so far again in 1 of 3 blocks of 10m"));
        assertThat(proof(rules, INCIDENT, served(times(122, 3)))).isInstanceOf(Proof.Given.class);
    }

    @Test
    void a_warm_up_is_forgiven_and_what_comes_after_it_is_not() {
        var rules = rules(Duration.ofMinutes(30));

        assertThat(proof(rules, INCIDENT, served(60, 40, 20, 3, 3, 3))).isInstanceOf(Proof.Holding.class);
        assertThat(proof(rules, INCIDENT, served(times(24, 60)))).isInstanceOf(Proof.Refuted.class);
    }

    @Test
    void a_relapse_after_the_proof_refutes_it() {
        assertThat(proof(rules(Duration.ofMinutes(30)), INCIDENT, served(3, 3, 3, 150, 150)))
                .isInstanceOf(Proof.Refuted.class);
    }

    @Test
    void errors_as_before_the_rollback_are_said_not_to_have_been_helped() {
        assertThat(proof(SHORT, INCIDENT, served(times(10, 118))))
                .isInstanceOfSatisfying(
                        Proof.Refuted.class,
                        r -> assertThat(r.why()).endsWith("the rollback did not help: 8% failed before it, too"));
        assertThat(proof(SHORT, INCIDENT, served(times(10, 45))))
                .isInstanceOfSatisfying(
                        Proof.Refuted.class, r -> assertThat(r.why()).endsWith("; 8% failed before the rollback"));
    }

    @Test
    void few_requests_leave_it_open_and_say_how_many_are_wanting() {
        assertThat(proof(SHORT, INCIDENT, servedAt(15, times(4, 0)))).isInstanceOfSatisfying(Proof.Missing.class, m -> {
            assertThat(m.words())
                    .startsWith("not proved: 0% of 60 requests failed")
                    .contains("needs about ");
            assertThat(m.enough()).isFalse();
        });
        assertThat(proof(SHORT, INCIDENT, List.of()).line()).contains("no request was counted since");
    }

    @Test
    void probes_that_users_counters_have_seen_are_not_counted_twice() {
        var probed = IntStream.range(0, 20)
                .mapToObj(i -> new Probed(T0.plus(SCRAPE.multipliedBy(i + 1L)), SCRAPE, 30, 0, 0))
                .toList();

        var seen = UserProof.of(SHORT, T0, new Seen(INCIDENT, servedAt(30, times(20, 0)), probed, List.of()));
        var unseen = UserProof.of(SHORT, T0, new Seen(INCIDENT, servedAt(1, times(20, 0)), probed, List.of()));

        assertThat(seen.line()).contains("600 requests failed").contains("600 requests of them were our own probes");
        assertThat(unseen.line()).contains("620 requests failed");
    }

    @Test
    void a_service_that_calls_it_must_not_have_got_worse() {
        var normal = new Counts(100_000, 100);
        var worse = new Dependent(UI, normal, served(60, 60, 60, 60));
        var asEver = new Dependent(UI, normal, served(2, 1, 2, 1));

        assertThat(UserProof.of(SHORT, T0, new Seen(INCIDENT, served(3, 3, 3, 3), List.of(), List.of(worse))))
                .isInstanceOfSatisfying(
                        Proof.Refuted.class,
                        r -> assertThat(r.why())
                                .contains(
                                        "but ui, which depends on it, has got worse: 4% of 6000 requests failed, and 0.1%"));
        assertThat(UserProof.of(SHORT, T0, new Seen(INCIDENT, served(3, 3, 3, 3), List.of(), List.of(asEver))))
                .isInstanceOf(Proof.Given.class);
    }

    @Test
    void the_same_samples_give_the_same_finding() {
        var served = served(3, 20, 3, 14, 3);

        assertThat(proof(SHORT, INCIDENT, served)).isEqualTo(proof(SHORT, INCIDENT, List.copyOf(served)));
    }
}
