package lastgood.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import lastgood.core.Evidence;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Note;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Tally;
import lastgood.core.recover.WatchRules;
import lastgood.engine.port.JournalStore;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Journals as earlier versions wrote them. They are never changed: a later version reads every one. A new record
/// format gets a folder of its own beside `v1`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GoldenJournalsTest {

    private static final Path V1 = Path.of("src/test/resources/golden/v1");
    private static final RunId RUN = new RunId("rb-00000001");
    private static final Instant AT = Instant.parse("2026-01-02T14:21:07.123Z");

    /// Reads a file of plain lines.
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
    void every_record_of_every_golden_journal_is_read_verified_and_written_again_byte_for_byte() throws IOException {
        var seen = new HashSet<Class<?>>();
        try (Stream<Path> files = Files.list(V1)) {
            for (var file : files.toList()) {
                var lines = Files.readAllLines(file);
                var again = new Lines(new ArrayList<>());
                var copy = Journal.open(again, RUN);
                for (var record : Journal.open(new Lines(lines), RUN).records()) {
                    seen.add(record.entry().getClass());
                    assertThat(copy.append(record.entry(), record.epoch(), record.at(), record.owner()))
                            .isTrue();
                }
                assertThat(again.lines()).isEqualTo(lines);
            }
        }

        assertThat(seen).containsExactlyInAnyOrder(Entry.class.getPermittedSubclasses());
    }

    @Test
    void a_golden_journal_still_means_what_it_meant() throws IOException {
        var state = Journal.open(new Lines(Files.readAllLines(V1.resolve("every-record.jsonl"))), RUN)
                .state();

        assertThat(state.status()).isEqualTo(RunState.Status.RECOVERED);
        assertThat(state.plan()).isEqualTo(plan());
        assertThat(state.epoch()).isEqualTo(2);
        assertThat(state.planned().digest()).isEqualTo(Codec.digest(plan()));
        assertThat(state.ratification(AT)).isEqualTo(RunState.Ratification.NOT_OWED);
    }

    /// Writes the file anew; only for a new format: `-Dlastgood.golden=FILE`.
    @Test
    void is_made_by_the_code_that_reads_it() throws IOException {
        var lines = new Lines(new ArrayList<>());
        var journal = Journal.open(lines, RUN);
        for (var entry : everyEntry()) {
            assertThat(journal.append(
                            entry,
                            entry instanceof Entry.TakenOver
                                    ? journal.state().epoch() + 1
                                    : journal.state().epoch(),
                            AT,
                            "host:4711"))
                    .isTrue();
        }

        var file = System.getProperty("lastgood.golden");
        if (file != null) {
            Files.write(Path.of(file), lines.lines());
        }
        assertThat(lines.lines()).isEqualTo(Files.readAllLines(V1.resolve("every-record.jsonl")));
    }

    private static List<Entry> everyEntry() {
        var maya = new Person("maya");
        var lead = new Person("lead@summit.example");
        return List.of(
                new Entry.Opened(Plan.Kind.ROLLBACK, service(), maya, "errors 7.8%, baseline 0.4%", false),
                new Entry.Planned(Codec.digest(plan()), plan(), List.of("passed over 2  v4.0.3  failed")),
                new Entry.TimerSet(RunState.DEADLINE, AT.plusSeconds(300)),
                new Entry.TakenOver("begin"),
                new Entry.ApprovalRequested("platform-lead", Codec.digest(plan()), AT.plusSeconds(900)),
                new Entry.Rejected(lead, "which service?"),
                new Entry.Approved(lead, "platform-lead", Codec.digest(plan())),
                new Entry.TimerFired(RunState.DEADLINE),
                new Entry.Resumed(maya, "more time"),
                new Entry.Paused(maya, "asked to stop at the next safe point"),
                new Entry.CancelRequested(maya, "no"),
                new Entry.Skipped("10-capture-evidence", "already so: evidence"),
                new Entry.TakenOver("carry on after host:4711"),
                new Entry.Intent(
                        "20-put-revision",
                        1,
                        "rb-00000001/20-put-revision",
                        new TreeMap<>(java.util.Map.of("uid", "u", "stamp", "7"))),
                new Entry.Unknown("20-put-revision", "web was put back after we had changed it"),
                new Entry.Done(
                        "20-put-revision",
                        new Evidence(
                                "web runs v4.0.4",
                                "workload",
                                revision("v4.0.4").digest(),
                                AT)),
                new Entry.Failed("30-scale", "no\nwhy", true),
                new Entry.Window("90-watch-recovery", new Tally(1, 0, 0, 1), List.of("error-rate: 2%")),
                new Entry.VerdictReached(
                        "90-watch-recovery",
                        Entry.Judgement.PROVED,
                        "3 samples in a row passed",
                        List.of(CheckResult.pass(Check.ERROR_RATE, "0.4%", "< 1%", "proxy"))),
                new Entry.Sent("rb-00000001/0"),
                new Entry.GaveUp("rb-00000001/1", "503 — “later” ü 😀"),
                new Entry.Closed(Entry.Outcome.RECOVERED, "3 samples in a row passed"),
                new Entry.Ratified(lead, "platform-lead"));
    }

    private static ServiceRef service() {
        return new ServiceRef("production", "intelgraph-server");
    }

    private static Revision revision(String version) {
        return new Revision(lastgood.core.Digest.of(version), new Version(version));
    }

    /// One of each step, note, and verdict.
    private static Plan plan() {
        var web = new Workload(service(), "intelgraph-server");
        var release = new Release(2, revision("v4.0.4"), List.of("20260102_add_weight"), AT, new Person("maya"));
        var half = new TreeMap<>(java.util.Map.of("intelgraph-server", 90, "intelgraph-server-canary", 10));
        var all = new TreeMap<>(java.util.Map.of("intelgraph-server", 100));
        var rules = new WatchRules(WatchRules.alwaysRequired(), Duration.ofSeconds(15), 120, 40, 40);
        var steps = List.of(
                new Step.CaptureEvidence(service(), Duration.ofSeconds(10)),
                new Step.PutRevision(web, revision("v4.0.5"), revision("v4.0.4")),
                new Step.Scale(web, 1, 3),
                new Step.CreateWorkload(web, revision("v4.0.4"), 3),
                new Step.Pause(web, true),
                new Step.ShiftTraffic(service(), half, all),
                new Step.RemoveWorkload(web, "uid-1"),
                new Step.WriteLedger(
                        service(),
                        List.of(
                                new Note.Deploy(3, revision("v4.0.6"), List.of(), new Person("maya")),
                                new Note.GoLive(2),
                                new Note.Leave(3, lastgood.core.LedgerEntry.Leaving.ROLLED_BACK),
                                new Note.Judge(3, new Verdict.Fail("errors"), new Person("maya"), "seen"),
                                new Note.Quarantine(3, Duration.ofHours(24), "was rolled back"))),
                new Step.WatchRecovery(service(), release, rules),
                new Step.SetMaintenance(service(), false));
        var planned = new ArrayList<PlannedStep>();
        for (Step step : steps) {
            planned.add(new PlannedStep(
                    "%02d-step".formatted(planned.size() * 10),
                    step,
                    Duration.ofMinutes(5),
                    step instanceof Step.CaptureEvidence ? PlannedStep.OnFailure.GO_ON : PlannedStep.OnFailure.STOP,
                    step instanceof Step.SetMaintenance ? PlannedStep.Phase.FINALLY : PlannedStep.Phase.MAIN));
        }
        return new Plan(
                Plan.Kind.ROLLBACK,
                service(),
                "canary",
                "v4.0.5",
                "v4.0.4",
                Plan.Type.TYPE_1,
                "no migration is recorded between the releases",
                planned,
                new ApprovalRule.Before("platform-lead", List.of("lead@summit.example"), false),
                List.of());
    }
}
