package lastgood.postgres.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.engine.port.Forbidden;

/// An archive in a folder, for a server of our own: PostgreSQL copies into it with the machine's own `cp`.
///
/// @param folder on a disk that is not the server's, if it should outlive it
public record FolderArchive(Path folder) implements WalArchive {

    public FolderArchive {
        folder = folder.toAbsolutePath();
    }

    /// What the server must be started with.
    ///
    /// A file gets its name only when it is whole: a `cp` that a crash cuts short would otherwise stand in its own
    /// way for ever. One that is there already and the same is done: after a crash PostgreSQL does not know that it
    /// had archived it. One that is there and different is never overwritten.
    public Map<String, String> settings() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new Forbidden("could not make the archive's folder %s: %s".formatted(folder, e.getMessage()));
        }
        var there = quoted("%f");
        var partial = quoted("%f.part");
        return Map.of(
                "wal_level",
                "replica",
                "archive_mode",
                "on",
                "archive_command",
                "{ test -f %1$s && cmp -s %%p %1$s; } || { test ! -f %1$s && cp %%p %2$s && mv %2$s %1$s; }"
                        .formatted(there, partial));
    }

    @Override
    public String restoreCommand(Path data) {
        return "cp %s \"%%p\"".formatted(quoted("%f"));
    }

    private String quoted(String file) {
        return "'%s/%s'".formatted(folder.toString().replace("%", "%%").replace("'", "'\\''"), file);
    }

    @Override
    public Set<String> names() {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> Wal.isSegment(n) || n.endsWith(".history"))
                    .collect(Collectors.toSet());
        } catch (NoSuchFileException _) {
            return Set.of();
        } catch (IOException e) {
            throw new Forbidden("could not read the archive's folder %s: %s".formatted(folder, e.getMessage()));
        }
    }

    @Override
    public Optional<String> history(int timeline) {
        try {
            return Optional.of(Files.readString(folder.resolve("%08X.history".formatted(timeline))));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
