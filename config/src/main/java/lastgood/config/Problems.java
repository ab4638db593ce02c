package lastgood.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects what is wrong while reading goes on, so that all of it is said at once. The same problem seen twice
/// (a service is read once for each environment) is kept once.
final class Problems {

    private final Set<Problem> seen = new LinkedHashSet<>();

    void add(Problem problem) {
        seen.add(problem);
    }

    void add(Origin where, String path, String fact, String hint) {
        add(new Problem(where, path, fact, hint));
    }

    void addAll(Iterable<Problem> problems) {
        problems.forEach(this::add);
    }

    boolean isEmpty() {
        return seen.isEmpty();
    }

    List<Problem> inReadingOrder() {
        return seen.stream().sorted(Problem.IN_READING_ORDER).toList();
    }
}
