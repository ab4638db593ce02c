package lastgood.postgres.backup;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Where finished segments of the write-ahead log are kept.
public interface WalArchive {

    /// Segments and history files that are there in full.
    Set<String> names();

    /// The text of `0000000N.history`, if that timeline has one.
    Optional<String> history(int timeline);

    /// What recovery runs to get a file; `%f` and `%p` as PostgreSQL has them. The server runs it in a shell.
    ///
    /// @param data the folder of the server that recovers
    String restoreCommand(Path data);

    /// The story of a timeline as far as the archive knows it.
    default History story(int timeline) {
        return history(timeline)
                .map(text -> History.of(timeline, text))
                .orElse(new History(timeline, java.util.List.of()));
    }
}
