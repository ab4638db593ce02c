package lastgood.core.schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.core.schema.Item.Kind;

/// Writes the statements that make a catalog, for where there is no `pg_dump`. Not in an order that works at once:
/// things depend on each other in ways that only the server knows, so whoever runs them tries again those that failed,
/// and in the end compares fingerprints. What cannot be made this way shows there, and is never guessed.
public final class Ddl {

    private Ddl() {}

    /// Roles that are named anywhere in it.
    public static Set<String> roles(Catalog catalog) {
        var names = new TreeSet<String>();
        for (var item : catalog.items()) {
            item.find("owner").ifPresent(names::add);
            item.list("rights").forEach(r -> names.add(Sql.plain(r.substring(0, r.lastIndexOf('=')))));
            if (item.kind() == Kind.POLICY) {
                item.list("roles").forEach(r -> names.add(Sql.plain(r)));
            }
            if (item.kind() == Kind.DEFAULT_PRIVILEGES || item.kind() == Kind.SETTING) {
                names.add(Sql.plain(item.path().getFirst()));
            }
        }
        names.removeIf(n -> n.equals("PUBLIC") || n.isEmpty() || n.startsWith("pg_"));
        return names;
    }

    /// In groups: the statements of one may need each other in any order, and those of the groups before it.
    public static List<List<String>> statements(Catalog catalog, String database) {
        return Stream.of(
                        schemas(catalog),
                        things(catalog),
                        keys(catalog),
                        relations(catalog),
                        last(catalog, database),
                        rights(catalog),
                        defaults(catalog))
                .toList();
    }

    /// What things that are made from now on are born with; so after everything that is made.
    private static List<String> defaults(Catalog catalog) {
        var all = new ArrayList<String>();
        catalog.all(Kind.DEFAULT_PRIVILEGES).forEach(d -> {
            var schema = d.path().get(1);
            var where = schema.isEmpty() ? "" : " IN SCHEMA " + Quoted.name(schema);
            var of = "ALTER DEFAULT PRIVILEGES FOR ROLE %s%s"
                    .formatted(Quoted.name(Sql.plain(d.path().getFirst())), where);
            var what = born(d.path().get(2));
            if (what.isEmpty()) {
                return;
            }
            // Everybody may run functions and use types unless somebody has taken that away.
            if (schema.isEmpty() && d.list("rights").stream().noneMatch(r -> r.startsWith("PUBLIC="))) {
                all.add("%s REVOKE ALL ON %s FROM PUBLIC".formatted(of, what));
            }
            d.list("rights").forEach(right -> {
                var at = right.lastIndexOf('=');
                var to = right.substring(0, at);
                for (var one : right.substring(at + 1).split(",", -1)) {
                    all.add("%s GRANT %s ON %s TO %s%s"
                            .formatted(
                                    of,
                                    one.replace("*", ""),
                                    what,
                                    to.equals("PUBLIC") ? to : Quoted.name(Sql.plain(to)),
                                    one.endsWith("*") ? " WITH GRANT OPTION" : ""));
                }
            });
        });
        return all;
    }

    private static String born(String kind) {
        return switch (kind) {
            case "r" -> "TABLES";
            case "S" -> "SEQUENCES";
            case "f" -> "FUNCTIONS";
            case "T" -> "TYPES";
            case "n" -> "SCHEMAS";
            default -> "";
        };
    }

    private static List<String> schemas(Catalog catalog) {
        var all = new ArrayList<String>();
        catalog.all(Kind.SCHEMA).forEach(s -> all.add("CREATE SCHEMA IF NOT EXISTS " + Quoted.path(s.path())));
        catalog.all(Kind.EXTENSION)
                .forEach(e -> all.add("CREATE EXTENSION IF NOT EXISTS %s SCHEMA %s"
                        .formatted(Quoted.name(e.name()), Quoted.name(e.fact("schema")))));
        return all;
    }

    private static List<String> things(Catalog catalog) {
        var all = new ArrayList<String>();
        catalog.all(Kind.COLLATION).forEach(c -> all.add(collation(c)));
        catalog.all(Kind.TYPE).forEach(t -> all.add(type(t)));
        catalog.all(Kind.DOMAIN).forEach(d -> all.add(domain(catalog, d)));
        catalog.all(Kind.SEQUENCE).filter(s -> !s.is("identity")).forEach(s -> all.add(sequence(s)));
        catalog.all(Kind.FUNCTION)
                .filter(f -> !f.fact("kind").equals("aggregate"))
                .forEach(f -> all.add(f.fact("definition")));
        catalog.all(Kind.TABLE).forEach(t -> all.add(table(catalog, t)));
        catalog.all(Kind.VIEW).forEach(v -> all.add(view(catalog, v)));
        catalog.all(Kind.OPERATOR).forEach(o -> all.add(operator(o)));
        catalog.all(Kind.TABLE)
                .filter(t -> t.has("partition_bound"))
                .forEach(t -> all.add("ALTER TABLE ONLY %s ATTACH PARTITION %s %s"
                        .formatted(t.fact("inherits"), Quoted.path(t.path()), t.fact("partition_bound"))));
        catalog.all(Kind.TABLE)
                .filter(t -> t.has("inherits") && !t.has("partition_bound"))
                .forEach(t -> t.list("inherits")
                        .forEach(p -> all.add("ALTER TABLE ONLY %s INHERIT %s".formatted(Quoted.path(t.path()), p))));
        return all;
    }

    private static String collation(Item collation) {
        var locale = collation.list("locale");
        var name = locale.isEmpty() ? "" : locale.getFirst();
        return "CREATE COLLATION %s (provider = %s, locale = %s%s)"
                .formatted(
                        Quoted.path(collation.path()),
                        collation.fact("provider").equals("i") ? "icu" : "libc",
                        Quoted.text(name),
                        collation.is("nondeterministic") ? ", deterministic = false" : "");
    }

    private static String type(Item type) {
        return switch (type.fact("kind")) {
            case "enum" ->
                "CREATE TYPE %s AS ENUM (%s)"
                        .formatted(Quoted.path(type.path()), String.join(", ", type.list("labels")));
            case "range" ->
                "CREATE TYPE %s AS RANGE (subtype = %s)".formatted(Quoted.path(type.path()), type.fact("subtype"));
            default ->
                "CREATE TYPE %s AS (%s)"
                        .formatted(Quoted.path(type.path()), String.join(", ", type.list("attributes")));
        };
    }

    private static String domain(Catalog catalog, Item domain) {
        var checks = catalog.of(Kind.CONSTRAINT, domain.path())
                .map(k -> " CONSTRAINT %s %s".formatted(Quoted.name(k.name()), k.fact("definition")))
                .collect(Collectors.joining());
        return "CREATE DOMAIN %s AS %s%s%s%s%s"
                .formatted(
                        Quoted.path(domain.path()),
                        domain.fact("type"),
                        domain.has("collation") ? " COLLATE " + domain.fact("collation") : "",
                        domain.has("default") ? " DEFAULT " + domain.fact("default") : "",
                        domain.is("not_null") ? " NOT NULL" : "",
                        checks);
    }

    private static String sequence(Item sequence) {
        return "CREATE SEQUENCE %s AS %s %s"
                .formatted(Quoted.path(sequence.path()), sequence.fact("type"), limits(sequence));
    }

    private static String limits(Item sequence) {
        return "START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s"
                .formatted(
                        sequence.fact("start"),
                        sequence.fact("increment"),
                        sequence.fact("min"),
                        sequence.fact("max"),
                        sequence.fact("cache"),
                        sequence.is("cycle") ? " CYCLE" : " NO CYCLE");
    }

    private static String table(Catalog catalog, Item table) {
        var parts = new ArrayList<String>();
        catalog.columns(table.path()).forEach(c -> parts.add(column(catalog, c)));
        catalog.of(Kind.CONSTRAINT, table.path())
                .filter(k -> k.fact("kind").equals("check") && !k.is("not_valid"))
                .forEach(k -> parts.add("CONSTRAINT %s %s".formatted(Quoted.name(k.name()), k.fact("definition"))));
        return "CREATE %sTABLE %s (%s)%s%s"
                .formatted(
                        table.has("persistence") ? "UNLOGGED " : "",
                        Quoted.path(table.path()),
                        String.join(", ", parts),
                        table.has("partition_key") ? " PARTITION BY " + table.fact("partition_key") : "",
                        table.has("options") ? " WITH (" + table.fact("options") + ")" : "");
    }

    private static String column(Catalog catalog, Item column) {
        var text = new StringBuilder("%s %s".formatted(Quoted.name(column.name()), column.fact("type")));
        column.find("collation").ifPresent(c -> text.append(" COLLATE ").append(c));
        column.find("default").ifPresent(d -> text.append(" DEFAULT ").append(d));
        column.find("generated")
                .ifPresent(g -> text.append(" GENERATED ALWAYS AS (")
                        .append(g)
                        .append(column.is("virtual") ? ") VIRTUAL" : ") STORED"));
        column.find("identity").ifPresent(i -> {
            text.append(i.equals("always") ? " GENERATED ALWAYS" : " GENERATED BY DEFAULT")
                    .append(" AS IDENTITY");
            catalog.all(Kind.SEQUENCE)
                    .filter(s -> s.is("identity") && owned(s).equals(column.path()))
                    .findFirst()
                    .ifPresent(s -> text.append(" (SEQUENCE NAME %s %s)".formatted(Quoted.path(s.path()), limits(s))));
        });
        return text.append(column.is("not_null") ? " NOT NULL" : "").toString();
    }

    private static final Pattern PART = Pattern.compile("\"(?:[^\"]|\"\")*\"|[^.]+");

    private static List<String> owned(Item sequence) {
        return PART.matcher(sequence.fact("owned_by"))
                .results()
                .map(r -> Sql.plain(r.group()))
                .toList();
    }

    private static String view(Catalog catalog, Item view) {
        var columns = catalog.columns(view.path()).stream()
                .map(c -> Quoted.name(c.name()))
                .collect(Collectors.joining(", "));
        return "CREATE %sVIEW %s (%s)%s AS %s"
                .formatted(
                        view.fact("kind").equals("materialized") ? "MATERIALIZED " : "",
                        Quoted.path(view.path()),
                        columns,
                        view.has("options") ? " WITH (" + view.fact("options") + ")" : "",
                        view.fact("definition")
                                .replaceFirst(";\\s*$", view.fact("kind").equals("materialized") ? " WITH DATA" : ""));
    }

    private static String operator(Item operator) {
        return "CREATE OPERATOR %s.%s (FUNCTION = %s%s, RIGHTARG = %s)"
                .formatted(
                        Quoted.name(operator.schema()),
                        operator.fact("symbol"),
                        operator.fact("function"),
                        operator.has("left_type") ? ", LEFTARG = " + operator.fact("left_type") : "",
                        operator.fact("right_type"));
    }

    private static List<String> keys(Catalog catalog) {
        var all = new ArrayList<String>();
        catalog.all(Kind.CONSTRAINT)
                .filter(k -> Set.of("primary key", "unique", "exclude").contains(k.fact("kind")))
                .forEach(k -> all.add(constraint(k)));
        catalog.all(Kind.INDEX).filter(i -> !i.has("of_constraint")).forEach(i -> all.add(i.fact("definition")));
        return all;
    }

    private static String constraint(Item constraint) {
        return "ALTER TABLE ONLY %s ADD CONSTRAINT %s %s"
                .formatted(
                        Quoted.path(constraint.parent()),
                        Quoted.name(constraint.name()),
                        constraint.fact("definition"));
    }

    private static List<String> relations(Catalog catalog) {
        var all = new ArrayList<String>();
        catalog.all(Kind.INDEX)
                .filter(i -> i.has("partition_of"))
                .forEach(i -> all.add("ALTER INDEX %s ATTACH PARTITION %s"
                        .formatted(i.fact("partition_of"), Quoted.path(List.of(i.schema(), i.name())))));
        catalog.all(Kind.CONSTRAINT)
                .filter(k -> k.fact("kind").equals("foreign key"))
                .forEach(k -> all.add(constraint(k).replace("TABLE ONLY", "TABLE")));
        catalog.all(Kind.CONSTRAINT)
                .filter(k -> k.fact("kind").equals("check") && k.is("not_valid") && !k.is("of_domain"))
                .forEach(k -> all.add(constraint(k)));
        catalog.all(Kind.SEQUENCE)
                .filter(s -> !s.is("identity") && s.has("owned_by"))
                .forEach(s ->
                        all.add("ALTER SEQUENCE %s OWNED BY %s".formatted(Quoted.path(s.path()), s.fact("owned_by"))));
        return all;
    }

    private static List<String> last(Catalog catalog, String database) {
        var all = new ArrayList<String>();
        for (var trigger : catalog.all(Kind.TRIGGER).toList()) {
            all.add(trigger.fact("definition"));
            var how = switch (trigger.fact("enabled")) {
                case "disabled" -> "DISABLE";
                case "replica" -> "ENABLE REPLICA";
                case "always" -> "ENABLE ALWAYS";
                case String _ -> "";
            };
            if (!how.isEmpty()) {
                all.add("ALTER TABLE %s %s TRIGGER %s"
                        .formatted(Quoted.path(trigger.parent()), how, Quoted.name(trigger.name())));
            }
        }
        catalog.all(Kind.RULE).forEach(r -> all.add(r.fact("definition")));
        catalog.all(Kind.STATISTICS).forEach(s -> all.add(s.fact("definition")));
        catalog.all(Kind.POLICY).forEach(p -> all.add(policy(p)));
        for (var table : catalog.all(Kind.TABLE).toList()) {
            var name = Quoted.path(table.path());
            if (table.is("row_security")) {
                all.add("ALTER TABLE %s ENABLE ROW LEVEL SECURITY".formatted(name));
            }
            if (table.is("force_row_security")) {
                all.add("ALTER TABLE %s FORCE ROW LEVEL SECURITY".formatted(name));
            }
            if (table.fact("replica_identity").matches("full|nothing")) {
                all.add("ALTER TABLE %s REPLICA IDENTITY %s".formatted(name, table.fact("replica_identity")));
            }
        }
        catalog.all(Kind.COLUMN)
                .filter(c -> c.has("storage"))
                .forEach(c -> all.add("ALTER TABLE %s ALTER COLUMN %s SET STORAGE %s"
                        .formatted(Quoted.path(c.parent()), Quoted.name(c.name()), c.fact("storage"))));
        catalog.all(Kind.SETTING)
                .forEach(s -> all.add("ALTER %s SET %s = %s"
                        .formatted(
                                s.path().getFirst().isEmpty()
                                        ? "DATABASE " + Quoted.name(database)
                                        : "ROLE %s IN DATABASE %s"
                                                .formatted(s.path().getFirst(), Quoted.name(database)),
                                s.name(),
                                s.name().equals("search_path") ? s.fact("value") : Quoted.text(s.fact("value")))));
        return all;
    }

    private static String policy(Item policy) {
        return "CREATE POLICY %s ON %s AS %s FOR %s TO %s%s%s"
                .formatted(
                        Quoted.name(policy.name()),
                        Quoted.path(policy.parent()),
                        policy.fact("mode"),
                        policy.fact("command"),
                        String.join(", ", policy.list("roles")),
                        policy.has("using") ? " USING (" + policy.fact("using") + ")" : "",
                        policy.has("check") ? " WITH CHECK (" + policy.fact("check") + ")" : "");
    }

    private static List<String> rights(Catalog catalog) {
        var owners = new ArrayList<String>();
        var rights = new ArrayList<String>();
        for (var item : catalog.items()) {
            var word = word(item);
            if (word.isEmpty()) {
                continue;
            }
            var name = name(item);
            // An owned sequence goes with its table.
            if (item.has("owner") && !item.has("owned_by")) {
                owners.add("ALTER %s %s OWNER TO %s".formatted(word, name, Quoted.name(item.fact("owner"))));
            }
            grants(item, word, name).forEach(rights::add);
        }
        catalog.all(Kind.COLUMN).forEach(c -> columnGrants(c).forEach(rights::add));
        owners.addAll(rights);
        return owners;
    }

    private static String word(Item item) {
        return switch (item.kind()) {
            case SCHEMA -> "SCHEMA";
            case TYPE -> "TYPE";
            case DOMAIN -> "DOMAIN";
            case TABLE -> "TABLE";
            case VIEW -> item.fact("kind").equals("materialized") ? "MATERIALIZED VIEW" : "VIEW";
            case SEQUENCE -> "SEQUENCE";
            case FUNCTION ->
                switch (item.fact("kind")) {
                    case "aggregate" -> "";
                    case "procedure" -> "PROCEDURE";
                    default -> "FUNCTION";
                };
            case COLLATION -> "COLLATION";
            case STATISTICS -> "STATISTICS";
            case OPERATOR,
                    COLUMN,
                    CONSTRAINT,
                    INDEX,
                    TRIGGER,
                    POLICY,
                    RULE,
                    CAST,
                    EVENT_TRIGGER,
                    DEFAULT_PRIVILEGES,
                    SETTING,
                    EXTENSION -> "";
        };
    }

    private static String name(Item item) {
        return item.kind() == Kind.FUNCTION
                ? "%s.%s(%s)".formatted(Quoted.name(item.schema()), item.fact("name"), item.fact("arguments"))
                : Quoted.path(item.path());
    }

    private static Stream<String> grants(Item item, String word, String name) {
        if (!item.has("rights") || Set.of("COLLATION", "STATISTICS").contains(word)) {
            return Stream.empty();
        }
        var on = word.endsWith("VIEW") || word.equals("TABLE") ? "TABLE" : word.equals("DOMAIN") ? "TYPE" : word;
        var revoked = new HashSet<>(Set.of("PUBLIC", Quoted.name(item.fact("owner"))));
        return Stream.concat(
                revoked.stream().map(r -> "REVOKE ALL ON %s %s FROM %s".formatted(on, name, r)),
                item.list("rights").stream().flatMap(line -> grant(line, on + " " + name, "")));
    }

    private static Stream<String> columnGrants(Item column) {
        return column.list("rights").stream()
                .flatMap(line ->
                        grant(line, "TABLE " + Quoted.path(column.parent()), " (" + Quoted.name(column.name()) + ")"));
    }

    private static Stream<String> grant(String line, String on, String column) {
        var grantee = line.substring(0, line.lastIndexOf('='));
        return Stream.of(line.substring(line.lastIndexOf('=') + 1).split(",", -1))
                .map(r -> "GRANT %s%s ON %s TO %s%s"
                        .formatted(
                                r.replace("*", ""), column, on, grantee, r.endsWith("*") ? " WITH GRANT OPTION" : ""));
    }
}
