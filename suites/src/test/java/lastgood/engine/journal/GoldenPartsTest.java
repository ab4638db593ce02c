package lastgood.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Capacity;
import lastgood.core.Digest;
import lastgood.core.Parts;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Note;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.core.recover.WatchRules;
import lastgood.engine.port.JournalStore;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The journal of a run whose release has companions and config objects. Still format 1: the fields were added, and
/// a reader from before them skips them. [GoldenJournalsTest] reads and writes the file again byte for byte.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GoldenPartsTest {

    private static final Path FILE = Path.of("src/test/resources/golden/v1/parts.jsonl");
    private static final RunId RUN = new RunId("rb-00000001");
    private static final Instant AT = Instant.parse("2026-01-02T14:21:07.123Z");
    private static final ServiceRef SERVICE = new ServiceRef("production", "intelgraph-server");
    private static final Person MAYA = new Person("maya");

    private record Lines(List<String> lines) implements JournalStore {
        @Override
        public List<RunId> runs() {
            return List.of(RUN);
        }

        @Override
        public List<String> read(RunId run) {
            return lines;
        }

        @Override
        public boolean append(RunId run, int seen, String line) {
            return lines.size() == seen && lines.add(line);
        }
    }

    @Test
    void still_means_what_it_meant() throws IOException {
        var state = Journal.open(new Lines(Files.readAllLines(FILE)), RUN).state();

        assertThat(state.plan()).isEqualTo(plan());
        assertThat(state.planned().digest()).isEqualTo(Codec.digest(plan()));
    }

    /// Writes the file anew; only for a new format: `-Dlastgood.golden.parts=FILE`.
    @Test
    void is_made_by_the_code_that_reads_it() throws IOException {
        var lines = new Lines(new ArrayList<>());
        var journal = Journal.open(lines, RUN);
        for (var entry : List.of(
                new Entry.Opened(Plan.Kind.ROLLBACK, SERVICE, MAYA, "errors 7.8%", false),
                new Entry.Planned(Codec.digest(plan()), plan(), List.of()),
                new Entry.TakenOver("begin"),
                new Entry.Intent(
                        "10-step",
                        1,
                        "rb-00000001/10-step",
                        new TreeMap<>(Map.of("content", content("trace").text(), "uid", "u", "stamp", "7"))))) {
            assertThat(journal.append(
                            entry,
                            entry instanceof Entry.TakenOver
                                    ? 1
                                    : journal.state().epoch(),
                            AT,
                            "host:4711"))
                    .isTrue();
        }

        var file = System.getProperty("lastgood.golden.parts");
        if (file != null) {
            Files.write(Path.of(file), lines.lines());
        }
        assertThat(lines.lines()).isEqualTo(Files.readAllLines(FILE));
    }

    private static Revision revision(String version) {
        return new Revision(Digest.of(version), new Version(version));
    }

    private static Digest content(String level) {
        return Digest.of("log=" + level);
    }

    private static Parts parts(String version, String level) {
        return new Parts(
                revision(version),
                new TreeMap<>(Map.of("worker", revision(version + "-worker"), "nightly", revision("v1"))),
                new TreeMap<>(Map.of("server-config", content(level))));
    }

    /// One of each step and note that came with the parts.
    private static Plan plan() {
        var good = parts("v4.0.4", "info");
        var green = new Workload(SERVICE, "intelgraph-server-green");
        var release = new Release(2, good.main(), good.others(), good.config(), List.of(), AT, MAYA);
        var steps = List.of(
                new Step.RestoreConfig(SERVICE, "fresh", new Step.RestoreConfig.Held.Nothing(), content("info")),
                new Step.RestoreConfig(
                        SERVICE,
                        "server-config",
                        new Step.RestoreConfig.Held.Content(content("trace")),
                        content("info")),
                new Step.Restart(green, revision("v4.0.4")),
                new Step.PinCapacity(green, new Capacity(1, 4), new Capacity(6, 6)),
                new Step.WriteLedger(SERVICE, List.of(new Note.Deploy(3, parts("v4.0.6", "info"), List.of(), MAYA))),
                new Step.WatchRecovery(
                        SERVICE,
                        release,
                        new WatchRules(WatchRules.alwaysRequired(), Duration.ofSeconds(15), 120, 40, 40)));
        var planned = new ArrayList<PlannedStep>();
        for (Step step : steps) {
            planned.add(new PlannedStep(
                    "%02d-step".formatted(planned.size() * 10),
                    step,
                    Duration.ofMinutes(5),
                    PlannedStep.OnFailure.STOP,
                    PlannedStep.Phase.MAIN));
        }
        return new Plan(
                Plan.Kind.ROLLBACK,
                SERVICE,
                "blue-green",
                "v4.0.5",
                "v4.0.4",
                Plan.Type.TYPE_1,
                "no migration is recorded between the releases",
                planned,
                new ApprovalRule.None(),
                List.of());
    }
}
