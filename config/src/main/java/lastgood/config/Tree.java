package lastgood.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A document as it was written, each piece with the place it came from. Merging works on trees, so that a value
/// keeps its origin through every override.
sealed interface Tree {

    Origin origin();

    /// Keys in the order of the file.
    record Mapping(Origin origin, Map<String, Entry> entries) implements Tree {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /// A key, where it stands, and what follows it.
    record Entry(Origin key, Tree value) {}

    record Sequence(Origin origin, List<Tree> items) implements Tree {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// `text` is what was written, without quotes.
    record Scalar(Origin origin, Kind kind, String text) implements Tree {}

    /// Nothing: `key:` with no value, `~`, or a key that is not there.
    record Empty(Origin origin) implements Tree {}

    enum Kind {
        TEXT("the text"),
        INTEGER("the number"),
        DECIMAL("the number"),
        BOOLEAN("the truth value");

        final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    static Tree text(Origin origin, String text) {
        return new Scalar(origin, Kind.TEXT, text);
    }

    /// What `key` holds; empty if this is no mapping, or the key is missing or has no value.
    default Optional<Tree> at(String key) {
        return entry(key).map(Entry::value).filter(value -> !(value instanceof Empty));
    }

    /// The key itself, whether or not it has a value.
    default Optional<Entry> entry(String key) {
        return this instanceof Mapping mapping
                ? Optional.ofNullable(mapping.entries().get(key))
                : Optional.empty();
    }

    /// The entries of a mapping; none for anything else.
    default Map<String, Entry> entriesOrNone() {
        return this instanceof Mapping mapping ? mapping.entries() : Map.of();
    }

    /// The items of a list; none for anything else.
    default List<Tree> itemsOrNone() {
        return this instanceof Sequence sequence ? sequence.items() : List.of();
    }

    /// The text of a scalar; empty for anything else.
    default Optional<String> scalar() {
        return this instanceof Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
    }

    /// The same tree with other origins.
    default Tree withOrigins(UnaryOperator<Origin> change) {
        return switch (this) {
            case Mapping(var origin, var entries) -> {
                var changed = new LinkedHashMap<String, Entry>();
                entries.forEach((key, entry) -> changed.put(
                        key, new Entry(change.apply(entry.key()), entry.value().withOrigins(change))));
                yield new Mapping(change.apply(origin), changed);
            }
            case Sequence(var origin, var items) ->
                new Sequence(
                        change.apply(origin),
                        items.stream().map(item -> item.withOrigins(change)).toList());
            case Scalar(var origin, var kind, var text) -> new Scalar(change.apply(origin), kind, text);
            case Empty(var origin) -> new Empty(change.apply(origin));
        };
    }
}
