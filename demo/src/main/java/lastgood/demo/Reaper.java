package lastgood.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// Ends the commands that the demo is running if the demo itself is killed, however that happens: a small shell reads
/// their numbers from a pipe, and when the pipe closes, it kills those that are still on its list. The agent and its
/// instances need no such help; they were told after whom to end.
final class Reaper implements AutoCloseable {

    private static final String SCRIPT = """
            trap '' INT HUP TERM
            list=' '
            while read -r what pid; do
              case $what in
                +) list="$list$pid " ;;
                -) list="${list%% $pid *} ${list#* $pid }" ;;
              esac
            done
            for pid in $list; do kill -KILL "$pid" 2>/dev/null; done
            """;

    private final Process shell;
    private final OutputStream pipe;

    Reaper() throws IOException {
        this.shell = new ProcessBuilder(List.of("/bin/sh", "-c", SCRIPT))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        this.pipe = shell.getOutputStream();
    }

    synchronized void watch(Process process) throws IOException {
        say("+ " + process.pid());
    }

    synchronized void forget(Process process) throws IOException {
        say("- " + process.pid());
    }

    private void say(String line) throws IOException {
        pipe.write((line + "\n").getBytes(US_ASCII));
        pipe.flush();
    }

    Process process() {
        return shell;
    }

    @Override
    public void close() throws IOException {
        pipe.close();
        try {
            var _ = shell.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
