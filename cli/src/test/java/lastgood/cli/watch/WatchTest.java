package lastgood.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import lastgood.cli.Bench;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.core.detect.Counts;
import lastgood.core.plan.Plan;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Signals;
import lastgood.engine.watch.Sources;
import lastgood.engine.watch.WatchConfig;
import lastgood.testkit.sim.SimTelemetry;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WatchTest {

    private static final String ASK = "ask -e production";
    private static final String ACT = "watch -e production --act --once --for 3m";

    @TempDir
    Path folder;

    private Bench bench;
    private SimTelemetry users;
    private Signals signals = Signals.NONE;
    private DecisionRules rules = DecisionRules.runbook();

    @BeforeEach
    void v1_is_good_and_v2_is_live() {
        bench = Bench.rolling(folder);
        users = new SimTelemetry(bench.world.clock::now, Duration.ofSeconds(1));
        // Nobody is hurt any more once v1 serves again.
        users.hurts = () -> serving().equals(digest("v2"));
        watchWith();
        bench.world.clock.jump(Duration.ofSeconds(30));
    }

    private void watchWith() {
        bench.watch = new WatchConfig(
                new Sources(users, signals),
                new Sources(users, signals),
                rules,
                Set.of(),
                List.of(),
                (_, _) -> () -> {});
    }

    private Digest serving() {
        return bench.world.platform.serving().orElseThrow();
    }

    private static Digest digest(String version) {
        return SimWorld.revision(version).digest();
    }

    private void v2_fails_beside_v1(int ofAHundred) {
        users.fresh = new Counts(100, ofAHundred);
        users.old = new Counts(100, 0);
    }

    private RunState onlyRun() {
        var runs = bench.world.journals.runs();
        assertThat(runs).hasSize(1);
        return Journal.open(bench.world.journals, runs.getFirst()).state();
    }

    // ---- ask

    @Test
    void asked_about_a_release_that_does_well_says_no_and_why() {
        users.old = new Counts(100, 0);
        bench.world.clock.jump(Duration.ofMinutes(2));

        assertThat(bench.say(ASK)).isZero();

        assertThat(bench.out())
                .startsWith("Should we roll back?   ✔ NO: nothing speaks against v2")
                .contains("WAY BACK    v1", "CLOCK       does not run", "next: lastgood status");
        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void asked_about_a_release_that_hurts_says_yes_how_bad_how_sure_and_who_approves() {
        v2_fails_beside_v1(30);

        assertThat(bench.say(ASK + " --detailed-exitcode")).isEqualTo(10);

        assertThat(bench.out())
                .startsWith("Should we roll back?   ✖ YES: roll back v2 → v1")
                .contains("SEVERITY    SEV-2", "SURE        proved", "WHOSE       this release")
                .contains("WAY BACK    v1  release 1  ✔ good", "APPROVAL    platform-lead", "of 15m left")
                .contains("next: lastgood rollback", "--severity SEV-2");
        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void an_answer_for_scripts_has_every_number() throws Exception {
        v2_fails_beside_v1(30);

        assertThat(bench.say(ASK + " -o json")).isZero();

        var doc = new ObjectMapper().readTree(bench.out());
        assertThat(doc.path("kind").asText()).isEqualTo("Advice");
        assertThat(doc.path("act").asText()).isEqualTo("ROLL_BACK");
        assertThat(doc.path("severity").asText()).isEqualTo("SEV-2");
        assertThat(doc.path("attribution").asText()).isEqualTo("Release");
        assertThat(doc.path("measured").path("evidence").asDouble())
                .isGreaterThan(doc.path("measured").path("needed").asDouble());
        assertThat(doc.path("measured").path("claims").size()).isGreaterThan(3);
        assertThat(doc.path("wayBack").path("good").asBoolean()).isTrue();
    }

    @Test
    void blindness_is_neither_well_nor_bad() {
        users.blind = "Prometheus does not answer";

        assertThat(bench.say(ASK)).isZero();

        assertThat(bench.out())
                .contains("NOT KNOWN YET", "Prometheus does not answer")
                .doesNotContain("✔ NO");
    }

    @Test
    void nobody_asking_the_service_is_not_health() {
        users.fresh = Counts.NONE;

        bench.say(ASK);

        assertThat(bench.out()).contains("NOT KNOWN YET", "no requests").doesNotContain("✔ NO");
    }

    @Test
    void what_hurts_everybody_is_not_blamed_on_the_release() {
        users.fresh = new Counts(100, 30);
        users.old = new Counts(100, 30);
        users.guard = new Counts(100, 30);
        users.guardBefore = new Counts(100_000, 100);
        bench.world.clock.jump(Duration.ofMinutes(2));

        bench.say(ASK);

        assertThat(bench.out()).contains("A PERSON IS NEEDED", "rolling back would not help", "not this release");
    }

    // ---- watch

    @Test
    void watches_for_as_long_as_it_is_told_and_says_so_every_ten_seconds() {
        users.old = new Counts(100, 0);

        assertThat(bench.say("watch -e production --for 1m")).isZero();

        assertThat(bench.out().lines().count()).isBetween(6L, 9L);
        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void ends_when_more_fail_than_was_said() {
        v2_fails_beside_v1(30);

        assertThat(bench.say("watch -e production --for 1m --fail-above 5%")).isEqualTo(11);
        assertThat(bench.err()).contains("more than 5% of the last minute's requests failed");
    }

    @Test
    void a_threshold_that_is_none_is_refused() {
        assertThat(bench.say("watch -e production --fail-above five")).isEqualTo(2);
        assertThat(bench.say("watch -e production --once")).isEqualTo(2);
        assertThat(bench.say("watch -e production --for soon")).isEqualTo(2);
    }

    @Test
    void without_act_it_changes_nothing_however_bad_it_is() {
        v2_fails_beside_v1(100);

        bench.say("watch -e production --for 1m");

        assertThat(bench.world.journals.runs()).isEmpty();
        assertThat(serving()).isEqualTo(digest("v2"));
    }

    // ---- watch --act

    @Test
    void a_total_outage_is_rolled_back_at_once_and_the_approval_owed() {
        v2_fails_beside_v1(100);

        var code = bench.say(ACT);
        assertThat(code).isZero();

        assertThat(serving()).isEqualTo(digest("v1"));
        var run = onlyRun();
        assertThat(run.opened().by()).isEqualTo(Person.ITSELF);
        assertThat(run.status()).isEqualTo(RunState.Status.RECOVERED);
        assertThat(bench.out()).contains("ROLLED BACK  production/checkout  v2 → v1", "approval");
    }

    @Test
    void what_needs_an_approval_waits_for_it_with_everything_ready() {
        v2_fails_beside_v1(30);

        bench.say(ACT);

        assertThat(serving()).isEqualTo(digest("v2"));
        var run = onlyRun();
        assertThat(run.status()).isEqualTo(RunState.Status.AWAITING_APPROVAL);
        assertThat(bench.err()).contains("lastgood approve rb-00000001");

        bench.person = new Person("lead");
        assertThat(bench.say("approve rb-00000001")).isZero();
        assertThat(serving()).isEqualTo(digest("v1"));
    }

    @Test
    void what_waits_gives_way_to_whatever_a_person_asks_for() {
        v2_fails_beside_v1(30);
        bench.say(ACT);

        assertThat(bench.say("release deploy v3 -e production --yes")).isZero();

        assertThat(Journal.open(bench.world.journals, new RunId("rb-00000001"))
                        .state()
                        .status())
                .isEqualTo(RunState.Status.CANCELLED);
        assertThat(bench.err()).contains("rb-00000001, which the watch had made ready, was cancelled");
        assertThat(serving()).isEqualTo(digest("v3"));
    }

    @Test
    void where_policy_needs_nobody_it_goes_back_by_itself() {
        v2_fails_beside_v1(30);
        rules = DecisionRules.runbook().automatic(Set.of(Plan.Type.TYPE_1));
        watchWith();

        assertThat(bench.say(ACT)).isZero();

        assertThat(serving()).isEqualTo(digest("v1"));
        assertThat(onlyRun().status()).isEqualTo(RunState.Status.RECOVERED);
    }

    @Test
    void does_not_approve_what_it_opened_itself() {
        // SEV-3: whoever asks for it may approve it, and nobody is listed for the role.
        v2_fails_beside_v1(8);

        bench.say("watch -e production --act --once --for 3m");

        assertThat(serving()).isEqualTo(digest("v2"));
        assertThat(onlyRun().status()).isEqualTo(RunState.Status.AWAITING_APPROVAL);
    }

    @Test
    void goes_back_once_in_an_incident_and_not_a_second_time() {
        v2_fails_beside_v1(100);
        users.hurts = () -> true;

        bench.say("watch -e production --act --for 4m");

        assertThat(bench.world.journals.runs()).hasSize(1);
        assertThat(serving()).isEqualTo(digest("v1"));
    }

    @Test
    void another_watch_finds_the_rollback_that_waits_and_opens_no_second_one() {
        v2_fails_beside_v1(30);
        bench.say(ACT);

        bench.say(ACT);

        assertThat(bench.world.journals.runs()).containsExactly(new RunId("rb-00000001"));
    }

    @Test
    void blindness_rolls_nothing_back_and_is_said() {
        users.blind = "Prometheus does not answer";

        bench.say("watch -e production --act --for 3m");
        assertThat(bench.world.journals.runs()).isEmpty();
        assertThat(bench.out()).contains("A PERSON IS NEEDED");
    }

    @Test
    void an_alert_of_somebody_else_prepares_and_does_not_roll_back() {
        users.old = new Counts(100, 0);
        signals = asked -> new Signals.Heard(
                List.of(new Signal(
                        Trigger.ERROR_RATE,
                        "am-1",
                        "alertmanager HighErrorRate",
                        asked.since(),
                        java.util.Optional.empty(),
                        Signal.Weight.SUSPICION,
                        "error rate is high")),
                List.of());
        rules = DecisionRules.runbook().automatic(Set.of(Plan.Type.TYPE_1));
        watchWith();

        bench.say("watch -e production --act --for 2m");

        assertThat(serving()).isEqualTo(digest("v2"));
        assertThat(onlyRun().status()).isEqualTo(RunState.Status.AWAITING_APPROVAL);
    }
}
