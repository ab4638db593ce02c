package lastgood.core.data;

import java.util.List;

/// What the migration tool's history says.
///
/// @param tool `flyway`, `prisma`, …; `none` if no history table was found
/// @param history the table it was read from; empty for none
/// @param applied oldest first
/// @param remarks what a person should know: failed entries, a dirty flag, a tool that we cannot undo with
public record Migrations(String tool, String history, List<Applied> applied, List<String> remarks) {

    public Migrations {
        applied = List.copyOf(applied);
        remarks = List.copyOf(remarks);
    }

    /// @param name as the tool names it; what `db undo --migration` takes
    /// @param at as the tool wrote it; empty if it does not
    /// @param done false: begun and failed
    /// @param xid of the transaction that wrote the history row; 0 if it cannot be told
    /// @param undo how it can be undone
    public record Applied(String name, String at, boolean done, long xid, Undo undo) {}

    public sealed interface Undo {
        /// SQL of the team's, run by us in one transaction.
        ///
        /// @param source the file
        /// @param transactional false: it holds a statement that PostgreSQL does not run in a transaction
        record Sql(String source, boolean transactional) implements Undo {}

        /// The team's command, run where it belongs.
        record Command(List<String> words) implements Undo {
            public Command {
                words = List.copyOf(words);
            }
        }

        record None(String why) implements Undo {}
    }
}
