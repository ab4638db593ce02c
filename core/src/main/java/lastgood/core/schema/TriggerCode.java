package lastgood.core.schema;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lastgood.core.schema.Item.Kind;

/// Reads what a trigger's function may do to a writer who knows nothing of it. Only code of which all is understood is
/// called harmless.
final class TriggerCode {

    private static final Pattern RAISE = Pattern.compile("\\braise\\b(?! (?:notice|log|info|debug|warning)\\b)");
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:^|;|\\bbegin\\b|\\bthen\\b|\\belse\\b|\\bloop\\b) ?new\\.(\"?\\w+\"?) ?:?= ?([^;]+);");
    private static final Pattern CLOCK = Pattern.compile(
            "(?:now\\(\\)|current_timestamp|clock_timestamp\\(\\)|statement_timestamp\\(\\)|transaction_timestamp\\(\\))"
                    + "(?: at time zone '')?(?:::\\w+)?");
    private static final Pattern WRITE = Pattern.compile(
            "\\b(insert into|update|delete from) (?:only )?((?:\"?\\w+\"?\\.)?\"?\\w+\"?)(?: set (.*?)(?: where | from |;|$))?");

    private TriggerCode() {}

    /// Why it may stop or change what the older release writes; empty: it does not.
    static Optional<String> hazard(Item trigger, Catalog before, Catalog after, AppRoles app) {
        var function =
                after.find(Kind.FUNCTION, List.of(trigger.fact("function_schema"), trigger.fact("function_name")));
        if (function.isEmpty()) {
            return Optional.of("its function was not read");
        }
        if (!function.get().fact("language").equals("plpgsql")) {
            return Optional.of("its function is not written in plpgsql, so that nobody can read it here");
        }
        var code = Sql.skeleton(function.get()
                .fact("body")
                .replaceAll("(?i)\\bON CONFLICT\\b(.*?)\\bDO UPDATE SET\\b", "ON CONFLICT $1 DO_SET "));
        if (RAISE.matcher(code).find()) {
            return Optional.of("it can raise an error");
        }
        if (Sql.says(code, "assert") || Sql.says(code, "execute") || Sql.says(code, "strict")) {
            return Optional.of("it runs what cannot be read ahead, or can fail");
        }
        var beforeRow = trigger.fact("timing").equals("before") && trigger.is("each_row");
        if (beforeRow && (Sql.says(code, "return null") || (code.contains("return old") && !onlyDeletes(trigger)))) {
            return Optional.of("it can drop what is written");
        }
        if (trigger.fact("timing").equals("instead of")) {
            return Optional.of("it does something else instead");
        }
        return (beforeRow ? rewrites(code, trigger, before) : Optional.<String>empty())
                .or(() -> calls(code, function.get(), after))
                .or(() -> writes(code, function.get(), before, after, app));
    }

    private static boolean onlyDeletes(Item trigger) {
        return trigger.list("events").equals(List.of("DELETE"));
    }

    private static Optional<String> rewrites(String code, Item trigger, Catalog before) {
        if (Pattern.compile("(?:^|;|begin|then|else) ?new ?:?= |into (?:strict )?new\\b")
                .matcher(code)
                .find()) {
            return Optional.of("it replaces the whole row");
        }
        var old = before.columns(trigger.parent()).stream().map(Item::name).collect(Collectors.toSet());
        var assignments = ASSIGNMENT.matcher(code);
        var at = 0;
        while (assignments.find(at)) {
            var column = Sql.plain(assignments.group(1));
            if (old.contains(column)
                    && !CLOCK.matcher(assignments.group(2).strip()).matches()) {
                return Optional.of("it changes %s, which the older release writes".formatted(column));
            }
            at = assignments.end() - 1;
        }
        return Optional.empty();
    }

    /// Functions of the schema's own are not followed.
    private static Optional<String> calls(String code, Item function, Catalog after) {
        return after.all(Kind.FUNCTION)
                .filter(f -> !f.equals(function))
                .filter(f -> Pattern.compile(
                                "\\b" + Pattern.quote(Sql.plain(f.fact("name")).toLowerCase(java.util.Locale.ROOT))
                                        + "\\b ?\\(")
                        .matcher(code)
                        .find())
                .map(f -> "it calls " + f.name())
                .findFirst();
    }

    private static Optional<String> writes(String code, Item function, Catalog before, Catalog after, AppRoles app) {
        var writes = WRITE.matcher(code);
        while (writes.find()) {
            var name = Sql.plain(writes.group(2).replaceFirst("^.*\\.", ""));
            if (name.equals("set") || name.equals("skip") || name.equals("nowait")) {
                continue;
            }
            var target =
                    after.all(Kind.TABLE).filter(t -> t.name().equals(name)).findFirst();
            if (target.isEmpty()) {
                return Optional.of("it writes to " + name + ", which was not found");
            }
            var right = switch (writes.group(1)) {
                case "update" -> "UPDATE";
                case "delete from" -> "DELETE";
                default -> "INSERT";
            };
            if (!function.is("security_definer") && !app.may(target.get(), right)) {
                return Optional.of("it does an %s on %s, which the application may not".formatted(right, name));
            }
            var known = before.find(target.get().key()).isPresent();
            var oldColumns =
                    before.columns(target.get().path()).stream().map(Item::name).collect(Collectors.toSet());
            if ((known && right.equals("DELETE"))
                    || (known && right.equals("UPDATE") && changesOld(writes.group(3), oldColumns))) {
                return Optional.of("it changes rows of %s, which the older release has too".formatted(name));
            }
        }
        return Optional.empty();
    }

    private static boolean changesOld(String assignments, Set<String> old) {
        return assignments == null
                || Pattern.compile("(?:^|, ?)\"?(\\w+)\"? =")
                        .matcher(assignments)
                        .results()
                        .anyMatch(a -> old.contains(a.group(1)));
    }
}
