package lastgood.config;

import java.util.List;

/// A value in a document, and where its key stands.
record Located(Origin key, Tree value) {

    /// Walks down; where the document ends early, its last value is the place.
    static Located in(Tree document, List<Object> steps) {
        var at = new Located(document.origin(), document);
        for (var step : steps) {
            at = at.below(step);
        }
        return at;
    }

    /// The place of a key below, or of this value if there is no such key.
    Origin keyOf(String name) {
        return value.entry(name).map(Tree.Entry::key).orElse(key);
    }

    private Located below(Object step) {
        if (step instanceof Integer index && index < value.itemsOrNone().size()) {
            var item = value.itemsOrNone().get(index);
            return new Located(item.origin(), item);
        }
        return value.entry(step.toString())
                .map(entry -> new Located(entry.key(), entry.value()))
                .orElse(this);
    }
}
