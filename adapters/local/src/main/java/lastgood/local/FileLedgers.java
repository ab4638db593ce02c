package lastgood.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.ServiceRef;
import lastgood.engine.journal.LedgerJson;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.WorldMoved;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Exclusive;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.files.LineFile;

/// Each service's ledger as a file of JSON lines. One append is one line, whatever it holds, so a crash leaves all of
/// it or nothing. Needs no agent; any number of processes may share it.
///
/// An append whose entries are all there already has happened and is not an error, so it can be repeated when its
/// answer was lost.
public final class FileLedgers implements Ledgers {

    /// The form of a line. A later version of this program may write another number, which this one refuses.
    private static final int FORM = 1;

    private static final Duration BUSY_MAX = Duration.ofSeconds(5);

    private final DataFolder data;

    public FileLedgers(Path data) {
        this.data = new DataFolder(data);
    }

    @Override
    public Ledger read(ServiceRef service) {
        var file = data.ledger(service);
        try {
            var entries = new ArrayList<LedgerEntry>();
            var number = 0;
            for (var line : new LineFile(file).read()) {
                number++;
                entries.addAll(entries(file, number, line));
            }
            return new Ledger(service, entries);
        } catch (IOException e) {
            throw Failures.unreachable("could not read the ledger of " + service, e);
        }
    }

    private static List<LedgerEntry> entries(Path file, int number, String line) {
        try {
            var tree = Json.tree(line);
            if (tree.path("v").asInt() != FORM) {
                throw new IOException(
                        "it is of form %s".formatted(tree.path("v").asText("none")));
            }
            var entries = new ArrayList<LedgerEntry>();
            for (var entry : tree.path("entries")) {
                entries.add(LedgerJson.entry(entry));
            }
            return entries;
        } catch (IOException | RuntimeException e) {
            throw new Forbidden(
                    "%s, line %d cannot be understood: %s; nothing was changed\nhint: if a newer lastgood wrote it, use that one; else put the file back from a copy"
                            .formatted(file, number, e.getMessage()));
        }
    }

    @Override
    public void append(Ledger seen, List<LedgerEntry> entries) {
        var service = seen.service();
        var file = data.ledger(service);
        data.prepared();
        try (var _ = Exclusive.take(file.resolveSibling(file.getFileName() + ".lock"), BUSY_MAX)) {
            var now = read(service);
            var missing = entries.stream().filter(e -> !now.has(e.key())).toList();
            if (missing.isEmpty()) {
                return;
            }
            if (!now.entries().equals(seen.entries())) {
                throw new WorldMoved("the ledger of %s has %d entries and had %d when it was read; nothing was changed"
                        .formatted(service, now.entries().size(), seen.entries().size()));
            }
            var line = Map.of(
                    "v", FORM, "entries", missing.stream().map(LedgerJson::tree).toList());
            new LineFile(file).append(Json.text(line));
        } catch (IOException e) {
            throw Failures.forbidden("could not write the ledger of " + service, e);
        }
    }
}
