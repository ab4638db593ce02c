package lastgood.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import lastgood.core.RunId;
import lastgood.engine.port.Notices;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Exclusive;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.files.LineFile;

/// Writes what people are told into a file. A notice that is sent twice stands there twice with the same id: it is for
/// who reads it to recognise, and looking first would take longer the longer the file is.
public final class FileNotices implements Notices {

    private static final Duration BUSY_MAX = Duration.ofSeconds(2);

    private final DataFolder data;
    private final InstantSource clock;

    public FileNotices(Path data, InstantSource clock) {
        this.data = new DataFolder(data);
        this.clock = clock;
    }

    @Override
    public void send(RunId run, String id, String text) {
        var file = data.prepared().notices();
        try (var _ = Exclusive.take(file.resolveSibling(".notices.lock"), BUSY_MAX)) {
            new LineFile(file)
                    .append(Json.text(
                            Map.of("at", clock.instant().toString(), "run", run.text(), "id", id, "text", text)));
        } catch (IOException e) {
            throw Failures.unreachable("could not write the notice", e);
        }
    }
}
