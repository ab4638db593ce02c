package lastgood.core.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.schema.Item.Kind;

/// What a database looks like, without its rows. The same schema gives the same text and so the same fingerprint,
/// whatever its object numbers and whenever it was read; the order of columns is part of it, because rows are read by
/// position too. What lastgood itself keeps there is not part of it, and neither are comments.
///
/// Definitions are in the words of the server that was asked, and servers of other major versions have other words:
/// compare only what the same major version said.
public final class Catalog {

    private static final String HEADER = "lastgood catalog 1";

    private final Map<Item.Key, Item> items;
    private final Map<Item.Key, List<Item>> parts;

    public Catalog(Collection<Item> items) {
        var sorted = new LinkedHashMap<Item.Key, Item>();
        items.stream().sorted().forEach(i -> {
            if (sorted.put(i.key(), i) != null) {
                throw new IllegalArgumentException("twice in one catalog: %s %s".formatted(i.kind(), i.qualified()));
            }
        });
        this.items = Collections.unmodifiableMap(sorted);
        this.parts = sorted.values().stream().collect(Collectors.groupingBy(i -> new Item.Key(i.kind(), i.parent())));
    }

    public Collection<Item> items() {
        return items.values();
    }

    public Stream<Item> all(Kind kind) {
        return items.values().stream().filter(i -> i.kind() == kind);
    }

    public Optional<Item> find(Item.Key key) {
        return Optional.ofNullable(items.get(key));
    }

    public Optional<Item> find(Kind kind, List<String> path) {
        return find(new Item.Key(kind, path));
    }

    /// What belongs to a table, a view or a domain.
    public Stream<Item> of(Kind kind, List<String> parent) {
        return parts.getOrDefault(new Item.Key(kind, parent), List.of()).stream();
    }

    /// A table's, in their order.
    public List<Item> columns(List<String> table) {
        return of(Kind.COLUMN, table)
                .sorted(Comparator.comparingInt(c -> Integer.parseInt(c.fact("position"))))
                .toList();
    }

    public Digest fingerprint() {
        return Digest.of(text());
    }

    /// One paragraph for each thing, in one order. [#parse] reads it again.
    public String text() {
        var text = new StringBuilder(HEADER).append('\n');
        for (var item : items.values()) {
            text.append(item.kind());
            item.path().forEach(p -> text.append('\t').append(escaped(p)));
            text.append('\n');
            item.facts()
                    .forEach((name, value) -> text.append('\t')
                            .append(name)
                            .append('\t')
                            .append(escaped(value))
                            .append('\n'));
        }
        return text.toString();
    }

    /// @throws IllegalArgumentException if it is not a catalog's text
    public static Catalog parse(String text) {
        var lines = text.split("\n", -1);
        if (!lines[0].equals(HEADER)) {
            throw new IllegalArgumentException("not a catalog that this version can read");
        }
        var items = new ArrayList<Item>();
        var at = 1;
        while (at < lines.length && !lines[at].isEmpty()) {
            var head = lines[at++].split("\t", -1);
            var facts = new TreeMap<String, String>();
            while (at < lines.length && lines[at].startsWith("\t")) {
                var fact = lines[at++].split("\t", -1);
                facts.put(fact[1], plain(fact[2]));
            }
            var path = Stream.of(head).skip(1).map(Catalog::plain).toList();
            items.add(new Item(Kind.valueOf(head[0]), path, facts));
        }
        return new Catalog(items);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replace("\r", "\\r");
    }

    private static String plain(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var plain = new StringBuilder();
        var escaped = false;
        for (var at = 0; at < text.length(); at++) {
            var c = text.charAt(at);
            if (!escaped && c == '\\') {
                escaped = true;
                continue;
            }
            plain.append(
                    escaped
                            ? switch (c) {
                                case 'n' -> '\n';
                                case 't' -> '\t';
                                case 'r' -> '\r';
                                default -> c;
                            }
                            : c);
            escaped = false;
        }
        return plain.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Catalog c && items.equals(c.items);
    }

    @Override
    public int hashCode() {
        return items.hashCode();
    }

    @Override
    public String toString() {
        return "catalog %s of %d things".formatted(fingerprint().brief(), items.size());
    }
}
