package lastgood.core.schema;

import java.util.List;

/// What a release was seen to say.
///
/// @param search where names without a schema were looked for, as `search_path` is written
/// @param gap why more may be said than this; empty: that is all of it
public record Statements(List<TypedStatement> all, String search, String gap) {

    public Statements {
        all = List.copyOf(all);
    }

    public boolean complete() {
        return gap.isEmpty();
    }
}
