package lastgood.local.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.process.ProcessId;

/// Which processes are ours, on disk: for the next agent, and in a simpler form for the keeper's shell, which ends
/// them when it gives up.
final class Roster {

    private final DataFolder data;
    private final Map<String, Recorded> all = new TreeMap<>();

    /// The file's content.
    record Page(List<Recorded> instances) {}

    Roster(DataFolder data) {
        this.data = data;
    }

    /// What the agent before this one wrote down.
    static List<Recorded> left(DataFolder data) {
        try {
            return Json.read(Files.readAllBytes(data.roster()), Page.class).instances();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw Failures.unreachable("could not read which instances run from " + data.roster(), e);
        }
    }

    /// Begins with what the last agent knew, so that the first change does not lose the rest.
    synchronized void begin(List<Recorded> left) {
        left.forEach(i -> all.put(i.id(), i));
    }

    synchronized void write(Recorded instance) throws IOException {
        all.put(instance.id(), instance);
        save();
    }

    synchronized void forget(String id) throws IOException {
        if (all.remove(id) != null) {
            save();
        }
    }

    private void save() throws IOException {
        Durable.write(data.roster(), Json.bytes(new Page(new ArrayList<>(all.values()))));
        var lines = new StringBuilder();
        for (var instance : all.values()) {
            ProcessId.parse(instance.process())
                    .ifPresent(p -> lines.append(p.forShell()).append('\n'));
        }
        Durable.write(data.pids(), lines.toString().getBytes(US_ASCII));
    }
}
