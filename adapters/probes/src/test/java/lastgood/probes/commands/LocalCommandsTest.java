package lastgood.probes.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.TeamCommands.Ended;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCommandsTest {

    private static final ServiceRef SHOP = new ServiceRef("production", "shop");
    private static final Fence FENCE = new Fence(new RunId("rb-aaaaaaaa"), "50-undo", 1);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    Path state;

    @BeforeEach
    void a_state_folder() {
        state = folder.resolve("state");
    }

    @Test
    void a_command_gets_its_arguments_as_they_are_its_folder_and_its_variables() {
        var ended =
                run("printf '%s\\n' \"$1\" \"$PWD\" \"$EXTRA\" \"$LASTGOOD_KEY\" \"$LASTGOOD_RELEASE\"", "a; b $HOME");

        assertThat(ended.code()).isZero();
        assertThat(ended.lastLines())
                .containsExactly("a; b $HOME", folder.toString(), "more", "rb-aaaaaaaa/50-undo", "shop:v2");
    }

    @Test
    void the_same_key_is_told_the_same_end_and_nothing_runs_twice() throws IOException {
        var first = run("echo ran >> count; echo no >&2; exit 7");
        var second = run("echo ran >> count; echo no >&2; exit 7");

        assertThat(first).isEqualTo(new Ended(7, List.of("no"))).isEqualTo(second);
        assertThat(Files.readAllLines(folder.resolve("count"))).hasSize(1);
    }

    @Test
    void of_several_callers_one_starts_it_and_all_hear_its_end() throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = callers.invokeAll(IntStream.range(0, 8)
                    .<Callable<Ended>>mapToObj(_ -> () -> run("echo ran >> count; sleep 0.3; exit 5"))
                    .toList());

            for (var call : calls) {
                assertThat(call.get().code()).isEqualTo(5);
            }
        }
        assertThat(Files.readAllLines(folder.resolve("count"))).hasSize(1);
    }

    @Test
    void one_who_was_interrupted_is_followed_by_one_who_waits_for_the_same_process() throws Exception {
        var first = Thread.ofPlatform()
                .start(() -> assertThatThrownBy(() -> run("echo ran >> count; sleep 1; exit 6"))
                        .isInstanceOf(Unreachable.class));
        while (!Files.exists(folder.resolve("count"))) {
            Thread.sleep(10);
        }
        first.interrupt();
        first.join();

        assertThat(run("echo ran >> count; sleep 1; exit 6").code()).isEqualTo(6);
        assertThat(Files.readAllLines(folder.resolve("count"))).hasSize(1);
    }

    @Test
    void what_takes_too_long_is_ended_with_all_that_it_started() throws Exception {
        var ended = commands()
                .run(
                        SHOP,
                        "",
                        List.of("/bin/sh", "-c", "sleep 60 & echo $! > child; echo waiting; wait"),
                        Map.of(),
                        Duration.ofSeconds(2),
                        FENCE);

        assertThat(ended.code()).isEqualTo(124);
        assertThat(ended.lastLines()).contains("waiting").anyMatch(l -> l.contains("still running after 2s"));
        var child = Long.parseLong(Files.readString(folder.resolve("child")).strip());
        for (var i = 0; i < 6_000 && runs(child); i++) {
            Thread.sleep(10);
        }
        assertThat(runs(child)).isFalse();
    }

    /// One that has ended may stay in the list until its parent asks; it has no program any more.
    private static boolean runs(long pid) {
        return ProcessHandle.of(pid).flatMap(p -> p.info().command()).isPresent();
    }

    @Test
    void an_end_that_nobody_saw_is_not_guessed_and_it_is_not_run_again() throws Exception {
        var starter = Thread.ofPlatform()
                .start(() -> assertThatThrownBy(() -> run("echo $$ > pid; sleep 60"))
                        .isInstanceOf(Unreachable.class)
                        .hasMessageContaining("how far it came is not known"));
        while (!Files.exists(folder.resolve("pid")) || Files.size(folder.resolve("pid")) == 0) {
            Thread.sleep(10);
        }
        var command = ProcessHandle.of(
                        Long.parseLong(Files.readString(folder.resolve("pid")).strip()))
                .orElseThrow();

        command.parent().orElseThrow().destroyForcibly();
        command.destroyForcibly();
        starter.join();

        assertThatThrownBy(() -> run("echo again > again")).isInstanceOf(Unreachable.class);
        assertThat(folder.resolve("again")).doesNotExist();
    }

    @Test
    void secrets_do_not_come_out_with_the_last_lines() {
        var ended = run("echo \"could not log in with $DB_PASSWORD at postgres://app:other-pw@db/shop\"");

        assertThat(ended.lastLines().getFirst())
                .doesNotContain("hunter22", "other-pw")
                .contains("could not log in");
    }

    @Test
    void a_folder_that_is_not_there_is_said_and_tried_again_later() throws IOException {
        var gone = folder.resolve("gone");
        var commands = new LocalCommands(state, _ -> new Surroundings(gone, Map.of(), List.of()));

        assertThatThrownBy(() -> commands.run(SHOP, "", List.of("true"), Map.of(), LIMIT, FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("nothing was changed");
        Files.createDirectory(gone);

        assertThat(commands.run(SHOP, "", List.of("true"), Map.of(), LIMIT, FENCE)
                        .code())
                .isZero();
    }

    @Test
    void a_program_that_does_not_exist_ends_with_127() {
        var ended = commands().run(SHOP, "", List.of("no-such-program"), Map.of(), LIMIT, FENCE);

        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.lastLines().getLast()).contains("no-such-program");
    }

    private TeamCommands commands() {
        return new LocalCommands(state, _ -> new Surroundings(folder, Map.of("DB_PASSWORD", "hunter22"), List.of()));
    }

    private Ended run(String line, String... arguments) {
        var words = new java.util.ArrayList<>(List.of("/bin/sh", "-c", line, "sh"));
        words.addAll(List.of(arguments));
        return commands().run(SHOP, "shop:v2", words, Map.of("EXTRA", "more"), LIMIT, FENCE);
    }
}
