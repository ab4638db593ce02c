package lastgood.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which service of the file calls which other. Services are put out in the order in which they are called and go
/// back in the opposite one: whoever depends on something must not meet an older version of it.
///
/// Others than the services of the file (a database, somebody else's service) may be named; they are never rolled
/// back and have no place in the order.
final class Dependencies {

    /// Service to those it calls.
    private final Map<String, Set<String>> upstream;

    private Dependencies(Map<String, Set<String>> upstream) {
        this.upstream = upstream;
    }

    /// @param environment whose own settings count too; null: none
    static Dependencies of(Tree document, @Nullable String environment) {
        var services = document.at("services").map(Tree::entriesOrNone).orElse(Map.of());
        var upstream = new LinkedHashMap<String, Set<String>>();
        services.keySet().forEach(name -> upstream.put(name, new LinkedHashSet<>()));
        services.forEach((name, entry) -> {
            names(entry.value(), environment, "upstream")
                    .filter(upstream::containsKey)
                    .forEach(called -> upstream.getOrDefault(name, Set.of()).add(called));
            names(entry.value(), environment, "downstream")
                    .filter(upstream::containsKey)
                    .forEach(caller -> upstream.getOrDefault(caller, Set.of()).add(name));
        });
        return new Dependencies(upstream);
    }

    private static Stream<String> names(Tree service, @Nullable String environment, String key) {
        var own = environment == null
                ? Optional.<Tree>empty()
                : service.at("environments").flatMap(all -> all.at(environment));
        return own
                .flatMap(tree -> tree.at("dependencies"))
                .flatMap(tree -> tree.at(key))
                .or(() -> service.at("dependencies").flatMap(tree -> tree.at(key)))
                .map(Tree::itemsOrNone)
                .orElse(List.of())
                .stream()
                .flatMap(item -> item.scalar().stream());
    }

    /// The services in the order in which they go back; where nothing decides, in the order they were given.
    List<String> dependentsFirst(Collection<String> services) {
        var left = new ArrayList<>(services);
        var ordered = new ArrayList<String>();
        while (!left.isEmpty()) {
            var next = left.stream()
                    .filter(one -> left.stream().noneMatch(other -> !other.equals(one) && reaches(other, one)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("a circle is refused when the file is read"));
            left.remove(next);
            ordered.add(next);
        }
        return ordered;
    }

    /// The services of the file that call it, in the file's order.
    List<String> callersOf(String service) {
        return upstream.entrySet().stream()
                .filter(e -> e.getValue().contains(service))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// One circle for each knot of services that call each other: `[web, api, web]`.
    List<List<String>> circles() {
        var circles = new ArrayList<List<String>>();
        var told = new LinkedHashSet<String>();
        for (var service : upstream.keySet()) {
            if (!told.contains(service)) {
                path(service, service).ifPresent(circle -> {
                    circles.add(circle);
                    told.addAll(circle);
                });
            }
        }
        return circles;
    }

    private boolean reaches(String from, String to) {
        return path(from, to).isPresent();
    }

    /// The shortest way along the calls, one step at least.
    private Optional<List<String>> path(String from, String to) {
        var ways = new ArrayDeque<List<String>>(List.of(List.of(from)));
        var seen = new LinkedHashSet<String>();
        while (!ways.isEmpty()) {
            var way = ways.remove();
            for (var next : upstream.getOrDefault(way.getLast(), Set.of())) {
                var longer = Stream.concat(way.stream(), Stream.of(next)).toList();
                if (next.equals(to)) {
                    return Optional.of(longer);
                }
                if (seen.add(next)) {
                    ways.add(longer);
                }
            }
        }
        return Optional.empty();
    }
}
