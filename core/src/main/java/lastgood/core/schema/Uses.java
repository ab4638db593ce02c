package lastgood.core.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import lastgood.core.schema.Item.Kind;
import lastgood.core.schema.TypedStatement.Operation;
import lastgood.core.schema.TypedStatement.Touch;

/// What the older release does to which table, as far as its statements tell: what lets a rule be silent about a table
/// that is only read. Functions and triggers that they set off count as statements. If the statements are not known to
/// be all, then everything may be done to everything.
public final class Uses {

    private final boolean known;
    private final List<TypedStatement> statements;
    private final Map<List<String>, Set<List<String>>> families;

    private Uses(boolean known, List<TypedStatement> statements, Map<List<String>, Set<List<String>>> families) {
        this.known = known;
        this.statements = statements;
        this.families = families;
    }

    public static Uses of(Statements statements, Catalog before) {
        var all = new ArrayList<>(statements.all());
        all.addAll(code(all, before));
        var known = statements.complete() && statements.all().stream().allMatch(TypedStatement::typed);
        return new Uses(known, all, families(before));
    }

    /// Nothing is known.
    public static Uses unknown() {
        return new Uses(false, List.of(), Map.of());
    }

    public boolean known() {
        return known;
    }

    public boolean touch(List<String> table) {
        return any(table, Set.of(Operation.values()), _ -> true);
    }

    public boolean insertInto(List<String> table) {
        return any(table, Set.of(Operation.INSERT), _ -> true);
    }

    public boolean deleteFrom(List<String> table) {
        return any(table, Set.of(Operation.DELETE), _ -> true);
    }

    public boolean update(List<String> table) {
        return any(table, Set.of(Operation.UPDATE), _ -> true);
    }

    public boolean change(List<String> table) {
        return any(table, Set.of(Operation.INSERT, Operation.UPDATE), _ -> true);
    }

    /// Some statement may set one of these.
    public boolean set(List<String> table, Collection<String> columns) {
        return any(
                table,
                Set.of(Operation.INSERT, Operation.UPDATE),
                s -> columns.stream().anyMatch(c -> Sql.says(Sql.withoutReturning(s), c))
                        || Sql.insertsWithoutColumns(s));
    }

    public boolean updateOf(List<String> table, Collection<String> columns) {
        return any(table, Set.of(Operation.UPDATE), s -> columns.stream().anyMatch(c -> Sql.says(s, c)));
    }

    /// Some insert leaves it to the default.
    public boolean omit(List<String> table, String column) {
        return any(
                table,
                Set.of(Operation.INSERT),
                s -> Sql.says(s, "default")
                        || Sql.inserted(s).stream()
                                .anyMatch(i -> !i.contains("*") && !i.contains(column.toLowerCase(Locale.ROOT))));
    }

    /// Some statement names it or reads whole rows.
    public boolean name(List<String> table, String column) {
        return any(
                table,
                Set.of(Operation.values()),
                s -> Sql.says(s, column) || Sql.saysEverything(s) || Sql.insertsWithoutColumns(s));
    }

    /// Some update gives it a new value.
    public boolean assign(List<String> table, String column) {
        var assignment =
                Pattern.compile("\\bset\\b.*?\\b" + Pattern.quote(column) + "\\b\"?\\s*(?:=|\\)).*?(?:\\bwhere\\b|$)");
        return any(table, Set.of(Operation.UPDATE), s -> {
            var set = Sql.skeleton(s).replaceAll("\\bwhere\\b.*", "");
            return assignment.matcher(set).find();
        });
    }

    public boolean say(String word) {
        return !known || statements.stream().anyMatch(s -> Sql.says(s.sql(), word));
    }

    private boolean any(List<String> table, Set<Operation> operations, Predicate<String> text) {
        if (!known) {
            return true;
        }
        var family = families.getOrDefault(table, Set.of(table));
        return statements.stream()
                .anyMatch(s -> s.touches().stream()
                                .anyMatch(t -> operations.contains(t.operation()) && family.contains(t.table()))
                        && text.test(s.sql()));
    }

    /// A partition is used through its parent and the other way round.
    private static Map<List<String>, Set<List<String>>> families(Catalog before) {
        var families = new HashMap<List<String>, Set<List<String>>>();
        before.all(Kind.TABLE).filter(t -> t.has("inherits")).forEach(child -> {
            for (var name : child.list("inherits")) {
                before.all(Kind.TABLE)
                        .filter(p -> name.equals(p.qualified()) || name.equals(Quoted.path(p.path())))
                        .forEach(parent -> {
                            families.computeIfAbsent(child.path(), _ -> new HashSet<>())
                                    .addAll(Set.of(child.path(), parent.path()));
                            families.computeIfAbsent(parent.path(), _ -> new HashSet<>())
                                    .addAll(Set.of(child.path(), parent.path()));
                        });
            }
        });
        return families;
    }

    /// The functions that the statements set off, as statements of their own.
    private static List<TypedStatement> code(List<TypedStatement> statements, Catalog before) {
        var reached = new LinkedHashSet<Item>();
        var text = new ArrayList<>(statements.stream().map(TypedStatement::sql).toList());
        for (var trigger : before.all(Kind.TRIGGER).toList()) {
            if (statements.stream()
                    .anyMatch(s -> s.touches().stream().anyMatch(t -> t.table().equals(trigger.parent())))) {
                before.find(Kind.FUNCTION, List.of(trigger.fact("function_schema"), trigger.fact("function_name")))
                        .ifPresent(reached::add);
            }
        }
        reached.forEach(f -> text.add(f.fact("body")));
        for (var at = 0; at < text.size(); at++) {
            var said = text.get(at);
            before.all(Kind.FUNCTION)
                    .filter(f -> !reached.contains(f) && Sql.says(said, Sql.plain(f.fact("name"))))
                    .toList()
                    .forEach(f -> {
                        reached.add(f);
                        text.add(f.fact("body"));
                    });
        }
        return reached.stream()
                .map(f -> new TypedStatement(
                        f.fact("body"), 0, "", List.of(), List.of(), touches(f.fact("body"), before), ""))
                .toList();
    }

    private static final Pattern DYNAMIC = Pattern.compile("\\bexecute\\b");

    private static List<Touch> touches(String body, Catalog before) {
        var words = Sql.skeleton(body);
        var anything = DYNAMIC.matcher(words).find();
        var touches = new ArrayList<Touch>();
        for (var table : before.all(Kind.TABLE).toList()) {
            if (!anything && !Sql.says(words, table.name())) {
                continue;
            }
            touches.add(new Touch(Operation.READ, table.path()));
            var name = "(?:only )?(?:\"?\\w+\"?\\.)?\"?" + Pattern.quote(table.name()) + "\\b";
            if (anything
                    || Pattern.compile("insert into " + name).matcher(words).find()) {
                touches.add(new Touch(Operation.INSERT, table.path()));
            }
            if (anything || Pattern.compile("update " + name).matcher(words).find()) {
                touches.add(new Touch(Operation.UPDATE, table.path()));
            }
            if (anything
                    || Pattern.compile("delete from " + name).matcher(words).find()) {
                touches.add(new Touch(Operation.DELETE, table.path()));
            }
        }
        return touches;
    }
}
