package lastgood.local.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.core.decide.DecisionRules;
import lastgood.core.detect.Counts;
import lastgood.core.feed.Glimpse;
import lastgood.engine.watch.Calibration;
import lastgood.local.proxy.Answered;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LocalHistoryTest {

    private static final ServiceRef WEB = new ServiceRef("demo", "web");
    private static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");
    private static final Instant FROM = NOW.minus(Duration.ofHours(12));

    @TempDir
    Path data;

    /// Twelve hours of minutes, as the agent has left them; both instances have the same name in both releases.
    private void counted(int instances) throws IOException {
        var writer = new HistoryWriter(data, FROM.toEpochMilli());
        for (var at = FROM.toEpochMilli() + 30_000; at <= NOW.toEpochMilli() + 60_000; at += 60_000) {
            var answered = new java.util.ArrayList<Answered>();
            for (var i = 0; i < instances; i++) {
                answered.add(new Answered(
                        WEB.toString(),
                        "rev1",
                        "web",
                        "web-" + i,
                        300,
                        1,
                        new TreeMap<>(Map.of(2, 290L, 5, 10L)),
                        new TreeMap<>()));
            }
            answered.add(new Answered(WEB.toString(), "", "", "", 1, 1, new TreeMap<>(), new TreeMap<>()));
            writer.write(at, answered);
        }
    }

    @Test
    void minutes_are_read_instance_by_instance_and_what_nobody_answered_is_nobodys() throws IOException {
        counted(2);
        var history = new LocalTelemetry(data, InstantSource.fixed(NOW)).history();

        var survey = history.survey(WEB, FROM, NOW);
        var seen = history.open(WEB, FROM).until(NOW);

        assertThat(survey.slots()).hasSize(12 * 12).allMatch(s -> s.instances() == 2);
        assertThat(survey.unlike().getFirst()).contains("in rounds of a minute");
        assertThat(seen).extracting(Glimpse::source).containsOnly("rev1/web-0", "rev1/web-1");
        assertThat(seen.stream().map(Glimpse::errors).reduce(Counts.NONE, Counts::plus))
                .isEqualTo(new Counts(12 * 60 * 2 * 300, 12 * 60 * 2));
    }

    @Test
    void placebos_on_this_machine_find_nothing_where_instances_are_alike() throws IOException {
        counted(4);
        var calibration = new Calibration(
                new LocalTelemetry(data, InstantSource.fixed(NOW)).history(),
                DecisionRules.runbook(),
                Set.of(),
                (_, _, _, _) -> {});

        var came = calibration.run(WEB, calibration.ground(WEB, FROM, NOW, List.of()), 20, 1);

        assertThat(came.judged()).isEqualTo(20);
        assertThat(came.wrong()).isEmpty();
        assertThat(came.watched()).allMatch(w -> w.fresh().requests() > 30_000);
    }
}
