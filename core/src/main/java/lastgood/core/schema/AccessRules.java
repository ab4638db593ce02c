package lastgood.core.schema;

import static lastgood.core.schema.Rules.finding;
import static lastgood.core.schema.Rules.harmless;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import lastgood.core.data.SchemaProof.Finding;
import lastgood.core.schema.Item.Kind;
import lastgood.core.schema.Rules.Both;
import lastgood.core.schema.Rules.Pair;

/// R8 and R15: which rows and which things the application may see and change.
final class AccessRules {

    private static final Set<Kind> WITH_RIGHTS = Set.of(
            Kind.SCHEMA, Kind.TABLE, Kind.VIEW, Kind.COLUMN, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE, Kind.DOMAIN);

    private AccessRules() {}

    static List<Finding> findings(Pair pair) {
        var all = new ArrayList<Finding>();
        for (var kind : Kind.values()) {
            if (WITH_RIGHTS.contains(kind)) {
                pair.both(kind)
                        .filter(b -> b.differ("rights"))
                        .forEach(b -> lost(pair, b).forEach(all::add));
            }
        }
        pair.both(Kind.TABLE).forEach(b -> rows(pair, b).forEach(all::add));
        return all;
    }

    private static Stream<Finding> lost(Pair pair, Both thing) {
        return thing.old().list("rights").stream()
                .flatMap(line ->
                        Arrays.stream(line.substring(line.lastIndexOf('=') + 1).split(",", -1)))
                .map(r -> r.replace("*", ""))
                .distinct()
                .filter(r -> pair.app().may(thing.old(), r) && !pair.app().may(thing.now(), r))
                .map(r ->
                        finding("R15", thing.now(), "the application may no longer " + r, needs(pair, thing.now(), r)));
    }

    /// A right that its statements do not need is no loss to the older release.
    private static boolean needs(Pair pair, Item thing, String right) {
        var uses = pair.uses();
        return switch (thing.kind()) {
            case TABLE -> byTable(uses, thing.path(), right);
            case COLUMN -> byTable(uses, thing.parent(), right) && uses.name(thing.parent(), thing.name());
            case VIEW -> uses.say(thing.name()) && !right.equals("TRIGGER") && !right.equals("REFERENCES");
            case SEQUENCE -> !right.equals("SELECT") && sequence(pair, thing);
            case FUNCTION -> uses.say(Sql.plain(thing.fact("name")));
            case SCHEMA -> right.equals("USAGE");
            default -> false;
        };
    }

    private static boolean byTable(Uses uses, List<String> table, String right) {
        return switch (right) {
            case "SELECT" -> uses.touch(table);
            case "INSERT" -> uses.insertInto(table);
            case "UPDATE" -> uses.update(table);
            case "DELETE" -> uses.deleteFrom(table);
            case "TRUNCATE" -> uses.known() && uses.say("truncate");
            default -> false;
        };
    }

    private static boolean sequence(Pair pair, Item sequence) {
        return pair.uses().say(sequence.name())
                || pair.uses().say("nextval")
                || pair.before()
                        .all(Kind.COLUMN)
                        .filter(c -> c.fact("default").contains(sequence.name()))
                        .anyMatch(c -> pair.uses().omit(c.parent(), c.name()));
    }

    private static Stream<Finding> rows(Pair pair, Both table) {
        var now = table.now();
        var path = now.path();
        var all = new ArrayList<Finding>();
        var changes = policies(pair, path);
        if (!now.is("row_security")) {
            if (table.old().is("row_security")) {
                all.add(harmless("R8", now, "row security is off: the older release sees every row"));
            }
            return all.stream();
        }
        var exempt = pair.app().ignoresPolicies()
                || (!now.is("force_row_security") && pair.app().names().contains(now.fact("owner")));
        var switchedOn = !table.old().is("row_security")
                || (!table.old().is("force_row_security") && now.is("force_row_security"))
                || !table.old().fact("owner").equals(now.fact("owner"));
        if (!switchedOn && !changes) {
            return all.stream();
        }
        var open = seesEverything(pair, path);
        all.add(finding(
                "R8",
                now,
                exempt
                        ? "row security, which the application is exempt from"
                        : open
                                ? "row security that lets the application do everything"
                                : "row security hides or refuses rows",
                !exempt && !open && !sameOrLooser(pair, table) && pair.uses().touch(path)));
        return all.stream();
    }

    private static boolean policies(Pair pair, List<String> table) {
        return !pair.before()
                .of(Kind.POLICY, table)
                .toList()
                .equals(pair.after().of(Kind.POLICY, table).toList());
    }

    /// One permissive policy for all that asks nothing, and no restrictive one.
    private static boolean seesEverything(Pair pair, List<String> table) {
        var mine =
                pair.after().of(Kind.POLICY, table).filter(p -> forApp(pair, p)).toList();
        if (mine.stream().anyMatch(p -> p.fact("mode").equals("restrictive") && !free(p))) {
            return false;
        }
        return Stream.of("SELECT", "INSERT", "UPDATE", "DELETE")
                .filter(c -> needed(pair, table, c))
                .allMatch(c -> mine.stream()
                        .filter(p -> p.fact("mode").equals("permissive") && free(p))
                        .anyMatch(p -> p.fact("command").equals("ALL")
                                || p.fact("command").equals(c)));
    }

    private static boolean needed(Pair pair, List<String> table, String command) {
        return byTable(pair.uses(), table, command);
    }

    private static boolean forApp(Pair pair, Item policy) {
        return policy.list("roles").stream().anyMatch(pair.app()::have);
    }

    private static boolean free(Item policy) {
        return (!policy.has("using") || policy.fact("using").equals("true"))
                && (!policy.has("check") || policy.fact("check").equals("true"));
    }

    /// On a table that had row security: old permissive policies are all still there, and no restrictive one came.
    private static boolean sameOrLooser(Pair pair, Both table) {
        return table.old().is("row_security")
                && table.old().is("force_row_security") == table.now().is("force_row_security")
                && table.old().fact("owner").equals(table.now().fact("owner"))
                && pair.before()
                        .of(Kind.POLICY, table.now().path())
                        .filter(p -> p.fact("mode").equals("permissive"))
                        .allMatch(p ->
                                pair.after().find(p.key()).filter(p::equals).isPresent())
                && pair.after()
                        .of(Kind.POLICY, table.now().path())
                        .filter(p -> p.fact("mode").equals("restrictive") && forApp(pair, p))
                        .allMatch(p ->
                                pair.before().find(p.key()).filter(p::equals).isPresent());
    }
}
