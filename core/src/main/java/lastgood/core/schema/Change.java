package lastgood.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import lastgood.core.schema.Item.Kind;

/// One difference between two catalogs.
public sealed interface Change {

    Item subject();

    /// For people, on one line.
    String words();

    record Added(Item subject) implements Change {
        @Override
        public String words() {
            return "%s %s added%s".formatted(subject.kind().word(), subject.qualified(), brief(subject));
        }
    }

    record Removed(Item subject) implements Change {
        @Override
        public String words() {
            return "%s %s removed".formatted(subject.kind().word(), subject.qualified());
        }
    }

    /// @param fact that is different
    record Changed(Item before, Item subject, String fact) implements Change {
        @Override
        public String words() {
            var old = before.fact(fact);
            var now = subject.fact(fact);
            var what = fact.replace('_', ' ');
            if (old.length() + now.length() > LONG || (old + now).contains("\n")) {
                return "%s %s: %s changed".formatted(subject.kind().word(), subject.qualified(), what);
            }
            return "%s %s: %s %s -> %s"
                    .formatted(subject.kind().word(), subject.qualified(), what, shown(old), shown(now));
        }
    }

    /// More than that is no line any more.
    int LONG = 120;

    private static String shown(String value) {
        return value.isEmpty() ? "none" : value;
    }

    private static String brief(Item item) {
        var type = item.fact("type");
        return item.kind() == Kind.COLUMN
                ? " (%s%s)".formatted(type, item.is("not_null") ? ", not null" : "")
                : item.kind() == Kind.CONSTRAINT && item.fact("definition").length() < LONG
                        ? " (%s)".formatted(item.fact("definition").replace('\n', ' '))
                        : "";
    }

    /// All of them, in the catalogs' order. Nothing if and only if the fingerprints are the same.
    static List<Change> between(Catalog before, Catalog after) {
        var changes = new ArrayList<Change>();
        for (var old : before.items()) {
            var now = after.find(old.key());
            if (now.isEmpty()) {
                changes.add(new Removed(old));
                continue;
            }
            var facts = new TreeSet<>(old.facts().keySet());
            facts.addAll(now.get().facts().keySet());
            for (var fact : facts) {
                if (!Objects.equals(old.facts().get(fact), now.get().facts().get(fact))) {
                    changes.add(new Changed(old, now.get(), fact));
                }
            }
        }
        for (var now : after.items()) {
            if (before.find(now.key()).isEmpty()) {
                changes.add(new Added(now));
            }
        }
        return List.copyOf(changes);
    }

    /// For people: what belongs to a table that was added or removed as a whole is not listed.
    static List<String> words(List<Change> changes) {
        var whole = changes.stream()
                .filter(c -> !(c instanceof Changed))
                .map(Change::subject)
                .filter(i -> i.kind() == Kind.TABLE || i.kind() == Kind.VIEW)
                .map(Item::path)
                .collect(Collectors.toSet());
        return changes.stream()
                .filter(c -> c.subject().path().size() < 3
                        || !whole.contains(c.subject().parent()))
                .map(Change::words)
                .toList();
    }
}
