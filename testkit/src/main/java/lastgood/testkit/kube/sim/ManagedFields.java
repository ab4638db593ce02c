package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lastgood.testkit.kube.sim.ApiFailure.Cause;

/// Who said which field. Read by whoever wants to name the one that keeps undoing a change, and the base of
/// server-side apply.
final class ManagedFields {

    /// Whose change it is.
    ///
    /// @param apply server-side apply, and not an update or another patch
    record Author(String manager, boolean apply, String apiVersion, String now) {
        String operation() {
            return apply ? "Apply" : "Update";
        }

        boolean wrote(ObjectNode entry) {
            return Json.text(entry, "manager").equals(manager)
                    && Json.text(entry, "operation").equals(operation())
                    && Json.text(entry, "apiVersion").equals(apiVersion);
        }
    }

    private ManagedFields() {}

    private static List<ObjectNode> entries(ObjectNode object) {
        var found = new ArrayList<ObjectNode>();
        Json.eachObject(Json.at(object, "metadata", "managedFields"), e -> found.add(e.deepCopy()));
        return found;
    }

    /// Whoever applies comes first, as the real server sorts them.
    private static final Comparator<ObjectNode> ORDER = Comparator.comparing(
                    (ObjectNode e) -> Json.text(e, "operation"))
            .thenComparing(e -> Json.text(e, "manager"))
            .thenComparing(e -> Json.text(e, "apiVersion"));

    /// Whatever the time at which they said so.
    static boolean sameOwners(ObjectNode one, ObjectNode other) {
        return timeless(one).equals(timeless(other));
    }

    private static List<ObjectNode> timeless(ObjectNode object) {
        var all = entries(object);
        all.forEach(e -> e.remove("time"));
        all.sort(ORDER);
        return all;
    }

    private static ObjectNode fields(ObjectNode entry) {
        return entry.get("fieldsV1") instanceof ObjectNode set ? set : Json.object();
    }

    private static void keep(ObjectNode object, List<ObjectNode> entries) {
        var list = Json.child(object, "metadata").putArray("managedFields");
        entries.stream().filter(e -> !fields(e).isEmpty()).sorted(ORDER).forEach(list::add);
        if (list.isEmpty()) {
            Json.child(object, "metadata").remove("managedFields");
        }
    }

    /// After an update: the author owns what he changed, and nobody owns what is gone.
    static void updated(ObjectNode before, ObjectNode after, Author author, MergeKeys keys) {
        if (clears(after)) {
            Json.child(after, "metadata").remove("managedFields");
            return;
        }
        var changed = FieldSet.changed(before, after, keys);
        var gone = FieldSet.minus(FieldSet.of(before, keys), FieldSet.of(after, keys));
        var entries = entries(before);
        entries.forEach(e -> {
            var rest = FieldSet.minus(fields(e), gone);
            e.set("fieldsV1", author.wrote(e) ? rest : FieldSet.minus(rest, changed));
        });
        if (!changed.isEmpty()) {
            add(entries, changed, author);
        }
        keep(after, entries);
    }

    /// A list with one empty entry is how a client asks to forget all owners.
    private static boolean clears(ObjectNode after) {
        var list = Json.at(after, "metadata", "managedFields");
        return list instanceof ArrayNode entries
                && entries.size() == 1
                && entries.get(0).isEmpty();
    }

    private static void add(List<ObjectNode> entries, ObjectNode fields, Author author) {
        for (var entry : entries) {
            if (author.wrote(entry)) {
                entry.set("fieldsV1", FieldSet.union(fields(entry), fields));
                entry.put("time", author.now());
                return;
            }
        }
        entries.add(entry(fields, author));
    }

    private static ObjectNode entry(ObjectNode fields, Author author) {
        return Json.object(
                "manager",
                author.manager(),
                "operation",
                author.operation(),
                "apiVersion",
                author.apiVersion(),
                "time",
                author.now(),
                "fieldsType",
                "FieldsV1",
                "fieldsV1",
                fields);
    }

    /// Server-side apply: what becomes of the live object, or a refusal that names who owns what.
    static ObjectNode applied(ObjectNode live, ObjectNode applied, Author author, boolean force, MergeKeys keys) {
        var mine = FieldSet.of(applied, keys);
        var entries = entries(live);
        var changes = FieldSet.changed(live, FieldSet.merged(live, applied, keys), keys);
        var contested = FieldSet.both(mine, changes);
        if (!force) {
            refuseConflicts(entries, contested, author);
        }
        var before = Json.object();
        var others = Json.object();
        for (var entry : entries) {
            if (author.wrote(entry)) {
                before = fields(entry);
            } else {
                entry.set("fieldsV1", FieldSet.minus(fields(entry), contested));
                others = FieldSet.union(others, fields(entry));
            }
        }
        var merged = FieldSet.merged(live, applied, keys);
        FieldSet.remove(merged, FieldSet.minus(FieldSet.minus(before, mine), others), keys);
        entries.removeIf(author::wrote);
        entries.add(entry(mine, author));
        keep(merged, entries);
        return merged;
    }

    private static void refuseConflicts(List<ObjectNode> entries, ObjectNode contested, Author author) {
        var conflicts = new ArrayList<Cause>();
        for (var entry : entries) {
            if (!author.wrote(entry)) {
                FieldSet.paths(FieldSet.both(fields(entry), contested))
                        .forEach(path -> conflicts.add(new Cause("FieldManagerConflict", against(entry), path)));
            }
        }
        if (!conflicts.isEmpty()) {
            throw ApiFailure.applyConflicts(conflicts);
        }
    }

    private static String against(ObjectNode entry) {
        var who = "conflict with \"%s\"".formatted(Json.text(entry, "manager"));
        return Json.text(entry, "operation").equals("Apply")
                ? who
                : "%s using %s at %s".formatted(who, Json.text(entry, "apiVersion"), Json.text(entry, "time"));
    }
}
