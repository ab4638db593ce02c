package lastgood.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.LedgerEntry.Leaving;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerTest {

    private static final Instant T = Instant.parse("2026-01-02T14:00:00Z");

    private Ledger ledger = Ledger.empty(new ServiceRef("production", "checkout"));
    private int minutes;

    private Instant next() {
        return T.plusSeconds(60L * minutes++);
    }

    private void add(LedgerEntry entry) {
        ledger = ledger.with(entry);
    }

    private Release deploy(int number, String version) {
        var revision = new Revision(Digest.of(version), new Version(version));
        var release = new Release(number, revision, List.of(), next(), new Person("maya"));
        add(new LedgerEntry.Deployed(release, "ro-%08d/10-write-ledger/0".formatted(number)));
        return release;
    }

    private Release goesLive(int number, String version) {
        ledger.live().ifPresent(old -> left(old.number(), Leaving.SUPERSEDED));
        var release = deploy(number, version);
        live(number);
        return release;
    }

    /// The server, its worker and its configuration, each under a name that is its content.
    private void goesLive(int number, String version, String worker, String config) {
        ledger.live().ifPresent(old -> left(old.number(), Leaving.SUPERSEDED));
        add(new LedgerEntry.Deployed(
                new Release(
                        number,
                        revision(version),
                        new TreeMap<>(Map.of("worker", revision(worker))),
                        new TreeMap<>(Map.of("web-config", Digest.of(config))),
                        List.of(),
                        next(),
                        new Person("maya")),
                "d" + number));
        live(number);
    }

    private static Revision revision(String version) {
        return new Revision(Digest.of(version), new Version(version));
    }

    private static Parts parts(String version, String worker, String config) {
        return new Parts(
                revision(version),
                new TreeMap<>(Map.of("worker", revision(worker))),
                new TreeMap<>(Map.of("web-config", Digest.of(config))));
    }

    private void live(int number) {
        add(new LedgerEntry.Live(number, next(), "k" + minutes));
    }

    private void left(int number, Leaving how) {
        add(new LedgerEntry.Left(number, how, next(), "rb-0000000%d/30-write-ledger/0".formatted(number)));
    }

    private void passes(int number) {
        add(new LedgerEntry.Judged(number, new Verdict.Pass(), "bake", "", next(), "k" + minutes));
    }

    private void fails(int number) {
        add(new LedgerEntry.Judged(number, new Verdict.Fail("errors 12%"), "bake", "", next(), "k" + minutes));
    }

    private Selection select(String text) {
        return ledger.select(RevisionSelector.parse(text), ledger.live());
    }

    private Release chosen(String text) {
        assertThat(select(text)).isInstanceOf(Selection.Chosen.class);
        return ((Selection.Chosen) select(text)).release();
    }

    private List<String> rejected(Selection selection) {
        return switch (selection) {
            case Selection.Chosen c ->
                c.rejected().stream()
                        .map(r -> r.release() + ": " + r.standing().word())
                        .toList();
            case Selection.NothingGood n ->
                n.rejected().stream()
                        .map(r -> r.release() + ": " + r.standing().word())
                        .toList();
            case Selection.AlreadyLive _, Selection.NoSuch _, Selection.Ambiguous _ -> List.of();
        };
    }

    @Test
    void previous_is_the_newest_good_release_and_every_one_passed_over_says_why() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        fails(2);
        deploy(3, "v3");
        left(3, Leaving.ABORTED);
        goesLive(4, "v4");
        goesLive(5, "v5");

        assertThat(chosen("previous").version().text()).isEqualTo("v1");
        assertThat(rejected(select("previous"))).containsExactly("v4: never proved", "v3: aborted", "v2: failed");
    }

    @Test
    void a_second_rollback_goes_further_back_and_not_forward_to_the_bad_release() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        passes(2);
        goesLive(3, "v3");
        left(3, Leaving.ROLLED_BACK);
        live(2);

        assertThat(chosen("previous").version().text()).isEqualTo("v1");
    }

    @Test
    void a_release_that_failed_after_it_had_passed_is_not_good() {
        goesLive(1, "v1");
        passes(1);
        fails(1);
        goesLive(2, "v2");

        assertThat(select("previous")).isInstanceOf(Selection.NothingGood.class);
        assertThat(rejected(select("previous"))).containsExactly("v1: failed");
    }

    @Test
    void a_release_that_was_taken_out_is_good_again_once_a_person_says_so() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        left(2, Leaving.ROLLED_BACK);
        live(1);
        left(1, Leaving.SUPERSEDED);
        goesLive(3, "v3");
        assertThat(chosen("previous").version().text()).isEqualTo("v1");

        passes(2);

        assertThat(chosen("previous").version().text()).isEqualTo("v2");
    }

    @Test
    void the_same_bits_that_hurt_under_a_later_number_are_not_good_under_an_earlier_one() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        passes(2);
        goesLive(3, "v3");
        goesLive(4, "v2");
        left(4, Leaving.ROLLED_BACK);
        live(3);

        assertThat(chosen("previous").version().text()).isEqualTo("v1");
        assertThat(rejected(select("previous"))).containsExactly("v2: rolled back");
    }

    @Test
    void the_same_bits_put_out_twice_are_not_something_to_go_back_to() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        passes(2);
        goesLive(3, "v2");

        assertThat(chosen("previous").version().text()).isEqualTo("v1");
        assertThat(select("v2")).isInstanceOf(Selection.AlreadyLive.class);
    }

    @Test
    void good_may_be_what_runs_already() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        passes(2);

        assertThat(select("good")).isInstanceOf(Selection.AlreadyLive.class);
        assertThat(chosen("previous").version().text()).isEqualTo("v1");
    }

    @Test
    void in_the_middle_of_a_rollout_previous_is_what_was_live_before_it() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        passes(2);
        var underway = deploy(3, "v3");

        var selection = ledger.select(new RevisionSelector.Previous(), Optional.of(underway));

        assertThat(selection)
                .isInstanceOfSatisfying(
                        Selection.Chosen.class,
                        c -> assertThat(c.release().version().text()).isEqualTo("v2"));
    }

    @Test
    void names_find_by_version_number_and_digest_and_list_what_there_is_otherwise() {
        var v1 = goesLive(1, "v1");
        goesLive(2, "v2");

        assertThat(chosen("v1")).isEqualTo(v1);
        assertThat(chosen("1")).isEqualTo(v1);
        assertThat(chosen("sha256:" + v1.revision().digest().brief())).isEqualTo(v1);
        assertThat(select("v9"))
                .isInstanceOfSatisfying(
                        Selection.NoSuch.class, n -> assertThat(n.there()).hasSize(2));
    }

    @Test
    void a_version_that_is_two_different_things_has_to_be_named_more_exactly() {
        goesLive(1, "v1");
        var other = new Revision(Digest.of("rebuilt"), new Version("v1"));
        add(new LedgerEntry.Deployed(new Release(2, other, List.of(), next(), new Person("maya")), "x"));
        goesLive(3, "v3");

        assertThat(select("v1")).isInstanceOf(Selection.Ambiguous.class);
    }

    @Test
    void nothing_is_live_after_the_live_one_left_and_nothing_came() {
        goesLive(1, "v1");
        left(1, Leaving.ROLLED_BACK);

        assertThat(ledger.live()).isEmpty();
    }

    @Test
    void a_release_is_judged_by_whole_measurements_only() {
        goesLive(1, "v1");
        add(new LedgerEntry.Judged(1, new Verdict.TelemetryDown("refused"), "bake", "", next(), "x"));
        add(new LedgerEntry.Judged(1, new Verdict.NoData(), "bake", "", next(), "y"));

        assertThat(ledger.standing(1)).isInstanceOf(Standing.Baking.class);
    }

    @Test
    void a_release_with_another_configuration_is_another_one_to_go_back_to() {
        goesLive(1, "v1", "worker", "log=info");
        passes(1);
        goesLive(2, "v1", "worker", "log=trace");

        assertThat(chosen("previous").number()).isEqualTo(1);
        assertThat(select("v1")).isInstanceOf(Selection.Ambiguous.class);
    }

    @Test
    void a_release_with_another_worker_is_another_one_to_go_back_to() {
        goesLive(1, "v1", "worker-1", "c");
        passes(1);
        goesLive(2, "v1", "worker-2", "c");

        assertThat(chosen("previous").number()).isEqualTo(1);
    }

    @Test
    void what_hurt_with_one_configuration_does_not_count_against_the_same_image_with_another() {
        goesLive(1, "v1", "worker", "log=info");
        passes(1);
        goesLive(2, "v1", "worker", "log=trace");
        left(2, Leaving.ROLLED_BACK);
        live(1);
        goesLive(3, "v3", "worker", "log=info");

        assertThat(chosen("previous").number()).isEqualTo(1);
    }

    @Test
    void the_same_bits_in_every_part_are_not_something_to_go_back_to() {
        goesLive(1, "v1", "worker", "c");
        passes(1);
        goesLive(2, "v1", "worker", "c");

        assertThat(select("previous")).isInstanceOf(Selection.NothingGood.class);
    }

    @Test
    void quarantine_is_for_all_of_the_bits_and_for_a_revision_that_comes_alone() {
        goesLive(1, "v1", "worker", "c");
        add(new LedgerEntry.Quarantined(1, T.plusSeconds(3600), "was rolled back", next(), "q"));

        assertThat(ledger.quarantinedUntil(parts("v1", "worker", "c"))).isPresent();
        assertThat(ledger.quarantinedUntil(Parts.of(revision("v1")))).isPresent();
        assertThat(ledger.quarantinedUntil(parts("v1", "worker", "fixed"))).isEmpty();
        assertThat(ledger.quarantinedUntil(Parts.of(revision("v2")))).isEmpty();
    }

    @Test
    void a_revoked_release_is_passed_over_whatever_else_was_said_of_it_and_under_any_number() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        passes(2);
        goesLive(3, "v1");
        passes(3);
        goesLive(4, "v4");
        add(new LedgerEntry.Revoked(1, true, "maya", "CVE-2026-1", next(), "r"));
        passes(1);
        passes(3);

        assertThat(chosen("previous").number()).isEqualTo(2);
        assertThat(ledger.standing(1)).isEqualTo(new Standing.Revoked("CVE-2026-1", "maya"));
        assertThat(ledger.standing(3)).isInstanceOf(Standing.Revoked.class);
    }

    @Test
    void only_a_word_of_its_own_takes_a_revocation_back() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        add(new LedgerEntry.Revoked(1, false, "webhook trivy", "CVE-2026-1", next(), "r"));
        assertThat(select("previous")).isInstanceOf(Selection.NothingGood.class);

        add(new LedgerEntry.Reinstated(1, "maya", "another product's", next(), "t"));

        assertThat(chosen("previous").number()).isEqualTo(1);
        assertThat(ledger.standing(1)).isInstanceOf(Standing.Good.class);
    }

    @Test
    void a_revocation_is_for_all_of_the_bits_and_for_a_revision_that_comes_alone() {
        goesLive(1, "v1", "worker", "c");
        add(new LedgerEntry.Revoked(1, true, "maya", "CVE-2026-1", next(), "r"));

        assertThat(ledger.revoked(Parts.of(revision("v1")))).isPresent();
        assertThat(ledger.revoked(parts("v1", "worker", "fixed"))).isEmpty();
        assertThat(ledger.revoked(Parts.of(revision("v2")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PT24H, PT25H, 2, the newest that served long enough",
        "PT24H, PT23H, 0, it did not serve long enough",
        "PT0S,  PT25H, 0, never is never"
    })
    void where_nobody_ever_judged_what_served_long_enough_is_presumed_good(
            Duration presumeAfter, Duration served, int wanted, String why) {
        goesLive(1, "v1");
        goesLive(2, "v2");
        minutes += (int) served.toMinutes();
        goesLive(3, "v3");

        var selection = ledger.select(new RevisionSelector.Previous(), ledger.live(), presumeAfter);

        assertThat(selection instanceof Selection.Chosen c ? c.release().number() : 0)
                .as(why)
                .isEqualTo(wanted);
    }

    @Test
    void nothing_is_presumed_where_anything_was_judged() {
        goesLive(1, "v1");
        fails(1);
        goesLive(2, "v2");
        minutes += 48 * 60;
        goesLive(3, "v3");

        assertThat(presumed("previous")).isInstanceOf(Selection.NothingGood.class);
    }

    @Test
    void a_failure_of_what_runs_is_no_reason_against_what_ran_before() {
        goesLive(1, "v1");
        minutes += 48 * 60;
        goesLive(2, "v2");
        fails(2);

        for (var word : List.of("previous", "good")) {
            assertThat(presumed(word)).isInstanceOfSatisfying(Selection.Chosen.class, c -> {
                assertThat(c.release().version().text()).isEqualTo("v1");
                assertThat(c.standing()).isInstanceOf(Standing.NeverProved.class);
            });
        }
    }

    @Test
    void what_was_rolled_back_or_aborted_is_never_presumed_good() {
        goesLive(1, "v1");
        minutes += 48 * 60;
        goesLive(2, "v2");
        minutes += 48 * 60;
        left(2, Leaving.ROLLED_BACK);
        deploy(3, "v3");
        left(3, Leaving.ABORTED);
        goesLive(4, "v4");

        assertThat(presumed("previous"))
                .isInstanceOfSatisfying(
                        Selection.Chosen.class,
                        c -> assertThat(c.release().version().text()).isEqualTo("v1"));
        assertThat(rejected(presumed("previous"))).containsExactly("v3: aborted", "v2: rolled back");
    }

    @Test
    void a_proof_is_preferred_to_a_presumption() {
        goesLive(1, "v1");
        passes(1);
        goesLive(2, "v2");
        minutes += 48 * 60;
        goesLive(3, "v3");

        assertThat(presumed("previous"))
                .isInstanceOfSatisfying(
                        Selection.Chosen.class,
                        c -> assertThat(c.release().version().text()).isEqualTo("v1"));
    }

    private Selection presumed(String text) {
        return ledger.select(RevisionSelector.parse(text), ledger.live(), Duration.ofHours(24));
    }
}
