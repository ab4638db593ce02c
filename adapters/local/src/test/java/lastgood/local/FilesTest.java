package lastgood.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import lastgood.core.LedgerEntry;
import lastgood.core.Redaction;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.local.process.ProcessId;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies in the data folder and is used without an agent, also by several processes at once and after crashes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FilesTest {

    static final ServiceRef SHOP = new ServiceRef("production", "shop");
    static final RunId RUN = new RunId("rb-aaaaaaaa");

    @TempDir
    Path data;

    static LedgerEntry live(int number, String key) {
        return new LedgerEntry.Live(number, Instant.parse("2026-11-01T12:00:00Z"), key);
    }

    private Path ledgerFile() {
        return data.resolve("ledgers/production/shop.jsonl");
    }

    @Test
    void a_last_line_that_was_torn_at_any_byte_is_no_line_and_makes_room() throws Exception {
        var ledgers = new FileLedgers(data);
        ledgers.append(ledgers.read(SHOP), List.of(live(1, "a")));
        var whole = Files.readAllBytes(ledgerFile());
        ledgers.append(ledgers.read(SHOP), List.of(live(2, "b"), live(3, "c")));
        var both = Files.readAllBytes(ledgerFile());

        for (var length = whole.length; length < both.length; length++) {
            Files.write(ledgerFile(), java.util.Arrays.copyOf(both, length));
            assertThat(ledgers.read(SHOP).entries()).containsExactly(live(1, "a"));
            ledgers.append(ledgers.read(SHOP), List.of(live(4, "d")));
            assertThat(ledgers.read(SHOP).entries()).containsExactly(live(1, "a"), live(4, "d"));
        }
    }

    @Test
    void an_entry_of_a_later_version_is_refused_with_a_way_on() throws Exception {
        var ledgers = new FileLedgers(data);
        ledgers.append(ledgers.read(SHOP), List.of(live(1, "a")));
        var later = Files.readString(ledgerFile())
                .replace("\"live\"", "\"pardoned\"")
                .replace("\"a\"", "\"b\"");
        Files.writeString(ledgerFile(), later, StandardOpenOption.APPEND);

        assertThatThrownBy(() -> ledgers.read(SHOP))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("unknown kind `pardoned`")
                .hasMessageContaining("newer lastgood");
    }

    @Test
    void damage_in_the_middle_is_named_and_nothing_is_appended_after_it() throws Exception {
        var ledgers = new FileLedgers(data);
        ledgers.append(ledgers.read(SHOP), List.of(live(1, "a")));
        var seen = ledgers.read(SHOP);
        Files.writeString(ledgerFile(), "rubbish\n" + Files.readString(ledgerFile()));

        assertThatThrownBy(() -> ledgers.append(seen, List.of(live(2, "b"))))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("line 1")
                .hasMessageContaining("nothing was changed");
    }

    /// Appends as many entries as it can, looking again when it was not first: `LEDGER DIR NAME N` or `LOCK DIR RUN`.
    public static final class Rival {
        private Rival() {}

        public static void main(String[] args) {
            if (args[0].equals("LOCK")) {
                System.out.println(new FileLocks(Path.of(args[1])).acquire(SHOP, new RunId(args[2])));
                return;
            }
            var ledgers = new FileLedgers(Path.of(args[1]));
            for (var i = 0; i < Integer.parseInt(args[3]); ) {
                try {
                    ledgers.append(ledgers.read(SHOP), List.of(live(i + 1, args[2] + i)));
                    i++;
                } catch (WorldMoved _) {
                    // the other one was first: look again
                }
            }
        }
    }

    private Process rival(String... args) throws Exception {
        return new ProcessBuilder(World.java(Rival.class, args))
                .redirectErrorStream(true)
                .start();
    }

    @Test
    void of_two_processes_that_append_at_once_neither_overwrites_the_other() throws Exception {
        var rivals = List.of(rival("LEDGER", data.toString(), "x", "40"), rival("LEDGER", data.toString(), "y", "40"));
        for (var rival : rivals) {
            assertThat(rival.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(rival.getInputStream().readAllBytes())).isEmpty();
        }

        var keys = new FileLedgers(data)
                .read(SHOP).entries().stream().map(LedgerEntry::key).toList();
        assertThat(keys).hasSize(80).doesNotHaveDuplicates();
        assertThat(keys.stream().filter(k -> k.startsWith("x")).toList())
                .isSortedAccordingTo(java.util.Comparator.comparingInt(k -> Integer.parseInt(k.substring(1))));
    }

    @Test
    void of_several_processes_that_lock_at_once_one_gets_it_and_all_know_who() throws Exception {
        var rivals = new ArrayList<Process>();
        for (var i = 0; i < 4; i++) {
            rivals.add(rival("LOCK", data.toString(), "rb-0000000" + i));
        }
        var answers = new ArrayList<String>();
        for (var rival : rivals) {
            assertThat(rival.waitFor(120, TimeUnit.SECONDS)).isTrue();
            answers.add(new String(rival.getInputStream().readAllBytes()).strip());
        }

        assertThat(answers)
                .containsOnly(new FileLocks(data).holder(SHOP).orElseThrow().text());
    }

    @Test
    void a_lock_that_holds_something_else_is_not_taken_for_free() throws Exception {
        Files.createDirectories(data.resolve("locks"));
        Files.writeString(data.resolve("locks/production.shop"), "rubbish");

        assertThatThrownBy(() -> new FileLocks(data).acquire(SHOP, RUN)).isInstanceOf(Forbidden.class);
    }

    @Test
    void many_threads_of_one_process_share_a_ledger_too() throws Exception {
        var threads = new ArrayList<Thread>();
        for (var t = 0; t < 6; t++) {
            var name = "t" + t + "-";
            threads.add(Thread.ofVirtual()
                    .start(() -> Rival.main(new String[] {"LEDGER", data.toString(), name, "10"})));
        }
        for (var thread : threads) {
            thread.join();
        }

        assertThat(new FileLedgers(data).read(SHOP).entries()).hasSize(60);
    }

    @Test
    void a_driver_is_alive_while_it_beats_and_its_process_is_there() throws Exception {
        var now = new Instant[] {Instant.parse("2026-11-01T12:00:00Z")};
        var other = new ProcessBuilder("sleep", "60").start();
        try {
            var reader = new FileDrivers(data, () -> now[0]);
            var driver = new FileDrivers(
                    data, () -> now[0], ProcessId.of(other.pid()).orElseThrow());
            assertThat(reader.alive(RUN)).isEmpty();

            driver.beat(RUN);
            assertThat(reader.alive(RUN))
                    .hasValueSatisfying(who -> assertThat(who).contains("process " + other.pid()));
            reader.leave(RUN);
            assertThat(reader.alive(RUN))
                    .as("somebody else's beat is not mine to take back")
                    .isPresent();

            now[0] = now[0].plusSeconds(5);
            assertThat(reader.alive(RUN)).as("silent for 5 s").isEmpty();

            driver.beat(RUN);
            assertThat(reader.alive(RUN)).isPresent();
            other.destroyForcibly().waitFor();
            assertThat(reader.alive(RUN)).as("its process is gone").isEmpty();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void a_driver_that_leaves_is_nobody() {
        var drivers = new FileDrivers(data, java.time.InstantSource.system());
        drivers.beat(RUN);

        drivers.leave(RUN);

        assertThat(drivers.alive(RUN)).isEmpty();
    }

    @Test
    void what_a_driver_waits_for_is_passed_on_with_its_next_beat_and_not_kept() {
        var driver = new FileDrivers(data, java.time.InstantSource.system());
        var reader = new FileDrivers(data, java.time.InstantSource.system());
        driver.beat(RUN);
        assertThat(reader.waiting(RUN)).isEmpty();

        driver.waits(RUN, new lastgood.engine.port.Drivers.Waiting("10-close", "no answer"));
        driver.beat(RUN);
        assertThat(reader.waiting(RUN)).contains(new lastgood.engine.port.Drivers.Waiting("10-close", "no answer"));
        driver.leave(RUN);

        assertThat(reader.waiting(RUN)).isEmpty();
    }

    @Test
    void the_same_number_started_at_another_time_is_another_process() {
        var self = ProcessId.current();

        assertThat(self.alive()).isTrue();
        assertThat(new ProcessId(self.pid(), self.start() + "1").alive()).isFalse();
        assertThat(ProcessId.parse(self.toString())).contains(self);
        assertThat(ProcessId.parse("1; rm -rf /")).isEmpty();
    }

    @Test
    void notices_are_kept_in_order() throws Exception {
        var notices = new FileNotices(data, java.time.InstantSource.system());
        notices.send(RUN, "n1", "it \"began\"\nnow");
        notices.send(RUN, "n2", "it ended");

        var lines = Files.readAllLines(data.resolve("notices.jsonl"));
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).contains("\"id\":\"n1\"").contains("it \\\"began\\\"\\nnow");
    }

    @Test
    void a_data_folder_that_cannot_be_written_is_refused_in_words() throws Exception {
        var file = Files.writeString(data.resolve("file"), "in the way");

        assertThatThrownBy(() -> new FileLocks(file.resolve("data")).acquire(SHOP, RUN))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("nothing was changed");
    }

    @Test
    void secrets_are_taken_out_of_texts() {
        var redaction = new Redaction(List.of("hunter2-long"));

        assertThat(redaction.clean("Authorization: Bearer abc.def.ghi\nx")).isEqualTo("Authorization: ********\nx");
        assertThat(redaction.clean("{\"password\": \"p4ss\", \"user\": \"u\"}"))
                .isEqualTo("{\"password\": \"********\", \"user\": \"u\"}");
        assertThat(redaction.clean("DB_PASSWORD=p4ss next")).isEqualTo("DB_PASSWORD=******** next");
        assertThat(redaction.clean("postgres://app:p4ss@db:5432/x")).isEqualTo("postgres://app:********@db:5432/x");
        assertThat(redaction.clean("it said hunter2-long twice: hunter2-long"))
                .isEqualTo("it said ******** twice: ********");
        assertThat(redaction.clean("GET /health 200 in 3 ms")).isEqualTo("GET /health 200 in 3 ms");
    }

    private LocalService service(Path project, Map<String, Setting> env, String artifact) {
        return new LocalService(
                List.of("serve", "--port", "{port}"),
                artifact,
                project,
                new TreeMap<>(env),
                List.of(),
                "/health",
                java.time.Duration.ofSeconds(5),
                LocalService.Listen.loopback(8080),
                1,
                java.time.Duration.ofSeconds(5),
                java.time.Duration.ofSeconds(5),
                lastgood.core.recover.Limits.usual());
    }

    @Test
    void the_same_content_is_the_same_revision_whatever_it_is_called() throws Exception {
        var project = Files.createDirectories(data.resolve("project"));
        Files.writeString(project.resolve("app-v1.jar"), "bits");
        Files.writeString(project.resolve("app-v2.jar"), "bits");
        Files.writeString(project.resolve("app-v3.jar"), "other bits");
        var revisions =
                new LocalRevisions(data, Map.of(SHOP, service(project, Map.of(), "app-{version}.jar")), Map.of());

        var first = revisions.stage(SHOP, new Version("v1"), Map.of());
        var second = revisions.stage(SHOP, new Version("v2"), Map.of());
        var third = revisions.stage(SHOP, new Version("v3"), Map.of());

        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(third.digest()).isNotEqualTo(first.digest());
        assertThat(revisions.stage(
                        SHOP,
                        new Version("v1"),
                        Map.of("artifact", project.resolve("app-v3.jar").toString())))
                .matches(r -> r.sameAs(third));
        assertThatThrownBy(() -> revisions.stage(SHOP, new Version("v9"), Map.of()))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("app-v9.jar");
        assertThatThrownBy(() -> revisions.stage(SHOP, new Version("v1"), Map.of("artefact", "x")))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("no option `artefact`");
    }

    @Test
    void a_revision_whose_content_was_damaged_or_thrown_away_says_so() throws Exception {
        var project = Files.createDirectories(data.resolve("project"));
        Files.writeString(project.resolve("app.jar"), "bits");
        var revisions = new LocalRevisions(data, Map.of(SHOP, service(project, Map.of(), "app.jar")), Map.of());
        var revision = revisions.stage(SHOP, new Version("v1"), Map.of());
        assertThat(revisions.missing(SHOP, revision)).isEmpty();
        var artifact = lastgood.core.Digest.of("bits");
        var object = new lastgood.local.files.DataFolder(data).object(artifact);

        Files.delete(object);
        Files.writeString(object, "bats");
        assertThat(revisions.missing(SHOP, revision))
                .hasValueSatisfying(why -> assertThat(why).contains("artifact is damaged"));
        Files.delete(object);
        assertThat(revisions.missing(SHOP, revision))
                .hasValueSatisfying(why -> assertThat(why).contains("artifact is gone"));
        revisions.stage(SHOP, new Version("v1"), Map.of());
        assertThat(revisions.missing(SHOP, revision)).isEmpty();
    }

    @Test
    void a_secret_is_kept_as_where_it_is_and_never_as_what_it_is() throws Exception {
        var project = Files.createDirectories(data.resolve("project"));
        Map<String, Setting> env =
                Map.of("DB_PASSWORD", new Setting.SecretEnv("THE_PASSWORD"), "MODE", new Setting.Plain("x"));
        var revisions = new LocalRevisions(
                data, Map.of(SHOP, service(project, env, "")), Map.of("THE_PASSWORD", "open sesame"));

        var revision = revisions.stage(SHOP, new Version("v1"), Map.of());

        assertThat(revisions.describe(SHOP, revision).get("env DB_PASSWORD")).startsWith("secret env:THE_PASSWORD (");
        assertThat(revisions.describe(SHOP, revision)).containsEntry("env MODE", "x");
        try (var files = Files.walk(data)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain("open sesame");
            }
        }
        assertThatThrownBy(() -> new LocalRevisions(data, Map.of(SHOP, service(project, env, "")), Map.of())
                        .stage(SHOP, new Version("v1"), Map.of()))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("THE_PASSWORD is not set");
    }
}
