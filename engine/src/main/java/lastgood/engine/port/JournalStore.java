package lastgood.engine.port;

import java.util.List;
import lastgood.core.RunId;

/// Keeps the lines of journals. Knows nothing of what they say.
///
/// The one promise everything rests on: [#append] is compare-and-swap. Of two callers who saw the same
/// number of lines, at most one succeeds, and when it returns true the line survives power loss.
/// [Unreachable] means that the line may or may not be there.
public interface JournalStore {

    /// All runs that have a journal, in no order.
    List<RunId> runs();

    /// The lines so far, oldest first; empty if there is no such journal. A last line that was torn by a crash
    /// is no line; damage anywhere else is an error.
    List<String> read(RunId run);

    /// The lines from that position on: cheap for whoever follows a run.
    default List<String> read(RunId run, int from) {
        var all = read(run);
        return all.subList(Math.min(from, all.size()), all.size());
    }

    /// Appends if the journal has exactly that many lines.
    boolean append(RunId run, int seen, String line);
}
