package lastgood.core.schema;

import static lastgood.core.schema.Rules.breaking;
import static lastgood.core.schema.Rules.finding;
import static lastgood.core.schema.Rules.harmless;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lastgood.core.data.SchemaProof.Finding;
import lastgood.core.schema.Item.Kind;
import lastgood.core.schema.Rules.Both;
import lastgood.core.schema.Rules.Pair;

/// R0, R10, R11, R13 and R14: what is gone, types, views, partitions and sequences.
final class OtherRules {

    private static final Pattern FROM = Pattern.compile("\\n +FROM ");

    private OtherRules() {}

    static List<Finding> findings(Pair pair) {
        var all = new ArrayList<Finding>();
        gone(pair).forEach(all::add);
        pair.both(Kind.TYPE).forEach(b -> type(pair, b).forEach(all::add));
        pair.both(Kind.VIEW)
                .filter(b -> b.differ("definition"))
                .forEach(b -> view(pair, b).forEach(all::add));
        partitions(pair).forEach(all::add);
        pair.both(Kind.SEQUENCE).forEach(b -> sequence(pair, b).forEach(all::add));
        pair.removed(Kind.SEQUENCE)
                .filter(s -> !s.has("owned_by"))
                .forEach(s -> all.add(finding(
                        "R14",
                        s,
                        "gone",
                        pair.uses().say(s.name())
                                || (pair.uses().known() && pair.uses().say("nextval")))));
        Stream.concat(
                        pair.added(Kind.SETTING),
                        pair.both(Kind.SETTING).filter(b -> b.differ("value")).map(Both::now))
                .forEach(s -> all.add(harmless("R0", s, "set to " + s.fact("value"))));
        return all;
    }

    /// Whether a column of that type is written by the older release.
    static boolean usesType(Pair pair, String type) {
        return pair.after()
                        .all(Kind.COLUMN)
                        .filter(c ->
                                c.fact("type").equals(type) || c.fact("type").equals(type + "[]"))
                        .anyMatch(c -> pair.uses().set(c.parent(), List.of(c.name())))
                || (pair.uses().known() && pair.uses().say(type.substring(type.lastIndexOf('.') + 1)));
    }

    private static Stream<Finding> gone(Pair pair) {
        var tables = Stream.concat(pair.removed(Kind.TABLE), pair.removed(Kind.VIEW))
                .map(t -> harmless("R0", t, "gone: the statements tell whether the older release asks for it"));
        var columns = pair.removed(Kind.COLUMN)
                .filter(c -> pair.isOldTable(c.parent()))
                .map(c -> harmless("R0", c, "gone: the statements tell whether the older release asks for it"));
        return Stream.concat(tables, columns);
    }

    private static Stream<Finding> type(Pair pair, Both type) {
        var all = new ArrayList<Finding>();
        var used = pair.after()
                        .all(Kind.COLUMN)
                        .filter(c -> c.fact("type").startsWith(type.now().qualified()))
                        .anyMatch(c -> pair.uses().touch(c.parent()))
                || pair.uses().say(type.now().name());
        var labels = type.now().list("labels");
        for (var label : type.old().list("labels")) {
            if (!labels.contains(label)) {
                all.add(finding("R10", type.now(), "label %s is gone".formatted(label), used));
            }
        }
        if (all.isEmpty() && type.differ("labels")) {
            all.add(harmless("R10", type.now(), "more labels: the older release may read one that it does not know"));
        }
        if (type.differ("attributes")) {
            all.add(finding("R4", type.now(), "has other attributes", used));
        }
        return all.stream();
    }

    private static Stream<Finding> view(Pair pair, Both view) {
        var path = view.now().path();
        var all = new ArrayList<Finding>();
        for (var old : pair.before().columns(path)) {
            var now = pair.after().find(old.key());
            var narrower = now.isPresent()
                    && pair.widening().from(old.fact("type"), now.get().fact("type")) == Widening.Answer.NO;
            if (now.isEmpty() || narrower) {
                all.add(finding(
                        "R11",
                        old,
                        now.isEmpty() ? "gone from the view" : "of another type in the view",
                        pair.uses().say(view.now().name())));
            }
        }
        if (all.isEmpty()) {
            var same = source(view.old()).equals(source(view.now()))
                    && selected(view.now()).containsAll(selected(view.old()));
            all.add(finding(
                    "R11",
                    view.now(),
                    same ? "has more columns" : "says something else under the same columns",
                    !same && !renamed(pair, view) && pair.uses().say(view.now().name())));
        }
        return all.stream();
    }

    private static String source(Item view) {
        var parts = FROM.split(view.fact("definition"), 2);
        return parts.length > 1 ? parts[1] : "";
    }

    private static List<String> selected(Item view) {
        return Stream.of(FROM.split(view.fact("definition"), 2)[0].split(",\\s*\\n", -1))
                .map(s -> s.strip()
                        .replaceFirst("^SELECT ", "")
                        .replaceFirst(";$", "")
                        .strip())
                .toList();
    }

    /// A view follows a table or a column that is renamed, and says the same in other words.
    private static boolean renamed(Pair pair, Both view) {
        var tables = pair.removed(Kind.TABLE).toList();
        for (var old : tables) {
            for (var now : pair.added(Kind.TABLE).toList()) {
                var followed = Pattern.compile(
                                "\\b(?:" + Pattern.quote(old.schema()) + "\\.)?" + Pattern.quote(old.name()) + "\\b")
                        .matcher(view.old().fact("definition"))
                        .replaceAll("~");
                var then = Pattern.compile("\\b(?:" + Pattern.quote(now.schema()) + "\\.)?" + Pattern.quote(now.name())
                                + "\\b( " + Pattern.quote(old.name()) + "\\b)?")
                        .matcher(view.now().fact("definition"))
                        .replaceAll("~");
                if (followed.equals(then)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Stream<Finding> partitions(Pair pair) {
        var all = new ArrayList<Finding>();
        for (var old : pair.before()
                .all(Kind.TABLE)
                .filter(t -> t.has("partition_bound"))
                .toList()) {
            var now = pair.after().find(old.key());
            var used = pair.uses().touch(old.path());
            if (now.isEmpty()) {
                all.add(finding("R13", old, "the partition is gone", used));
            } else if (!now.get().has("partition_bound")) {
                all.add(finding("R13", old, "no longer part of %s".formatted(old.fact("inherits")), used));
            } else if (!old.fact("partition_bound").equals(now.get().fact("partition_bound"))) {
                var wider = values(now.get()).containsAll(values(old))
                        && !values(old).isEmpty();
                all.add(finding(
                        "R13",
                        old,
                        "bounds %s -> %s"
                                .formatted(
                                        old.fact("partition_bound"), now.get().fact("partition_bound")),
                        used && !wider));
            }
        }
        for (var table :
                pair.both(Kind.TABLE).filter(b -> b.differ("partition_key")).toList()) {
            var rest = pair.after()
                    .all(Kind.TABLE)
                    .anyMatch(t -> t.fact("partition_bound").equals("DEFAULT")
                            && t.list("inherits").contains(table.now().qualified()));
            all.add(finding(
                    "R13",
                    table.now(),
                    rest
                            ? "partitioned now, with a place for every row"
                            : "partitioned now: a row without a place is refused",
                    !rest && pair.uses().change(table.now().path())));
        }
        // A partition that was attached and is a table that was there before refuses rows of its own.
        pair.both(Kind.TABLE)
                .filter(b -> !b.old().has("partition_bound") && b.now().has("partition_bound"))
                .forEach(b -> all.add(finding(
                        "R13",
                        b.now(),
                        "a partition now: it takes only what belongs there",
                        pair.uses().change(b.now().path()))));
        return all.stream();
    }

    private static Set<String> values(Item partition) {
        var list = Pattern.compile("FOR VALUES IN \\((.*)\\)").matcher(partition.fact("partition_bound"));
        return list.matches() ? new HashSet<>(List.of(list.group(1).split(", ", -1))) : new HashSet<>();
    }

    private static Stream<Finding> sequence(Pair pair, Both sequence) {
        var all = new ArrayList<Finding>();
        var now = sequence.now();
        var tighter = number(now, "max") < number(sequence.old(), "max")
                || number(now, "min") > number(sequence.old(), "min")
                || (sequence.old().is("cycle") && !now.is("cycle"));
        if (tighter) {
            all.add(finding("R14", now, "runs out sooner", used(pair, now)));
        }
        if (sequence.differ("increment")) {
            all.add(breaking("R14", now, "another increment: who takes blocks of numbers takes some twice"));
        }
        return all.stream();
    }

    private static boolean used(Pair pair, Item sequence) {
        if (!sequence.has("owned_by")) {
            return true;
        }
        var owner = sequence.fact("owned_by");
        return pair.after()
                        .all(Kind.COLUMN)
                        .filter(c -> owner.equals(c.qualified()) || owner.equals(Quoted.path(c.path())))
                        .anyMatch(c -> pair.uses().insertInto(c.parent()))
                || pair.uses().say("nextval");
    }

    private static double number(Item sequence, String fact) {
        return sequence.has(fact) ? Double.parseDouble(sequence.fact(fact)) : 0;
    }
}
