package lastgood.app.watched;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import lastgood.app.watched.UnattendedStory.Fault;
import lastgood.app.watched.UnattendedStory.Setting;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the bad release to the proof that users are well, on the numbers of a real Prometheus that scrapes real
/// processes, with nobody there. How long it takes is for `bench/watch` to say.
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnattendedTest {

    @TempDir
    Path folder;

    @Test
    void an_outage_is_taken_back_and_recovery_proved_on_what_a_prometheus_scraped() throws Exception {
        assumeFalse(DebiansPrometheus.isMissing(), DebiansPrometheus.MISSING);
        var setting = new Setting(
                Fault.OUTAGE,
                Optional.of(Duration.ofSeconds(1)),
                30,
                Duration.ofSeconds(5),
                // on a machine that is busy with other things
                Duration.ofMinutes(6));

        try (var story = new UnattendedStory(folder, setting)) {
            var end = story.tell();

            var said = String.join("\n", end.said());
            assertThat(end.exit()).as(said).isZero();
            assertThat(end.proved()).as(said).isPresent();
            assertThat(end.restored()).as(said).isPresent();
            assertThat(end.recovered()).as(said).isPresent();
            assertThat(end.proof()).contains("requests");
            assertThat(said).contains("asked for by lastgood-watch").doesNotContain("\"approvedBy\"");
            assertThat(end.failed()).isBetween(1, end.sent() - 1);
            assertThat(story.answeredBy()).isEqualTo(UnattendedStory.GOOD);
        }
    }
}
