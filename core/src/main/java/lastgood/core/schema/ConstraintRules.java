package lastgood.core.schema;

import static lastgood.core.schema.Rules.breaking;
import static lastgood.core.schema.Rules.finding;
import static lastgood.core.schema.Rules.harmless;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lastgood.core.data.SchemaProof.Finding;
import lastgood.core.schema.Item.Kind;
import lastgood.core.schema.Rules.Pair;

/// R5 and R6: what rows must be like, and what they must point to. A constraint that is NOT VALID checks new rows all
/// the same.
final class ConstraintRules {

    private ConstraintRules() {}

    static List<Finding> findings(Pair pair) {
        var all = new ArrayList<Finding>();
        for (var now : pair.after().all(Kind.CONSTRAINT).toList()) {
            var same = pair.before()
                    .of(Kind.CONSTRAINT, now.parent())
                    .anyMatch(o -> o.fact("definition").equals(now.fact("definition")));
            if (same) {
                continue;
            }
            switch (now.fact("kind")) {
                case "check" -> check(pair, now).forEach(all::add);
                case "foreign key" -> foreignKey(pair, now).forEach(all::add);
                case "exclude" -> exclusion(pair, now).forEach(all::add);
                default -> {} // keys are seen as the indexes that they are
            }
        }
        pair.added(Kind.INDEX).forEach(i -> index(pair, i).forEach(all::add));
        pair.both(Kind.INDEX)
                .filter(b -> b.differ("definition") && b.now().is("unique"))
                .forEach(b -> index(pair, b.now()).forEach(all::add));
        deferrable(pair).forEach(all::add);
        pair.removed(Kind.INDEX)
                .filter(i -> pair.isOldTable(i.parent()) && !i.has("of_constraint"))
                .forEach(i -> all.add(harmless("R5", i, "gone: statements may be slower, none is refused for it")));
        return all;
    }

    private static Stream<Finding> check(Pair pair, Item now) {
        var old = pair.before()
                .of(Kind.CONSTRAINT, now.parent())
                .filter(k -> k.fact("kind").equals("check"))
                .map(k -> k.fact("expression"))
                .toList();
        if (now.is("of_domain")) {
            if (pair.before().find(Kind.DOMAIN, now.parent()).isEmpty()) {
                return Stream.empty();
            }
            var type = String.join(".", now.parent());
            var looser = Implied.by(old, now.fact("expression"));
            return Stream.of(finding(
                    "R5",
                    now,
                    looser ? "demands no more than before" : "the domain demands more: " + now.fact("definition"),
                    !looser && OtherRules.usesType(pair, type)));
        }
        if (!pair.isOldTable(now.parent()) || (now.is("inherited") && parentHas(pair, now))) {
            return Stream.empty();
        }
        if (Implied.by(implicit(pair, now, old), now.fact("expression"))) {
            return Stream.of(harmless("R5", now, "demands no more than before"));
        }
        var columns = now.list("columns").stream().map(Sql::plain).toList();
        if (!columns.isEmpty() && columns.stream().allMatch(c -> pair.isNewColumn(now.parent(), c))) {
            return Stream.of(newColumns(pair, now, columns));
        }
        return Stream.of(finding(
                "R5",
                now,
                "what the older release writes may not pass: " + now.fact("definition"),
                pair.uses().insertInto(now.parent()) || pair.uses().set(now.parent(), columns)));
    }

    /// NULL passes a CHECK, unless that asks for it; and a default passed it when the column was added.
    private static Finding newColumns(Pair pair, Item now, List<String> columns) {
        var empty = columns.stream().allMatch(c -> empty(pair, now.parent(), c));
        var asks = now.fact("expression").contains("IS NOT NULL")
                || now.fact("expression").toLowerCase(java.util.Locale.ROOT).contains("num_nonnulls");
        return finding(
                "R5",
                now,
                "only about columns that the older release does not know",
                empty && asks && pair.uses().insertInto(now.parent()));
    }

    private static boolean empty(Pair pair, List<String> table, String column) {
        return pair.after()
                .find(
                        Kind.COLUMN,
                        Stream.concat(table.stream(), Stream.of(column)).toList())
                .filter(c -> !c.has("default") && !c.has("identity") && !c.has("generated"))
                .isPresent();
    }

    /// What the columns themselves promise.
    private static List<String> implicit(Pair pair, Item now, List<String> checks) {
        var all = new ArrayList<>(checks);
        pair.before().columns(now.parent()).stream()
                .filter(c -> c.is("not_null"))
                .forEach(c -> {
                    all.add(c.name() + " IS NOT NULL");
                    all.add(Quoted.name(c.name()) + " IS NOT NULL");
                });
        return all;
    }

    private static boolean parentHas(Pair pair, Item now) {
        return pair.after()
                .all(Kind.CONSTRAINT)
                .anyMatch(k -> !k.is("inherited")
                        && k.name().equals(now.name())
                        && !k.parent().equals(now.parent()));
    }

    private static Stream<Finding> exclusion(Pair pair, Item now) {
        var columns = now.list("columns").stream().map(Sql::plain).toList();
        if (!pair.isOldTable(now.parent())
                || columns.stream().anyMatch(c -> pair.isNewColumn(now.parent(), c) && empty(pair, now.parent(), c))) {
            return Stream.empty();
        }
        return Stream.of(finding(
                "R5",
                now,
                "refuses rows that get in each other's way",
                pair.uses().change(now.parent())));
    }

    private static Stream<Finding> index(Pair pair, Item now) {
        var table = now.parent();
        if (!pair.isOldTable(table) || now.has("partition_of")) {
            return Stream.empty();
        }
        var keys = now.list("keys");
        if (keys.stream().anyMatch(k -> Fallible.is(k, pair.after().columns(table)))
                && pair.before()
                        .of(Kind.INDEX, table)
                        .noneMatch(i -> i.list("keys").containsAll(keys))) {
            return Stream.of(finding(
                    "R5",
                    now,
                    "indexes an expression that can fail on what the older release writes",
                    pair.uses().change(table)));
        }
        if (!now.is("unique") || now.is("exclusion")) {
            return Stream.empty();
        }
        if (covered(pair, now)) {
            return Stream.of(harmless("R5", now, "unique, as an older key already was"));
        }
        var fresh = keys.stream()
                .map(Sql::plain)
                .filter(k -> pair.isNewColumn(table, k))
                .toList();
        var distinct = fresh.stream().anyMatch(k -> distinct(pair, now, k));
        var elsewhere = pair.before().columns(table).stream().noneMatch(c -> Sql.says(now.fact("predicate"), c.name()))
                && now.fact("predicate").contains("IS NOT NULL")
                && fresh(pair, table).anyMatch(c -> Sql.says(now.fact("predicate"), c) && empty(pair, table, c));
        var old = keys.stream().map(Sql::plain).toList();
        var written = pair.uses().insertInto(table) || pair.uses().updateOf(table, columns(pair, now, old));
        return Stream.of(finding(
                "R5",
                now,
                distinct || elsewhere
                        ? "unique, but not for the rows that the older release adds"
                        : "refuses what is there twice: " + String.join(", ", keys),
                written && !distinct && !elsewhere));
    }

    private static Stream<String> fresh(Pair pair, List<String> table) {
        return pair.after().columns(table).stream().map(Item::name).filter(c -> pair.isNewColumn(table, c));
    }

    private static List<String> columns(Pair pair, Item index, List<String> keys) {
        return pair.after().columns(index.parent()).stream()
                .map(Item::name)
                .filter(c -> keys.stream().anyMatch(k -> Sql.says(k, c)) || Sql.says(index.fact("predicate"), c))
                .toList();
    }

    /// An old unique key that is part of the new one.
    private static boolean covered(Pair pair, Item now) {
        return pair.before()
                .of(Kind.INDEX, now.parent())
                .filter(o -> o.is("unique"))
                .filter(o -> !o.has("predicate") || o.fact("predicate").equals(now.fact("predicate")))
                .filter(o -> nullsDistinct(o) == nullsDistinct(now) || !nullsDistinct(o))
                .anyMatch(o -> now.list("keys").containsAll(o.list("keys")));
    }

    private static boolean nullsDistinct(Item index) {
        return !index.fact("definition").contains("NULLS NOT DISTINCT");
    }

    /// A new column that makes each row different from all others by itself.
    private static boolean distinct(Pair pair, Item index, String column) {
        return pair.after()
                .find(
                        Kind.COLUMN,
                        Stream.concat(index.parent().stream(), Stream.of(column))
                                .toList())
                .filter(c -> c.has("identity")
                        || Pattern.compile("nextval\\(|gen_random_uuid\\(|uuid_generate|uuidv[47]\\(")
                                .matcher(c.fact("default"))
                                .find()
                        || (!c.has("default") && !c.has("generated") && !c.is("not_null") && nullsDistinct(index)))
                .isPresent();
    }

    private static Stream<Finding> foreignKey(Pair pair, Item now) {
        var table = now.parent();
        var columns = now.list("columns").stream().map(Sql::plain).toList();
        var previous = pair.before()
                .of(Kind.CONSTRAINT, table)
                .filter(o -> o.fact("kind").equals("foreign key")
                        && o.list("columns").equals(now.list("columns"))
                        && o.fact("refers_to").equals(now.fact("refers_to"))
                        && o.list("refers_to_columns").equals(now.list("refers_to_columns")))
                .findFirst();
        var all = new ArrayList<Finding>();
        if (pair.isOldTable(table) && previous.isEmpty()) {
            var fresh = columns.stream().anyMatch(c -> pair.isNewColumn(table, c));
            all.add(finding(
                    "R6",
                    now,
                    fresh
                            ? "about a column that the older release does not write"
                            : "what the older release writes must exist in " + now.fact("refers_to"),
                    !fresh && (pair.uses().insertInto(table) || pair.uses().updateOf(table, columns))));
        }
        var target = pair.before()
                .all(Kind.TABLE)
                .filter(t -> now.fact("refers_to").equals(t.qualified())
                        || now.fact("refers_to").equals(Quoted.path(t.path())))
                .findFirst();
        if (target.isPresent()) {
            var stricter = previous.isEmpty() || !stops(previous.get().fact("on_delete"));
            if (stricter && stops(now.fact("on_delete"))) {
                all.add(finding(
                        "R6",
                        now,
                        "rows of %s that are pointed to can no longer be deleted"
                                .formatted(target.get().qualified()),
                        pair.uses().deleteFrom(target.get().path())));
            } else if (previous.isPresent() && !previous.get().fact("on_delete").equals(now.fact("on_delete"))) {
                all.add(harmless("R6", now, "deleting does something else: " + now.fact("on_delete")));
            }
            var keys = now.list("refers_to_columns").stream().map(Sql::plain).toList();
            if ((previous.isEmpty() || !stops(previous.get().fact("on_update")))
                    && stops(now.fact("on_update"))
                    && pair.uses().known()
                    && setsKey(pair, target.get().path(), keys)) {
                all.add(breaking(
                        "R6",
                        now,
                        "keys of %s that are pointed to can no longer be changed"
                                .formatted(target.get().qualified())));
            }
        }
        return all.stream();
    }

    /// Naming a key in an update is mostly finding the row by it.
    private static boolean setsKey(Pair pair, List<String> table, List<String> keys) {
        return keys.stream().anyMatch(k -> pair.uses().assign(table, k));
    }

    private static boolean stops(String action) {
        return action.equals("no action") || action.equals("restrict");
    }

    private static Stream<Finding> deferrable(Pair pair) {
        return pair.both(Kind.CONSTRAINT)
                .filter(b -> b.old().is("deferred") && !b.now().is("deferred"))
                .map(b -> finding(
                        "R6",
                        b.now(),
                        "checked at once and no longer at the end of the transaction",
                        pair.uses().change(b.now().parent())));
    }
}
