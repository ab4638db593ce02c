package lastgood.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {

    @TempDir
    Path folder;

    @Test
    void a_server_made_here_runs_also_as_root_and_keeps_what_was_committed_through_a_crash() {
        var server = Server.create(Servers.ours(), folder.resolve("a folder").resolve("data"));
        var sessions = new Sessions(server.start(Server.Durability.SAFE, Map.of()), "test");
        sessions.change(
                "write",
                Duration.ofSeconds(5),
                s -> s.createStatement().execute("CREATE TABLE public.t AS SELECT 1 AS a"));

        server.crash();
        assertThat(server.running()).isEmpty();
        var again = new Sessions(server.start(Server.Durability.SAFE, Map.of()), "test");

        assertThat(server.running()).contains(again.address());
        assertThat(again.<Boolean>look(
                        "read",
                        s -> s.createStatement().executeQuery("SELECT a FROM t").next()))
                .isTrue();
        server.stop();
        assertThat(server.running()).isEmpty();
    }

    @Test
    void one_whose_file_is_not_written_yet_does_not_run_yet() throws java.io.IOException {
        var server = new Server(Servers.ours(), folder);
        java.nio.file.Files.createFile(folder.resolve("postmaster.pid"));

        assertThat(server.running()).isEmpty();
    }

    @Test
    void one_that_died_by_itself_is_stopped_as_well_as_one_that_runs() {
        var server = Server.create(Servers.ours(), folder.resolve("data"));
        server.start(Server.Durability.FAST, Map.of());
        server.crash();

        server.crash();
        server.stop();

        assertThat(server.running()).isEmpty();
    }
}
