package lastgood.local.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import lastgood.local.files.DataFolder;
import lastgood.local.process.Ending;
import lastgood.local.process.ProcessId;
import lastgood.local.process.Strays;

/// Ends what an agent that was killed has left: its keeper first, which would otherwise start it again, then its
/// instances, also those it had no time to write down.
public final class LeftBehind {

    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private LeftBehind() {}

    /// @return whether there was one
    public static boolean endKeeper(DataFolder data) throws IOException, InterruptedException {
        var found = Keeper.recorded(data).filter(ProcessId::alive).isPresent();
        Keeper.end(data);
        return found;
    }

    /// @return whether there was anything
    public static boolean end(DataFolder data) throws IOException, InterruptedException {
        var found = false;
        for (var left : Roster.left(data)) {
            var process = ProcessId.parse(left.process()).filter(ProcessId::alive);
            if (process.isPresent()) {
                found = true;
                Ending.end(process.get(), STOP_WITHIN);
            }
        }
        if (Files.exists(data.id())) {
            var mark = Files.readString(data.id(), US_ASCII).strip() + "/";
            Strays.kill(m -> m.startsWith(mark));
        }
        Files.deleteIfExists(data.contact());
        Files.deleteIfExists(data.agentPid());
        return found;
    }
}
