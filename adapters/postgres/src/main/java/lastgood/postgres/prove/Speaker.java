package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.data.SchemaProof.Statement;
import lastgood.core.data.SchemaProof.Statement.Answer;
import lastgood.core.schema.Quoted;
import lastgood.core.schema.Sql;
import lastgood.core.schema.TypedStatement;
import lastgood.core.schema.TypedStatement.Column;
import lastgood.core.schema.Widening;
import lastgood.postgres.sql.Failures;

/// Says a release's statements to a schema without running them: prepared and explained as the application's role,
/// which finds names, types, rights and rows that cannot be inserted, and reads and writes no row. Works on 13 too,
/// because a generic plan is made from a prepared statement and not by EXPLAIN's newer option.
final class Speaker implements AutoCloseable {

    /// A name after FROM or JOIN.
    private static final Pattern RELATION = Pattern.compile("\\b(?:from|join)\\s+([a-z_][a-z0-9_.]*)");

    /// What is between FROM and what may follow it; a comma in it is a join that [#RELATION] does not see.
    private static final Pattern FROM =
            Pattern.compile("\\bfrom\\s+(.*?)(?=\\bwhere\\b|\\bgroup\\b|\\border\\b|\\blimit\\b|$)");

    /// They are about the session and not about the schema.
    private static final Set<String> ABOUT_THE_SESSION = Set.of(
            "begin",
            "start",
            "commit",
            "end",
            "rollback",
            "abort",
            "savepoint",
            "release",
            "set",
            "reset",
            "show",
            "discard",
            "deallocate",
            "prepare",
            "execute",
            "declare",
            "fetch",
            "move",
            "close",
            "listen",
            "unlisten",
            "notify",
            "vacuum",
            "analyze",
            "checkpoint",
            "explain",
            "");

    /// What cannot be prepared, and changes nothing for good where everything is thrown away.
    private static final Set<String> RUN = Set.of("refresh", "lock", "truncate", "call", "do");

    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");

    /// What pg_stat_statements makes of `interval '1 day'` is no SQL any more.
    private static final Pattern TYPED_LITERAL =
            Pattern.compile("(?i)\\b(interval|date|timestamptz|timestamp|time|uuid|jsonb|json)\\s+(\\$\\d+)");

    private static final Pattern COPY_IN = Pattern.compile("(?is)^copy\\s+([\\w\".]+)\\s*\\(([^)]*)\\)\\s*from\\b.*");
    private static final Pattern COPY_OUT =
            Pattern.compile("(?is)^copy\\s+([\\w\".]+)\\s*(?:\\(([^)]*)\\))?\\s*to\\b.*");
    private static final Pattern COPY_QUERY = Pattern.compile("(?is)^copy\\s*\\((.*)\\)\\s*to\\b.*");

    private final Connection session;
    private final boolean throwaway;

    /// @param throwaway what is said may be run, and rolled back
    Speaker(Connection session, String role, String search, boolean throwaway) throws SQLException {
        this.session = session;
        this.throwaway = throwaway;
        execute("SET search_path = " + search);
        execute("SET plan_cache_mode = force_generic_plan");
        // A table without statistics gets no other errors than one with, and JIT only costs time here.
        execute("SET jit = off");
        if (!role.isEmpty()) {
            execute("SET ROLE " + Quoted.name(role));
        }
    }

    /// What drivers ask the system's own catalogs says nothing about the service, and no release changes those.
    static boolean matters(String sql) {
        return !ABOUT_THE_SESSION.contains(verb(sql)) && !asksTheSystemOnly(sql);
    }

    private static boolean asksTheSystemOnly(String sql) {
        var words = Sql.skeleton(sql);
        var from = RELATION.matcher(words).results().map(m -> m.group(1)).toList();
        return verb(sql).equals("select")
                && !from.isEmpty()
                && FROM.matcher(withoutBrackets(words))
                        .results()
                        .noneMatch(f -> f.group(1).contains(","))
                && from.stream().allMatch(r -> r.startsWith("pg_catalog.") || r.startsWith("information_schema."));
    }

    private static String withoutBrackets(String words) {
        var shorter = words.replaceAll("\\([^()]*\\)", " ");
        return shorter.equals(words) ? words : withoutBrackets(shorter);
    }

    private static String verb(String sql) {
        return Sql.skeleton(sql).replaceFirst("[^a-z].*$", "");
    }

    /// What its own schema makes of it.
    TypedStatement type(String sql, long calls, String role) {
        var text = TYPED_LITERAL
                .matcher(plannable(sql.strip().replaceFirst(";$", "")))
                .replaceAll("CAST($2 AS $1)");
        try {
            if (RUN.contains(verb(text))) {
                if (throwaway) {
                    run(text);
                }
                return new TypedStatement(text, calls, role, List.of(), List.of(), List.of(), "");
            }
            var prepared = prepare(text, List.of());
            return new TypedStatement(
                    text, calls, role, prepared.types, results(text, prepared.types), prepared.plan.touches(), "");
        } catch (SQLException e) {
            return new TypedStatement(
                    text,
                    calls,
                    role,
                    List.of(),
                    List.of(),
                    List.of(),
                    "its own schema does not take it: " + Failures.said(e));
        }
    }

    /// COPY cannot be prepared: it is asked for as the insert or the query that it stands for. One that loads whole
    /// rows
    /// without naming columns stays what it is, and so unproven.
    static String plannable(String sql) {
        var in = COPY_IN.matcher(sql);
        if (in.matches()) {
            var values = IntStream.rangeClosed(1, in.group(2).split(",", -1).length)
                    .mapToObj(i -> "$" + i)
                    .collect(Collectors.joining(", "));
            return "INSERT INTO %s (%s) VALUES (%s)".formatted(in.group(1), in.group(2), values);
        }
        var query = COPY_QUERY.matcher(sql);
        if (query.matches()) {
            return query.group(1);
        }
        var out = COPY_OUT.matcher(sql);
        return out.matches()
                ? "SELECT %s FROM %s".formatted(out.group(2) == null ? "*" : out.group(2), out.group(1))
                : sql;
    }

    /// What a newer schema makes of it.
    Statement answer(TypedStatement old, Widening widening) {
        if (!old.typed()) {
            return new Statement(old.sql(), old.calls(), Answer.UNPROVEN, old.problem());
        }
        if (RUN.contains(verb(old.sql()))) {
            return utility(old);
        }
        try {
            var problem = refused(old, widening);
            return problem.isEmpty() ? works(old) : fails(old, problem);
        } catch (SQLException e) {
            return ofNote(e)
                    ? new Statement(old.sql(), old.calls(), Answer.UNPROVEN, Failures.said(e))
                    : fails(old, Failures.said(e));
        }
    }

    /// A lock that is held, or a time that is over, says nothing about the schema.
    private static boolean ofNote(SQLException e) {
        var state = String.valueOf(e.getSQLState());
        return state.startsWith("55P")
                || state.startsWith("57")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("08");
    }

    private static Statement works(TypedStatement old) {
        return new Statement(old.sql(), old.calls(), Answer.WORKS, "");
    }

    private static Statement fails(TypedStatement old, String why) {
        return new Statement(old.sql(), old.calls(), Answer.FAILS, why);
    }

    private Statement utility(TypedStatement old) {
        if (!throwaway) {
            return new Statement(old.sql(), old.calls(), Answer.UNPROVEN, "it can only be run, and not be prepared");
        }
        try {
            run(old.sql());
            return works(old);
        } catch (SQLException e) {
            return fails(old, Failures.said(e));
        }
    }

    private String refused(TypedStatement old, Widening widening) throws SQLException {
        Prepared prepared;
        List<String> types = old.parameters();
        try {
            prepared = prepare(old.sql(), types);
        } catch (SQLException e) {
            // Many drivers leave types to the server: what it then takes must hold all that the older type held.
            if (types.isEmpty()) {
                throw e;
            }
            try {
                prepared = prepare(old.sql(), List.of());
            } catch (SQLException _) {
                throw e;
            }
            types = prepared.types;
            var wider = types.size() == old.parameters().size();
            for (var i = 0; wider && i < types.size(); i++) {
                wider = widening.from(old.parameters().get(i), types.get(i)) == Widening.Answer.YES;
            }
            if (!wider) {
                throw e;
            }
        }
        var empty = emptyButRequired(prepared.plan);
        return empty.isEmpty() ? differently(old.results(), results(old.sql(), types), widening) : empty;
    }

    private static String differently(List<Column> old, List<Column> now, Widening widening) {
        var names = now.stream().map(Column::name).toList();
        for (var column : old) {
            var at = names.indexOf(column.name());
            if (at < 0) {
                return "column %s does not come back".formatted(column.name());
            }
        }
        for (var i = 0; i < old.size(); i++) {
            if (!names.get(i).equals(old.get(i).name())) {
                return "column %s comes back in another place"
                        .formatted(old.get(i).name());
            }
            if (widening.from(old.get(i).type(), now.get(i).type()) == Widening.Answer.NO) {
                return "column %s comes back as %s and no longer as %s"
                        .formatted(
                                old.get(i).name(), now.get(i).type(), old.get(i).type());
            }
        }
        return "";
    }

    /// A column that must have a value and gets NULL, whatever the parameters are.
    private String emptyButRequired(Plan plan) throws SQLException {
        for (var insert : plan.inserts()) {
            try (var ask = session.prepareStatement("""
                    SELECT a.attnum, a.attname FROM pg_catalog.pg_attribute a
                      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
                      AND a.attgenerated = ''
                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid
                        AND NOT t.tgisinternal AND t.tgtype & 7 = 7)""")) {
                ask.setString(1, insert.table().getFirst());
                ask.setString(2, insert.table().getLast());
                try (var row = ask.executeQuery()) {
                    while (row.next()) {
                        var at = row.getInt(1) - 1;
                        if (at < insert.values().size()
                                && insert.values().get(at).startsWith("NULL::")) {
                            return "it leaves %s empty, which is NOT NULL".formatted(row.getString(2));
                        }
                    }
                }
            }
        }
        return "";
    }

    private record Prepared(List<String> types, Plan plan) {}

    private Prepared prepare(String sql, List<String> types) throws SQLException {
        var list = types.isEmpty() ? "" : " (" + String.join(", ", types) + ")";
        execute("PREPARE lastgood_said" + list + " AS " + sql);
        try {
            var inferred = types();
            var nothing = inferred.isEmpty()
                    ? ""
                    : "(" + String.join(", ", Collections.nCopies(inferred.size(), "NULL")) + ")";
            try (var explain = session.createStatement()) {
                explain.setEscapeProcessing(false);
                try (var plan = explain.executeQuery(
                        "EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) EXECUTE lastgood_said" + nothing)) {
                    plan.next();
                    return new Prepared(inferred, Plan.of(plan.getString(1)));
                }
            }
        } finally {
            execute("DEALLOCATE lastgood_said");
        }
    }

    /// With their schema, and what is beneath a domain: a value of a domain may not even be NULL.
    private List<String> types() throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("""
                        SELECT CASE WHEN n.nspname = 'pg_catalog' THEN pg_catalog.format_type(t.oid, NULL)
                            WHEN t.typcategory = 'A' AND e.oid IS NOT NULL
                              THEN quote_ident(n.nspname) || '.' || quote_ident(e.typname) || '[]'
                            ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) END
                        FROM pg_catalog.pg_prepared_statements s, unnest(s.parameter_types) WITH ORDINALITY p(o, num)
                          JOIN pg_catalog.pg_type d ON d.oid = p.o
                          JOIN pg_catalog.pg_type t ON t.oid = CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END
                          JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                          LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
                        WHERE s.name = 'lastgood_said' ORDER BY p.num""")) {
            var types = new ArrayList<String>();
            while (row.next()) {
                types.add(row.getString(1));
            }
            return types;
        }
    }

    /// Names and types of what comes back, asked with NULL in the place of each parameter.
    private List<Column> results(String sql, List<String> types) throws SQLException {
        var text = PARAMETER.matcher(sql).replaceAll(p -> {
            var number = Integer.parseInt(p.group(1));
            return java.util.regex.Matcher.quoteReplacement(
                    number <= types.size() ? "(NULL::" + types.get(number - 1) + ")" : p.group());
        });
        try (var describe = session.prepareStatement(text.replace("?", "??"))) {
            var columns = describe.getMetaData();
            if (columns == null) {
                return List.of();
            }
            var all = new ArrayList<Column>();
            for (var i = 1; i <= columns.getColumnCount(); i++) {
                all.add(new Column(columns.getColumnLabel(i), full(columns.getColumnTypeName(i))));
            }
            return all;
        }
    }

    private static String full(String type) {
        if (type.startsWith("_")) {
            return full(type.substring(1)) + "[]";
        }
        return switch (type) {
            case "int2", "smallserial" -> "smallint";
            case "int4", "serial" -> "integer";
            case "int8", "bigserial" -> "bigint";
            case "float4" -> "real";
            case "float8" -> "double precision";
            case "varchar" -> "character varying";
            case "bpchar" -> "character";
            case "bool" -> "boolean";
            case "timestamptz" -> "timestamp with time zone";
            case "timestamp" -> "timestamp without time zone";
            default -> {
                var plain = type.replace("\"", "");
                yield type.startsWith("\"") || !plain.matches("[a-z]+") || BUILT_IN.contains(plain)
                        ? plain
                        : "public." + plain;
            }
        };
    }

    private static final Set<String> BUILT_IN = Set.of(
            "text",
            "numeric",
            "json",
            "jsonb",
            "uuid",
            "date",
            "time",
            "timetz",
            "interval",
            "bytea",
            "inet",
            "cidr",
            "xml",
            "oid",
            "name",
            "record",
            "void",
            "tsvector",
            "tsquery",
            "money",
            "bit",
            "varbit",
            "point",
            "box",
            "macaddr",
            "regclass",
            "unknown",
            "char",
            "xid",
            "tid",
            "int4range",
            "int8range",
            "numrange",
            "daterange",
            "tsrange",
            "tstzrange");

    private void run(String sql) throws SQLException {
        var text = PARAMETER.matcher(sql).replaceAll("NULL");
        session.setAutoCommit(false);
        try {
            execute(text);
        } finally {
            session.rollback();
            session.setAutoCommit(true);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /// The session is as it was.
    @Override
    public void close() throws SQLException {
        execute("RESET ROLE");
        execute("RESET search_path");
        execute("RESET plan_cache_mode");
    }
}
