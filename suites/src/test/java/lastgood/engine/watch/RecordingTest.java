package lastgood.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Severity;
import lastgood.core.Version;
import lastgood.core.decide.Decision;
import lastgood.core.decide.Decision.Act;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Situation;
import lastgood.core.decide.Trigger;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Judges;
import lastgood.core.detect.Price;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Settings;
import lastgood.core.plan.Plan;
import lastgood.engine.port.Telemetry;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RecordingTest {

    private static final Path FILE = Path.of("src/test/resources/golden/watch-v1/watch.jsonl");
    private static final Instant START = Instant.parse("2026-01-02T14:00:00.123456789Z");
    private static final Release BAD = release(2, "v4.0.5");
    private static final Release GOOD = release(1, "v4.0.4");
    private static final Telemetry.Question QUESTION = new Telemetry.Question(
            new ServiceRef("production", "intelgraph-server"),
            BAD,
            Optional.of(GOOD),
            START.minusSeconds(60),
            List.of(new ServiceRef("production", "search")),
            Set.of("/api/checkout", "probe:auth", "/login"));
    private static final DecisionRules RULES =
            DecisionRules.runbook().automatic(Set.of(Plan.Type.TYPE_1, Plan.Type.TYPE_2));
    private static final double[] BOUNDS = {0.1, 0.25, 0.5, 1, Double.POSITIVE_INFINITY};

    private static Release release(int number, String version) {
        var revision = new Revision(Digest.of(version), new Version(version));
        return new Release(number, revision, List.of("20260102_orders"), START.minusSeconds(60), new Person("maya"));
    }

    /// A watch as it goes: a scrape each 15 s, a decision after each.
    private static List<String> watch(Random random, int scrapes, double bad) {
        var lines = new ArrayList<String>();
        var recording = Recording.begin(QUESTION, RULES, lines::add);
        var before = new Before(new Counts(100_000, 200), latency(random, 1000), new Counts(5000, 10), 1.1);
        var first = situation(random, START.minusSeconds(5), Optional.empty());
        recording.decided(first, Decision.of(first));
        var settings = Settings.beside(Price.TYPE_1, before)
                .withPhi(1 + random.nextDouble())
                .withRoutes(QUESTION.critical(), 10);
        var basis = new Basis(new Reference.Beside(), before, settings.phi(), START, List.of("old pods"));
        recording.opened(basis, settings);
        var judges = new Judges(settings, basis);
        for (var t = 1; t <= scrapes; t++) {
            var scrape = scrape(random, t, bad);
            recording.saw(scrape);
            judges.take(scrape);
            var situation = situation(random, START.plusSeconds(15L * t), Optional.of(judges.assess()));
            recording.decided(situation, Decision.of(situation));
        }
        return lines;
    }

    private static Scrape scrape(Random random, int t, double bad) {
        var since = Duration.ofSeconds(15L * t);
        if (random.nextInt(8) == 0) {
            return Scrape.blind(since, "connection refused");
        }
        var n = 50 + random.nextInt(100);
        var fresh = new Counts(n, (long) (n * bad * random.nextDouble() * 2));
        return new Scrape(
                since,
                since.minusMillis(random.nextInt(1000)),
                new Scrape.Side(fresh, latency(random, n), new Counts(3, random.nextInt(2))),
                new Scrape.Side(new Counts(300, random.nextInt(2)), latency(random, 300), new Counts(9, 0)),
                new Counts(500, random.nextInt(3)),
                List.of(new Scrape.Route("/login", new Counts(10, random.nextInt(3)), new Counts(30, 0))),
                new Scrape.Sight.Clear());
    }

    private static Histogram latency(Random random, long n) {
        var half = n / 2 + random.nextInt(1 + (int) n / 4);
        return Histogram.of(BOUNDS, new long[] {n / 3, half, half, n - 1, n});
    }

    private static Situation situation(Random random, Instant now, Optional<Assessment> assessment) {
        var signals = random.nextInt(4) > 0
                ? List.<Signal>of()
                : List.of(new Signal(
                        Trigger.ERROR_RATE,
                        "a1",
                        "alertmanager HighErrorRate",
                        START,
                        random.nextBoolean() ? Optional.of(Severity.SEV2) : Optional.empty(),
                        Signal.Weight.SUSPICION,
                        "errors \"above\" 5 %"));
        return new Situation(
                now,
                BAD,
                Situation.Stage.LIVE,
                START,
                assessment,
                signals,
                random.nextInt(9) == 0 ? List.of("alertmanager: timed out") : List.of(),
                random.nextInt(9) == 0 ? Optional.of(now.minusSeconds(150)) : Optional.empty(),
                new Situation.Way.To(GOOD, true, Plan.Type.TYPE_1, List.of()),
                random.nextInt(9) == 0
                        ? new Situation.Past(
                                List.of(new Situation.Automatic(START.minusSeconds(9000), 1, true, false)),
                                false,
                                false)
                        : Situation.Past.none(),
                false,
                RULES);
    }

    @Test
    void any_watch_is_decided_again_as_it_was_to_the_letter() {
        for (var seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var lines = watch(random, 1 + random.nextInt(40), random.nextDouble() / 4);

            var replay = Recording.replay("watch.jsonl", lines);

            assertThat(replay.steps())
                    .as("seed %d", seed)
                    .extracting(Replay.Step::agreement)
                    .containsOnly(Replay.Agreement.SAME);
            assertThat(replay.question()).isEqualTo(QUESTION);
            assertThat(replay.rules()).isEqualTo(RULES);
            assertThat(replay.cutOff()).isFalse();
        }
    }

    @Test
    void a_decision_that_would_be_another_one_today_is_found() {
        var lines = new ArrayList<>(watch(new Random(7), 20, 0.3));
        var last = lines.removeLast();
        lines.add(last.replace("\"act\":\"ROLL_BACK\"", "\"act\":\"GO_ON\""));

        var replay = Recording.replay("watch.jsonl", lines);

        assertThat(last).contains("ROLL_BACK");
        assertThat(replay.firstDifference()).hasValueSatisfying(step -> {
            assertThat(step.line()).isEqualTo(lines.size());
            assertThat(step.again().act()).isEqualTo(Act.ROLL_BACK);
            assertThat(step.recorded()).contains("\"act\":\"GO_ON\"");
        });
    }

    @Test
    void other_words_are_not_another_decision() {
        var lines = new ArrayList<>(watch(new Random(7), 3, 0));
        lines.replaceAll(line -> line.replace("\"reasons\":[", "\"reasons\":[\"as we said then\","));

        var replay = Recording.replay("watch.jsonl", lines);

        assertThat(replay.steps()).extracting(Replay.Step::agreement).containsOnly(Replay.Agreement.OTHER_WORDS);
    }

    @Test
    void format_1_is_read_and_written_as_it_was() throws IOException {
        var golden = Files.readAllLines(FILE);

        var replay = Recording.replay("watch.jsonl", golden);

        assertThat(replay.firstDifference()).isEmpty();
        assertThat(replay.scrapes()).isEqualTo(12);
        assertThat(replay.steps().getLast().again().act()).isEqualTo(Act.ROLL_BACK);
        for (var line : golden) {
            assertThat(LineJson.write(LineJson.read(line))).isEqualTo(line);
        }
        assertThat(facts(watch(new Random(7), 12, 0.3))).isEqualTo(facts(golden));
    }

    /// How a decision is explained may be put better later.
    private static List<String> facts(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.contains("\"kind\":\"decided\""))
                .toList();
    }

    @Test
    void a_torn_last_line_is_left_out_and_said() {
        var lines = new ArrayList<>(watch(new Random(7), 3, 0));
        var whole = Recording.replay("w", lines).steps().size();
        var last = lines.removeLast();
        lines.add(last.substring(0, last.length() / 2));

        var replay = Recording.replay("w", lines);

        assertThat(replay.cutOff()).isTrue();
        assertThat(replay.steps()).hasSize(whole - 1);
    }

    @Test
    void what_cannot_be_replayed_is_refused_with_the_reason() {
        var lines = watch(new Random(7), 3, 0);
        var damaged = new ArrayList<>(lines);
        damaged.set(3, damaged.get(3).substring(5));
        var newer = new ArrayList<>(lines);
        newer.set(0, newer.get(0).replace("\"format\":1", "\"format\":2"));

        refused(List.of(), "could not replay w: it is empty");
        refused(List.of("apiVersion: v1"), "could not replay w: it is not a recording of a watch");
        refused(List.of("{\"type\":\"run\"}"), "could not replay w: it is not a recording of a watch");
        refused(newer, "could not replay w: it is of format 2, and this version reads up to format 1");
        refused(damaged, "could not replay w: it is damaged at line 4: ");
        refused(lines.subList(1, lines.size()), "could not replay w: it is not a recording of a watch");
        refused(
                List.of(lines.get(0), lines.get(3), lines.get(3)),
                "could not replay w: it is damaged at line 2: counts before the settings that they are judged by");
    }

    private static void refused(List<String> lines, String why) {
        assertThatThrownBy(() -> Recording.replay("w", lines))
                .isInstanceOf(Unreadable.class)
                .hasMessageStartingWith(why)
                .hasMessageContaining("nothing was decided and nothing was changed\nhint: ");
    }

    @Test
    void of_another_release_nothing_is_recorded() {
        var recording = Recording.begin(QUESTION, DecisionRules.runbook(), _ -> {});
        var situation = situation(new Random(7), START, Optional.empty());

        assertThatThrownBy(() -> recording.decided(situation, Decision.of(situation)))
                .isInstanceOf(IllegalStateException.class);
    }
}
