package lastgood.postgres.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import lastgood.engine.port.Forbidden;

/// Whether a restore fits on the disk, asked before it begins: a full disk under a live server would be a second
/// incident.
final class Room {

    /// For what the server writes beside the data: its log, temporary files, a segment or two.
    private static final long BESIDE = 128L << 20;

    private Room() {}

    /// @param copies 2 if the state behind the damage is wanted too
    /// @return why not; empty = it fits
    static Optional<String> tooSmall(long restoredBytes, long logBytes, int copies, long free) {
        var needed = copies * (restoredBytes + Math.max(0, logBytes)) + restoredBytes / 10 + BESIDE;
        return free >= needed
                ? Optional.empty()
                : Optional.of("the scratch needs %s and the disk has %s free".formatted(words(needed), words(free)));
    }

    static void ensure(Path folder, long restoredBytes, long logBytes, int copies) {
        try {
            Files.createDirectories(folder);
            var free = Files.getFileStore(folder).getUsableSpace();
            tooSmall(restoredBytes, logBytes, copies, free).ifPresent(why -> {
                throw new Forbidden(
                        "%s in %s\nnothing was restored\nhint: drop a scratch (`lastgood db restore --list`)"
                                        .formatted(why, folder)
                                + ", or give a folder on a larger disk");
            });
        } catch (IOException e) {
            throw new Forbidden("could not ask for the free space of %s: %s".formatted(folder, e.getMessage()));
        }
    }

    private static String words(long bytes) {
        return bytes >= 10L << 30
                ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
                : String.format(Locale.ROOT, "%d MiB", bytes >> 20);
    }
}
