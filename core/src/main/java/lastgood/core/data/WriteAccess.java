package lastgood.core.data;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who may write to a database, in absolute terms, so that it can be taken away and given back exactly as it was.
///
/// `default_transaction_read_only` is not among it: open sessions go on writing, and any session can switch it off.
///
/// @param connectionLimit of the database; -1 = no limit, 0 = nobody but superusers
/// @param logins for each role that could write, whether it may log in
public record WriteAccess(int connectionLimit, SortedMap<String, Boolean> logins) {

    public static final int NO_LIMIT = -1;

    public WriteAccess {
        if (connectionLimit < NO_LIMIT) {
            throw new IllegalArgumentException("a connection limit is -1 or more: " + connectionLimit);
        }
        logins = Collections.unmodifiableSortedMap(new TreeMap<>(logins));
    }

    /// The same roles, all shut out: the write fence.
    public WriteAccess closed() {
        var none = new TreeMap<>(logins);
        none.replaceAll((_, _) -> false);
        return new WriteAccess(0, none);
    }

    public boolean isClosed() {
        return connectionLimit == 0 && !logins.containsValue(true);
    }
}
