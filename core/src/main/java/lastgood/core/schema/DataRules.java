package lastgood.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lastgood.core.data.SchemaProof.Finding;
import lastgood.core.schema.Item.Kind;

/// R16: a migration that rewrites or removes what the older release reads. No catalog shows it, only the migration's
/// own text does. Filling a new column is harmless.
public final class DataRules {

    private static final String NAME = "((?:\"?\\w+\"?\\.)?\"?\\w+\"?)";
    private static final Pattern UPDATE = Pattern.compile(
            "\\bupdate (?:only )?" + NAME + "(?: (?:as )?(?!set\\b)\\w+)? set (.*?)(?: where | from | returning |;|$)");
    private static final Pattern DELETE = Pattern.compile("\\b(?:delete from|truncate(?: table)?) (?:only )?" + NAME);
    private static final Pattern ASSIGNED = Pattern.compile("(?:^|, ?)\"?(\\w+)\"? ?=(?!=)");

    private DataRules() {}

    public static List<Finding> findings(String up, Catalog before, Catalog after, Uses uses) {
        var all = new ArrayList<Finding>();
        for (var statement : Sql.statements(up)) {
            var words = Sql.skeleton(statement);
            if (words.startsWith("create ") || words.startsWith("alter ") || words.startsWith("comment ")) {
                continue;
            }
            // What a DO block does is in its string.
            var text = words.startsWith("do ")
                    ? Sql.skeleton(statement.replaceAll("(?s)^.*?\\$\\w*\\$(.*)\\$\\w*\\$.*$", "$1"))
                    : words;
            var updates = UPDATE.matcher(text);
            while (updates.find()) {
                update(updates, before, after, uses, all);
            }
            var deletes = DELETE.matcher(text);
            while (deletes.find()) {
                old(deletes.group(1), before)
                        .filter(t -> after.find(t.key()).isPresent() && uses.touch(t.path()))
                        .forEach(t -> all.add(Rules.breaking("R16", t, "the migration deletes rows of it")));
            }
        }
        return List.copyOf(all);
    }

    private static void update(Matcher update, Catalog before, Catalog after, Uses uses, List<Finding> all) {
        var columns =
                ASSIGNED.matcher(update.group(2)).results().map(r -> r.group(1)).collect(Collectors.toSet());
        old(update.group(1), before)
                .flatMap(t -> before.columns(t.path()).stream())
                .filter(c -> columns.contains(c.name()) && after.find(c.key()).isPresent())
                .filter(c -> uses.name(c.parent(), c.name()))
                .forEach(c -> all.add(Rules.breaking("R16", c, "the migration rewrites its values")));
    }

    private static java.util.stream.Stream<Item> old(String name, Catalog before) {
        var plain = Sql.plain(name.replaceFirst("^.*\\.", ""));
        return before.all(Kind.TABLE).filter(t -> t.name().equals(plain));
    }
}
