package lastgood.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Takes out of a document what the schema has refused, so that the rest can still be read, and its problems be
/// reported in the same run.
final class Prune {

    private Prune() {}

    static Tree of(Tree document, Set<List<Object>> badPaths) {
        return badPaths.contains(List.of())
                ? new Tree.Mapping(document.origin(), Map.of())
                : prune(document, new ArrayList<>(), badPaths);
    }

    private static Tree prune(Tree tree, List<Object> path, Set<List<Object>> bad) {
        return switch (tree) {
            case Tree.Mapping(var origin, var entries) -> {
                var kept = new LinkedHashMap<String, Tree.Entry>();
                entries.forEach((key, entry) -> {
                    var below = below(path, key);
                    if (!bad.contains(below)) {
                        kept.put(key, new Tree.Entry(entry.key(), prune(entry.value(), below, bad)));
                    }
                });
                yield new Tree.Mapping(origin, kept);
            }
            case Tree.Sequence(var origin, var items) -> {
                var kept = new ArrayList<Tree>();
                for (int i = 0; i < items.size(); i++) {
                    var below = below(path, i);
                    if (!bad.contains(below)) {
                        kept.add(prune(items.get(i), below, bad));
                    }
                }
                yield new Tree.Sequence(origin, kept);
            }
            case Tree.Scalar scalar -> scalar;
            case Tree.Empty empty -> empty;
        };
    }

    private static List<Object> below(List<Object> path, Object step) {
        var below = new ArrayList<>(path);
        below.add(step);
        return below;
    }
}
