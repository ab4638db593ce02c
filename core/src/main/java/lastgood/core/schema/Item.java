package lastgood.core.schema;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// One thing in a catalog: a table, a column, a constraint.
///
/// Facts are kept by name and not as fields, because PostgreSQL learns new ones with each version: one that no rule
/// knows is still seen as a difference and still part of the fingerprint. What is false or does not apply is absent.
///
/// @param path its name, outermost first: schema, table, column
public record Item(Kind kind, List<String> path, SortedMap<String, String> facts) implements Comparable<Item> {

    private static final Comparator<List<String>> PATHS = (a, b) -> {
        for (var i = 0; i < Math.min(a.size(), b.size()); i++) {
            var order = a.get(i).compareTo(b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    };

    public Item {
        path = List.copyOf(path);
        facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
        if (path.isEmpty()) {
            throw new IllegalArgumentException("a thing without a name");
        }
    }

    /// In the order in which people read about them.
    public enum Kind {
        SCHEMA("schema"),
        EXTENSION("extension"),
        TYPE("type"),
        DOMAIN("domain"),
        TABLE("table"),
        VIEW("view"),
        COLUMN("column"),
        SEQUENCE("sequence"),
        CONSTRAINT("constraint"),
        INDEX("index"),
        FUNCTION("function"),
        TRIGGER("trigger"),
        POLICY("policy"),
        RULE("rule"),
        OPERATOR("operator"),
        CAST("cast"),
        COLLATION("collation"),
        STATISTICS("statistics"),
        EVENT_TRIGGER("event trigger"),
        DEFAULT_PRIVILEGES("default privileges"),
        SETTING("setting");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /// What identifies it in its catalog.
    public record Key(Kind kind, List<String> path) {
        public Key {
            path = List.copyOf(path);
        }
    }

    public Key key() {
        return new Key(kind, path);
    }

    /// The fact's text; empty if it does not apply.
    public String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    public Optional<String> find(String name) {
        return Optional.ofNullable(facts.get(name));
    }

    public boolean is(String name) {
        return "true".equals(facts.get(name));
    }

    public boolean has(String name) {
        return facts.containsKey(name);
    }

    /// A fact that is a list, one entry a line.
    public List<String> list(String name) {
        return has(name) ? List.of(fact(name).split("\n", -1)) : List.of();
    }

    public String schema() {
        return path.getFirst();
    }

    /// The last part of its name.
    public String name() {
        return path.getLast();
    }

    /// What it belongs to: a column's table.
    public List<String> parent() {
        return path.subList(0, path.size() - 1);
    }

    /// `public.orders.note`.
    public String qualified() {
        return String.join(".", path);
    }

    Item with(Map<String, String> changed) {
        var all = new TreeMap<>(facts);
        all.putAll(changed);
        return new Item(kind, path, all);
    }

    @Override
    public int compareTo(Item other) {
        var order = kind.compareTo(other.kind);
        return order != 0 ? order : PATHS.compare(path, other.path);
    }

    @Override
    public String toString() {
        return "%s %s %s"
                .formatted(
                        kind.word(),
                        qualified(),
                        facts.entrySet().stream()
                                .map(f -> f.getKey() + "=" + f.getValue())
                                .collect(Collectors.joining(" ")));
    }
}
