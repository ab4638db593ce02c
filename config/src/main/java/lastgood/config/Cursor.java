package lastgood.config;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A place in a checked tree from which typed values are read. What the schema cannot say (a duration of a thousand
/// years, an unknown place in a template) becomes a problem here, and reading goes on with a fallback, so that the
/// next problem is found too.
///
/// @param where the value's origin, or the nearest one around it if there is no value
record Cursor(Tree tree, Origin where, String path, Findings findings) {

    static Cursor at(Tree tree, String path, Findings findings) {
        return new Cursor(tree, tree.origin(), path, findings);
    }

    Cursor at(String key) {
        var below = Paths.child(path, key);
        return tree.at(key)
                .map(value -> new Cursor(value, placeOf(value), below, findings))
                .orElseGet(() -> new Cursor(new Tree.Empty(where), where, below, findings));
    }

    /// Nobody can look up a line of our own defaults; the block around it is the place to mend something.
    private Origin placeOf(Tree value) {
        return value.origin() instanceof Origin.BuiltIn ? where : value.origin();
    }

    boolean present() {
        return !(tree instanceof Tree.Empty);
    }

    /// The text, or null if there is none.
    @Nullable
    String textOrNull() {
        return tree.scalar().orElse(null);
    }

    String text(String fallback) {
        return tree.scalar().orElse(fallback);
    }

    boolean truth(boolean fallback) {
        return tree.scalar().map(Boolean::parseBoolean).orElse(fallback);
    }

    int integer(int fallback) {
        return read(
                text -> {
                    try {
                        return new Parsed.Good<>(Integer.parseInt(text));
                    } catch (NumberFormatException tooLarge) {
                        return new Parsed.Bad<>("%s is too large".formatted(text), "");
                    }
                },
                fallback);
    }

    Duration duration(Duration fallback) {
        return read(Durations::parse, fallback);
    }

    /// A duration during which something has to happen; zero would mean that it never can.
    Duration positive(Duration fallback) {
        var read = duration(fallback);
        if (read.isZero()) {
            problem("0 leaves no time at all", "write a longer time, as in 30s");
            return fallback;
        }
        return read;
    }

    Due due() {
        return present() ? new Due.Within(duration(Duration.ZERO)) : new Due.Never();
    }

    Percent percent(Percent fallback) {
        return read(Percent::parse, fallback);
    }

    @Nullable
    URI uriOrNull() {
        return tree.scalar()
                .map(text -> {
                    try {
                        return new URI(text);
                    } catch (URISyntaxException wrong) {
                        problem("`%s` is not a URL: %s".formatted(Shown.text(text), wrong.getReason()), "");
                        return null;
                    }
                })
                .orElse(null);
    }

    /// The items of a list.
    Stream<Cursor> items() {
        var items = tree.itemsOrNone();
        return IntStream.range(0, items.size())
                .mapToObj(i -> new Cursor(items.get(i), items.get(i).origin(), Paths.child(path, i), findings));
    }

    List<String> texts() {
        return items().flatMap(item -> item.tree.scalar().stream()).toList();
    }

    /// Text, or a list of texts.
    List<String> textOrTexts() {
        return tree.scalar().map(List::of).orElseGet(this::texts);
    }

    /// The keys of a mapping that have a value, in the order of the file.
    Map<String, Cursor> children() {
        return tree.entriesOrNone().keySet().stream()
                .filter(key -> at(key).present())
                .collect(toMap(identity(), this::at, (a, b) -> a, LinkedHashMap::new));
    }

    <T> T read(Function<String, Parsed<T>> parser, T fallback) {
        return tree.scalar()
                .map(text -> parser.apply(text).orElse(bad -> {
                    problem(bad.fact(), bad.hint());
                    return fallback;
                }))
                .orElse(fallback);
    }

    void problem(String fact, String hint) {
        findings.wrong().add(where, path, fact, hint);
    }

    /// Something is not there. Kept apart: if the schema has refused a value, it is not there only because of that.
    void missing(String fact, String hint) {
        findings.missing().add(where, path, fact, hint);
    }

    /// @param wrong what is there and cannot be used
    /// @param missing what should be there
    record Findings(Problems wrong, Problems missing) {
        Findings() {
            this(new Problems(), new Problems());
        }
    }
}
