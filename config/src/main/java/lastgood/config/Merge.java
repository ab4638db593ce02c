package lastgood.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/// Lays settings over each other, key by key; each value keeps its own origin.
final class Merge {

    /// Blocks that are one value: half of one and half of another would mean something nobody wrote.
    private static final Pattern ONE_VALUE = Pattern.compile(
            "local\\.env\\.[^.]+|verify\\.checks\\.[^.]+\\.http|policy\\.severity\\.SEV-[1-4]\\.approval");

    private Merge() {}

    /// The trees from the weakest to the strongest. Lists are replaced, not joined: otherwise nothing could be
    /// taken out of one. A key without a value leaves what is below.
    static Tree of(List<Tree> weakestFirst) {
        return weakestFirst.stream()
                .reduce((below, above) -> over(below, above, ""))
                .orElseThrow();
    }

    static boolean isOneValue(String path) {
        return ONE_VALUE.matcher(path).matches();
    }

    /// A block is where it was last written down in a file; a flag for one of its keys does not move it.
    private static Origin nearest(Origin below, Origin above) {
        return below instanceof Origin.InFile && !(above instanceof Origin.InFile) ? below : above;
    }

    private static Tree over(Tree below, Tree above, String path) {
        if (above instanceof Tree.Empty) {
            return below;
        }
        if (!(below instanceof Tree.Mapping lower && above instanceof Tree.Mapping upper) || isOneValue(path)) {
            return above;
        }
        var merged = new LinkedHashMap<>(lower.entries());
        upper.entries()
                .forEach((key, entry) -> merged.merge(
                        key,
                        entry,
                        (a, b) -> new Tree.Entry(b.key(), over(a.value(), b.value(), Paths.child(path, key)))));
        return new Tree.Mapping(nearest(lower.origin(), upper.origin()), merged);
    }
}
