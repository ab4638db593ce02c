package lastgood.local.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.process.Ending;
import lastgood.local.process.ProcessId;
import lastgood.local.process.Session;
import lastgood.local.process.Strays;

/// The agent looks after the keeper, and the keeper (a small shell loop, `keeper.sh`) after the agent, so both must be
/// killed within the same second before nobody looks after the instances.
final class Keeper {

    private static final String SCRIPT = "/lastgood/local/keeper.sh";

    private final DataFolder data;
    private final List<String> restart;
    private final Map<String, String> environment;

    /// @param restart the command that starts this agent again; empty: nobody keeps it
    Keeper(DataFolder data, List<String> restart, Map<String, String> environment) {
        this.data = data;
        this.restart = List.copyOf(restart);
        this.environment = Map.copyOf(environment);
    }

    /// Starts one if there is none.
    void ensure() throws IOException {
        if (restart.isEmpty() || recorded(data).filter(ProcessId::alive).isPresent()) {
            return;
        }
        Durable.write(data.keeperScript(), script(), "rwx------");
        var command = new ArrayList<>(
                List.of("/bin/sh", data.keeperScript().toString(), data.agent().toString()));
        command.addAll(restart);
        var builder = new ProcessBuilder(Session.own(command))
                .directory(data.root().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(data.keeperLog().toFile()));
        builder.environment().putAll(environment);
        builder.environment().remove(Strays.MARK);
        var process = builder.start();
        var id = ProcessId.of(process.pid()).map(ProcessId::toString).orElse("");
        Durable.write(data.keeperPid(), id.getBytes(US_ASCII));
    }

    static Optional<ProcessId> recorded(DataFolder data) {
        try {
            return ProcessId.parse(Files.readString(data.keeperPid(), US_ASCII).strip());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static void end(DataFolder data) throws InterruptedException, IOException {
        var keeper = recorded(data);
        if (keeper.isPresent()) {
            Ending.end(keeper.get(), Duration.ofMillis(200));
        }
        Files.deleteIfExists(data.keeperPid());
    }

    private static byte[] script() throws IOException {
        try (@org.jspecify.annotations.Nullable InputStream in = Keeper.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(SCRIPT + " is missing from the program");
            }
            return in.readAllBytes();
        }
    }
}
