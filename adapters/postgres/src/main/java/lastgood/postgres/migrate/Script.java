package lastgood.postgres.migrate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.schema.SqlText;
import lastgood.core.schema.SqlText.Statement;

/// SQL that a team wrote for a migration, read so far as to know whether PostgreSQL runs it in one transaction.
///
/// @param source the file, for people
/// @param statements in order, without a `BEGIN` and `COMMIT` around them all
record Script(String source, List<Statement> statements) {

    private static final Set<String> OPENS = Set.of("BEGIN", "START");
    private static final Set<String> CLOSES = Set.of("COMMIT", "END");

    /// These end a transaction, wherever they stand.
    private static final Set<String> ENDS = Set.of("COMMIT", "END", "ABORT", "ROLLBACK");

    Script {
        statements = List.copyOf(statements);
    }

    /// @param text a whole file
    static Script of(String source, String text) {
        var statements = SqlText.statements(text);
        if (statements.size() >= 2
                && OPENS.contains(statements.getFirst().words().getFirst())
                && CLOSES.contains(statements.getLast().words().getFirst())) {
            statements = statements.subList(1, statements.size() - 1);
        }
        return new Script(source, statements);
    }

    /// Why we cannot run it at all; empty if we can.
    Optional<String> refusal() {
        return statements.stream()
                .filter(s -> s.has("\\") || endsTransaction(s) || (s.begins("COPY") && s.has("STDIN")))
                .findFirst()
                .map(s -> "%s cannot be run by lastgood: `%s` is for psql, or ends a transaction in the middle"
                        .formatted(source, s.brief()));
    }

    private static boolean endsTransaction(Statement s) {
        var savepoint = s.begins("ROLLBACK") && s.has("TO");
        return (ENDS.contains(s.words().getFirst()) && !savepoint)
                || OPENS.contains(s.words().getFirst())
                || s.begins("PREPARE", "TRANSACTION");
    }

    boolean transactional() {
        return statements.stream().noneMatch(Script::standsAlone);
    }

    /// What PostgreSQL refuses inside a transaction.
    static boolean standsAlone(Statement s) {
        return switch (s.words().getFirst()) {
            case "VACUUM" -> true;
            case "CLUSTER" -> s.words().size() == 1 || s.words().equals(List.of("CLUSTER", "VERBOSE"));
            case "CREATE", "DROP" ->
                (s.has("CONCURRENTLY") && s.has("INDEX"))
                        || (s.words().size() > 1
                                && Set.of("DATABASE", "TABLESPACE", "SUBSCRIPTION")
                                        .contains(s.words().get(1)));
            case "REINDEX" -> s.has("CONCURRENTLY") || s.has("DATABASE") || s.has("SYSTEM") || s.has("SCHEMA");
            case "ALTER" ->
                s.begins("ALTER", "SYSTEM")
                        || s.begins("ALTER", "SUBSCRIPTION")
                        || (s.begins("ALTER", "DATABASE") && s.has("TABLESPACE"))
                        || (s.has("DETACH") && s.has("CONCURRENTLY"));
            case "DISCARD" -> s.begins("DISCARD", "ALL");
            default -> false;
        };
    }
}
