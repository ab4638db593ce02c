package lastgood.kubernetes.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.Ledger;
import lastgood.core.Parts;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.ServiceRef;
import lastgood.core.Standing;
import lastgood.core.Version;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Template;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What the ReplicaSets of a Deployment tell of its past: tables of situations, read without a cluster.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ObservationTest {

    private static final ServiceRef WEB = new ServiceRef("production", "web");
    private static final Instant MONDAY = Instant.parse("2026-11-16T09:00:00Z");
    private static final Template.Place PLACE = new Template.Place(Set.of("app"), Optional.of("MAINTENANCE_MODE"));
    private static final Duration DAY = Duration.ofDays(1);

    private final List<JsonNode> sets = new ArrayList<>();

    /// A ReplicaSet as its Deployment leaves it.
    ///
    /// @param earlier positions that it had before an undo brought it back
    private void set(String version, int day, int position, String earlier) {
        set(version, day, position, earlier, "");
    }

    private void set(String version, int day, int position, String earlier, String maintenance) {
        var set = Api.JSON.createObjectNode();
        var meta = set.putObject("metadata")
                .put("name", "web-" + position)
                .put("creationTimestamp", MONDAY.plus(DAY.multipliedBy(day)).toString());
        var annotations =
                meta.putObject("annotations").put("deployment.kubernetes.io/revision", Integer.toString(position));
        if (!earlier.isEmpty()) {
            annotations.put("deployment.kubernetes.io/revision-history", earlier);
        }
        var template = set.putObject("spec").putObject("template");
        template.putObject("metadata")
                .putObject("labels")
                .put("app", "web")
                .put("pod-template-hash", "hash" + position);
        var container = template.putObject("spec").putArray("containers").addObject();
        container.put("name", "web").put("image", "shop/web:" + version);
        if (!maintenance.isEmpty()) {
            container
                    .putArray("env")
                    .addObject()
                    .put("name", "MAINTENANCE_MODE")
                    .put("value", maintenance);
        }
        sets.add(set);
    }

    private static Revision revision(Generations.Generation generation) {
        var image = generation.found().template().images().get("web");
        return new Revision(generation.digest(), new Version(image.substring(image.indexOf(':') + 1)));
    }

    private Ledger observed(Ledger stored, boolean complete) {
        var history = Generations.replicaSets(sets, PLACE);
        var present = history.getLast();
        var ledger = stored;
        for (var entry : Observation.of(
                stored,
                history,
                ObservationTest::revision,
                List.of(new Observation.Now(Parts.of(revision(present)), complete, present.made())))) {
            ledger = ledger.with(entry);
        }
        return ledger;
    }

    private static Standing standing(Ledger ledger, String version) {
        return ledger.standing(release(ledger, version).number());
    }

    private static Release release(Ledger ledger, String version) {
        return ledger.releases().stream()
                .filter(r -> r.version().text().equals(version))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void releases_come_in_the_order_in_which_they_ran_and_none_is_proved() {
        set("v3", 4, 3, "");
        set("v1", 0, 1, "");
        set("v2", 1, 2, "");

        var ledger = observed(Ledger.empty(WEB), true);

        assertThat(ledger.releases()).extracting(Release::toString).containsExactly("v1", "v2", "v3");
        assertThat(ledger.live()).contains(release(ledger, "v3"));
        assertThat(standing(ledger, "v1")).isEqualTo(new Standing.NeverProved(DAY));
        assertThat(standing(ledger, "v2")).isEqualTo(new Standing.NeverProved(Duration.ofDays(3)));
    }

    @Test
    void what_an_undo_took_out_by_hand_was_rolled_back_and_is_never_gone_back_to() {
        set("v1", 0, 1, "");
        set("v2", 1, 4, "2");
        set("bad", 5, 3, "");

        var ledger = observed(Ledger.empty(WEB), true);

        assertThat(standing(ledger, "bad")).isInstanceOf(Standing.RolledBack.class);
        assertThat(ledger.live()).contains(release(ledger, "v2"));
        assertThat(ledger.select(new RevisionSelector.Previous(), ledger.live(), DAY))
                .isInstanceOfSatisfying(
                        Selection.Chosen.class, c -> assertThat(c.release()).hasToString("v1"));
    }

    @Test
    void a_release_that_never_got_up_is_out_and_not_live_and_the_one_that_serves_is_previous() {
        set("v1", 0, 1, "");
        set("crash", 3, 2, "");

        var ledger = observed(Ledger.empty(WEB), false);

        assertThat(ledger.live()).contains(release(ledger, "v1"));
        assertThat(standing(ledger, "crash")).isInstanceOf(Standing.NeverLive.class);
        assertThat(ledger.select(new RevisionSelector.Previous(), Optional.of(release(ledger, "crash")), DAY))
                .isInstanceOfSatisfying(
                        Selection.Chosen.class, c -> assertThat(c.release()).hasToString("v1"));
    }

    @Test
    void a_switch_of_maintenance_is_no_release() {
        set("v1", 0, 1, "");
        set("v2", 1, 2, "");
        set("v2", 2, 3, "", "true");

        var ledger = observed(Ledger.empty(WEB), true);

        assertThat(ledger.releases()).extracting(Release::toString).containsExactly("v1", "v2");
    }

    @Test
    void what_is_written_down_already_is_not_seen_again() {
        set("v1", 0, 1, "");
        set("v2", 1, 2, "");
        var written = observed(Ledger.empty(WEB), true);

        assertThat(observed(written, true)).isEqualTo(written);
    }

    @Test
    void what_was_put_out_since_comes_behind_what_is_written_down() {
        set("v1", 0, 1, "");
        set("v2", 1, 2, "");
        var written = observed(Ledger.empty(WEB), true);
        set("v3", 2, 3, "");
        set("v4", 3, 4, "");

        var ledger = observed(written, true);

        assertThat(ledger.entries()).startsWith(written.entries().toArray(lastgood.core.LedgerEntry[]::new));
        assertThat(ledger.releases()).extracting(Release::number).containsExactly(1, 2, 3, 4);
        assertThat(ledger.live()).contains(release(ledger, "v4"));
    }

    @Test
    void a_way_back_by_hand_after_the_ledgers_last_word_is_seen() {
        set("v1", 0, 1, "");
        set("v2", 1, 2, "");
        var written = observed(Ledger.empty(WEB), true);
        sets.clear();
        set("v1", 0, 3, "1");
        set("v2", 1, 2, "");

        var ledger = observed(written, true);

        assertThat(standing(ledger, "v2")).isInstanceOf(Standing.RolledBack.class);
        assertThat(ledger.live()).contains(release(ledger, "v1"));
    }
}
