package lastgood.local.proxy;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whose turn it is, by weight: of each hundred requests in a row every workload gets exactly its parts, spread
/// evenly (the "smooth weighted" turns of nginx). Not random, so that a canary of 5 % gets 5 of 100, not 0 to 11.
final class WeightedTurns {

    private final Map<String, Integer> credit = new HashMap<>();
    private SortedMap<String, Integer> weights = new TreeMap<>();

    /// The workload whose turn it is, and then the others that may stand in, the heaviest first. Empty if nobody has
    /// any weight.
    synchronized List<String> next(SortedMap<String, Integer> wanted) {
        if (!wanted.equals(weights)) {
            weights = new TreeMap<>(wanted);
            weights.values().removeIf(w -> w <= 0);
            credit.clear();
        }
        if (weights.isEmpty()) {
            return List.of();
        }
        if (weights.size() == 1) {
            return List.of(weights.firstKey());
        }
        weights.forEach((name, weight) -> credit.merge(name, weight, Integer::sum));
        var chosen = weights.keySet().stream()
                .max(Comparator.comparingInt(name -> credit.getOrDefault(name, 0)))
                .orElseThrow();
        credit.merge(chosen, -weights.values().stream().mapToInt(w -> w).sum(), Integer::sum);
        var order = new java.util.ArrayList<>(weights.keySet());
        order.sort(Comparator.comparing((String name) -> !name.equals(chosen))
                .thenComparing(name -> -weights.getOrDefault(name, 0)));
        return List.copyOf(order);
    }
}
