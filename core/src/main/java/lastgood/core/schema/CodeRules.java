package lastgood.core.schema;

import static lastgood.core.schema.Rules.breaking;
import static lastgood.core.schema.Rules.finding;
import static lastgood.core.schema.Rules.harmless;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lastgood.core.data.SchemaProof.Finding;
import lastgood.core.schema.Item.Kind;
import lastgood.core.schema.Rules.Both;
import lastgood.core.schema.Rules.Pair;

/// R7 and R9: code that the database runs on its own, or when it is called.
final class CodeRules {

    private CodeRules() {}

    static List<Finding> findings(Pair pair) {
        var all = new ArrayList<Finding>();
        pair.added(Kind.TRIGGER).forEach(t -> trigger(pair, t, "new").forEach(all::add));
        pair.both(Kind.TRIGGER)
                .filter(b -> b.differ("definition") || b.differ("enabled"))
                .forEach(b -> trigger(pair, b.now(), "changed").forEach(all::add));
        pair.removed(Kind.TRIGGER).forEach(t -> removed(pair, t).forEach(all::add));
        Stream.concat(
                        pair.added(Kind.RULE),
                        pair.both(Kind.RULE).filter(b -> b.differ("definition")).map(Both::now))
                .filter(r -> pair.before().find(Kind.TABLE, r.parent()).isPresent())
                .forEach(r -> all.add(finding("R7", r, "a rule rewrites what is said to the table", fires(pair, r))));
        pair.both(Kind.FUNCTION)
                .filter(b -> b.differ("definition"))
                .forEach(b -> function(pair, b).forEach(all::add));
        lateBound(pair).forEach(all::add);
        return all;
    }

    private static boolean fires(Pair pair, Item rule) {
        var text = rule.fact("definition").toUpperCase(Locale.ROOT);
        return (text.contains("ON INSERT") && pair.uses().insertInto(rule.parent()))
                || (text.contains("ON UPDATE") && pair.uses().update(rule.parent()))
                || (text.contains("ON DELETE") && pair.uses().deleteFrom(rule.parent()));
    }

    private static Stream<Finding> trigger(Pair pair, Item trigger, String how) {
        if (!pair.isOldTable(trigger.parent())) {
            return Stream.empty();
        }
        if (trigger.fact("enabled").equals("disabled")
                || trigger.fact("enabled").equals("replica")) {
            return Stream.of(harmless("R7", trigger, how + ", and switched off"));
        }
        if (!set(pair, trigger)) {
            return Stream.of(harmless("R7", trigger, how + "; nothing that the older release says sets it off"));
        }
        var hazard = TriggerCode.hazard(trigger, pair.before(), pair.after(), pair.app());
        return Stream.of(finding(
                "R7",
                trigger,
                hazard.map(h -> how + ": " + h).orElse(how + ", and leaves writers alone"),
                hazard.isPresent()));
    }

    private static boolean set(Pair pair, Item trigger) {
        var table = trigger.parent();
        return trigger.list("events").stream().anyMatch(e -> switch (e) {
            case "INSERT" -> pair.uses().insertInto(table);
            case "DELETE" -> pair.uses().deleteFrom(table);
            case "TRUNCATE" -> pair.uses().say("truncate");
            default ->
                trigger.has("update_of")
                        ? pair.uses()
                                .updateOf(
                                        table,
                                        trigger.list("update_of").stream()
                                                .map(Sql::plain)
                                                .toList())
                        : pair.uses().update(table);
        });
    }

    /// What it wrote into old columns is missing now.
    private static Stream<Finding> removed(Pair pair, Item trigger) {
        if (!pair.isOldTable(trigger.parent())) {
            return Stream.empty();
        }
        var body = pair.before()
                .find(Kind.FUNCTION, List.of(trigger.fact("function_schema"), trigger.fact("function_name")))
                .map(f -> Sql.skeleton(f.fact("body")))
                .orElse("");
        var missed = pair.after().columns(trigger.parent()).stream()
                .filter(c -> !pair.isNewColumn(trigger.parent(), c.name()))
                .filter(c -> c.is("not_null") && !c.has("default") && !c.has("identity"))
                .filter(c -> Pattern.compile("new\\.\"?" + Pattern.quote(c.name()) + "\"? ?:?= ")
                        .matcher(body)
                        .find())
                .filter(c -> pair.uses().omit(trigger.parent(), c.name()))
                .findFirst();
        return Stream.of(missed.map(c -> breaking("R7", trigger, "gone, and it filled %s".formatted(c.name())))
                .orElseGet(() -> harmless("R7", trigger, "gone: what it did is no longer done")));
    }

    private static Stream<Finding> function(Pair pair, Both function) {
        var now = function.now();
        var same = Sql.essence(function.old().fact("body")).equals(Sql.essence(now.fact("body")))
                && Stream.of("result", "security_definer", "strict", "language", "declared")
                        .noneMatch(function::differ);
        if (same) {
            return Stream.of(harmless("R9", now, "says the same in other words"));
        }
        var triggers = pair.after()
                .all(Kind.TRIGGER)
                .filter(t -> t.fact("function_schema").equals(now.schema())
                        && t.fact("function_name").equals(now.name()))
                .toList();
        if (!triggers.isEmpty()) {
            return triggers.stream()
                    .filter(t -> pair.before().find(t.key()).isPresent())
                    .flatMap(t -> trigger(pair, t, "its function changed"));
        }
        return Stream.of(finding("R9", now, "does something else now", reached(pair, now)));
    }

    /// Called by a statement, or by something that statements set off.
    private static boolean reached(Pair pair, Item function) {
        var name = Sql.plain(function.fact("name"));
        if (!pair.uses().known() || pair.uses().say(name)) {
            return true;
        }
        return pair.before().items().stream()
                .filter(i -> i.kind() != Kind.FUNCTION && !i.key().equals(function.key()))
                .filter(i -> Stream.of(
                                "default",
                                "generated",
                                "expression",
                                "definition",
                                "using",
                                "check",
                                "keys",
                                "function")
                        .anyMatch(f -> Sql.says(i.fact(f), name)))
                .anyMatch(i -> (i.kind() == Kind.DOMAIN || i.kind() == Kind.OPERATOR)
                        ? pair.uses().known()
                        : i.path().size() > 2
                                ? pair.uses().touch(i.parent())
                                : pair.uses().say(i.name()));
    }

    /// The body of a function is read when it runs: it may name what is gone, and no statement's plan shows it.
    private static Stream<Finding> lateBound(Pair pair) {
        var gone = Stream.concat(
                        Stream.concat(pair.removed(Kind.TABLE), pair.removed(Kind.VIEW))
                                .filter(t -> moved(pair, t)),
                        pair.removed(Kind.COLUMN).filter(c -> pair.isOldTable(c.parent())))
                .toList();
        return pair.both(Kind.FUNCTION)
                .filter(b -> !b.differ("body"))
                .map(Both::now)
                .filter(f ->
                        !f.fact("language").equals("c") && !f.fact("language").equals("internal"))
                .flatMap(f -> gone.stream()
                        .filter(g -> names(pair, f, g))
                        .limit(1)
                        .map(g -> finding(
                                "R9",
                                f,
                                "its body still names %s, which is gone".formatted(g.qualified()),
                                called(pair, f))));
    }

    /// A table that became a view of the same name is still there.
    private static boolean moved(Pair pair, Item gone) {
        return pair.after().find(Kind.VIEW, gone.path()).isEmpty()
                && pair.after().find(Kind.TABLE, gone.path()).isEmpty();
    }

    private static boolean names(Pair pair, Item function, Item gone) {
        var body = Sql.skeleton(function.fact("body"));
        if (gone.kind() != Kind.COLUMN) {
            return Sql.says(body, gone.name());
        }
        var table = gone.path().get(gone.path().size() - 2);
        return Sql.says(body, gone.name())
                && (Sql.says(body, table)
                        || pair.after()
                                .of(Kind.TRIGGER, gone.parent())
                                .anyMatch(t -> t.fact("function_name").equals(function.name())));
    }

    private static boolean called(Pair pair, Item function) {
        return reached(pair, function)
                || pair.after()
                        .all(Kind.TRIGGER)
                        .anyMatch(t -> t.fact("function_name").equals(function.name()) && set(pair, t));
    }
}
