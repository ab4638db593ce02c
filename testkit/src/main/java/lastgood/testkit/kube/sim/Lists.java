package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Collections: whole, by pages, and watched.
final class Lists {

    /// As long as the real server lets a watch live at least that names no end.
    private static final Duration WATCH = Duration.ofMinutes(30);

    /// What is left of a list after some pages. All pages show the same moment.
    private record Rest(List<ObjectNode> items, long version) {}

    private final Store store;
    private final Map<String, Rest> pages = new HashMap<>();
    private int lastPage;

    Lists(Store store) {
        this.store = store;
    }

    ObjectNode list(
            Resource resource,
            String version,
            String namespace,
            Request request,
            long at,
            UnaryOperator<ObjectNode> served) {
        var token = request.parameter("continue");
        var rest = token.isEmpty() ? matching(resource, namespace, request, at) : next(token);
        var limit = request.parameter("limit");
        var max = limit.isEmpty() || limit.equals("0") ? Integer.MAX_VALUE : Integer.parseInt(limit);
        var page = rest.items().subList(0, Math.min(max, rest.items().size()));
        var left = rest.items().subList(page.size(), rest.items().size());

        var metadata = Json.object("resourceVersion", Long.toString(rest.version()));
        if (!left.isEmpty()) {
            metadata.put("continue", remember(new Rest(List.copyOf(left), rest.version())));
            if (request.parameter("labelSelector").isEmpty()
                    && request.parameter("fieldSelector").isEmpty()) {
                metadata.put("remainingItemCount", left.size());
            }
        }
        var list = Json.object(
                "kind", resource.kind() + "List", "apiVersion", resource.apiVersion(version), "metadata", metadata);
        var items = list.putArray("items");
        page.forEach(item -> items.add(inList(resource, served.apply(item))));
        return list;
    }

    private Rest matching(Resource resource, String namespace, Request request, long at) {
        var selected = Selectors.ofQuery(request.parameter("labelSelector"), request.parameter("fieldSelector"));
        var current = store.version();
        var all = at < current
                ? store.listAt(at, resource.qualified(), namespace)
                : store.list(resource.qualified(), namespace);
        return new Rest(all.stream().filter(selected).toList(), Math.min(at, current));
    }

    private String remember(Rest rest) {
        var token = "page-" + ++lastPage;
        pages.put(token, rest);
        return token;
    }

    private Rest next(String token) {
        var rest = pages.get(token);
        if (rest == null || rest.version() < store.oldest()) {
            throw ApiFailure.pageExpired();
        }
        return rest;
    }

    /// Items of built-in kinds come without their kind; those of custom resources with it.
    private static JsonNode inList(Resource resource, ObjectNode item) {
        return resource.isCustom() ? item : item.deepCopy().without(List.of("kind", "apiVersion"));
    }

    WatchStream watch(
            Resource resource, String namespace, Request request, UnaryOperator<ObjectNode> served, int eventsMax) {
        var selected = Selectors.ofQuery(request.parameter("labelSelector"), request.parameter("fieldSelector"));
        var seconds = request.parameter("timeoutSeconds");
        var lasts = seconds.isEmpty() ? WATCH : Duration.ofSeconds(Long.parseLong(seconds));
        var asked = request.parameter("resourceVersion");
        var fresh = asked.isEmpty() || asked.equals("0");
        var from = fresh ? store.version() : Long.parseLong(asked);
        var scope = new WatchStream.Scope(resource.qualified(), namespace, selected, served);
        var stream = new WatchStream(store, scope, from, lasts, request.isOn("allowWatchBookmarks"), eventsMax);
        if (fresh) {
            store.list(resource.qualified(), namespace).stream()
                    .filter(selected)
                    .forEach(stream::add);
        } else if (from < store.oldest()) {
            stream.fail(ApiFailure.tooOld(from, store.oldest()));
        }
        return stream;
    }
}
