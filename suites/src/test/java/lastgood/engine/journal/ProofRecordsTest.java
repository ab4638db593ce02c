package lastgood.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Limits;
import lastgood.core.recover.Probed;
import lastgood.core.recover.ProofRules;
import lastgood.core.recover.Tally;
import lastgood.core.recover.WatchRules;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What came to the records with the proof by users' requests. Records from before it stay as they are, byte for byte:
/// the golden journals say so.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProofRecordsTest {

    private static final Instant AT = Instant.parse("2026-01-02T14:21:07Z");

    private static JournalRecord reread(Entry entry) {
        return Codec.record(Codec.seal(new RunId("rb-00000001"), 1, 1, AT, "host:1", entry, "")
                .line());
    }

    @Test
    void a_sample_with_probes_is_read_back_as_it_was() {
        var sample = new Entry.Window(
                "90-watch", new Tally(1, 0, 0, 1), List.of(), new Probed(AT, Duration.ofSeconds(15), 30, 1, 2));

        assertThat(reread(sample).entry()).isEqualTo(sample);
    }

    @Test
    void a_sample_without_probes_has_no_such_field() {
        var sample = new Entry.Window("90-watch", new Tally(1, 0, 0, 1), List.of());

        assertThat(Codec.json(sample).has("probed")).isFalse();
        assertThat(reread(sample).entry()).isEqualTo(sample);
    }

    @Test
    void a_plan_says_what_has_to_be_proved_and_one_without_keeps_its_digest() {
        var rules = WatchRules.window(Duration.ofMinutes(30), WatchRules.alwaysRequired());
        var proof = ProofRules.of(
                Limits.usual(),
                Duration.ofMinutes(30),
                rules.every(),
                true,
                List.of(new ServiceRef("production", "intelgraph-ui")));

        assertThat(Codec.json(rules).has("proof")).isFalse();
        assertThat(Codec.json(rules.proving(proof)).path("proof").toString())
                .isEqualTo("{\"alphaPpm\":10000,\"blocks\":3,\"dependents\":[\"production/intelgraph-ui\"],"
                        + "\"failedBelowPpm\":10000,\"helpsWithin\":40,\"lateAfter\":\"PT0.5S\","
                        + "\"lateBelowPpm\":50000,\"probes\":true,\"samplesMax\":240,\"settling\":\"PT5M\"}");
    }
}
