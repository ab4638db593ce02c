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
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.WriteAccess;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.core.plan.Step.ApplyMigration.After;
import lastgood.engine.port.JournalStore;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The journal of a run that changes a database. Still format 1: the steps were added. [GoldenJournalsTest]
/// reads and
/// writes the file again byte for byte.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GoldenDatabaseTest {

    private static final Path FILE = Path.of("src/test/resources/golden/v1/database.jsonl");
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

    @Test
    void names_each_step_of_a_database() {
        assertThat(plan().steps().stream().<Object>map(s -> s.step().getClass()))
                .contains((Object[]) Step.OfDatabase.class.getPermittedSubclasses());
    }

    /// Writes the file anew; only for a new format: `-Dlastgood.golden.database=FILE`.
    @Test
    void is_made_by_the_code_that_reads_it() throws IOException {
        var lines = new Lines(new ArrayList<>());
        var journal = Journal.open(lines, RUN);
        for (var entry : List.of(
                new Entry.Opened(Plan.Kind.ROLLBACK, SERVICE, MAYA, "errors 7.8%", false),
                new Entry.Planned(Codec.digest(plan()), plan(), List.of()),
                new Entry.TakenOver("begin"),
                new Entry.Intent(
                        "00-step",
                        1,
                        "rb-00000001/00-step",
                        new TreeMap<>(Map.of("access", "limit -1", "writers", "3", "wal", "0/16B3748"))))) {
            assertThat(journal.append(
                            entry,
                            entry instanceof Entry.TakenOver
                                    ? 1
                                    : journal.state().epoch(),
                            AT,
                            "host:4711"))
                    .isTrue();
        }

        var file = System.getProperty("lastgood.golden.database");
        if (file != null) {
            Files.write(Path.of(file), lines.lines());
        }
        assertThat(lines.lines()).isEqualTo(Files.readAllLines(FILE));
    }

    private static Plan plan() {
        var open = new WriteAccess(
                WriteAccess.NO_LIMIT, new TreeMap<>(Map.of("intelgraph_app", true, "old_batch", false)));
        var before = Digest.of("before");
        var after = Digest.of("after");
        var steps = List.of(
                new Step.SetWriteAccess(SERVICE, open, open.closed()),
                new Step.TakeBackup(SERVICE, "pre-migration-v4.0.5", "before data is changed"),
                new Step.UndoMigrations(SERVICE, List.of("20260102_weight", "20260101_edge"), after, before),
                new Step.SalvageRows(SERVICE, "lg_scratch", Digest.of("assessment")),
                new Step.SwapDatabase(SERVICE, "lg_scratch", "lg_kept_0123"),
                new Step.CheckSchema(SERVICE, List.of(before)),
                new Step.CheckIntegrity(SERVICE, false),
                new Step.MarkPoint(SERVICE, "v4.0.6"),
                new Step.ApplyMigration(SERVICE, "20260103_a", new After.Schema(before)),
                new Step.ApplyMigration(SERVICE, "20260103_b", new After.Migration("20260103_a")),
                new Step.ClosePoint(SERVICE),
                new Step.SetWriteAccess(SERVICE, open.closed(), open));
        var planned = new ArrayList<PlannedStep>();
        for (Step step : steps) {
            planned.add(new PlannedStep(
                    "%02d-step".formatted(planned.size() * 10),
                    step,
                    Duration.ofMinutes(5),
                    PlannedStep.OnFailure.STOP,
                    planned.size() == 11 ? PlannedStep.Phase.CALLED_OFF : PlannedStep.Phase.MAIN));
        }
        return new Plan(
                Plan.Kind.ROLLBACK,
                SERVICE,
                "rolling",
                "v4.0.5",
                "v4.0.4",
                Plan.Type.TYPE_3,
                "the older release does not work on the schema",
                planned,
                new ApprovalRule.None(),
                List.of("20260102_weight: 12 values of edge.weight"));
    }
}
