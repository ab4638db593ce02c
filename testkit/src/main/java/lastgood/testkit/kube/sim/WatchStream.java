package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A watch as it is read: first what the log holds since the version asked for, then what happens.
///
/// An object that leaves the selection is reported as deleted and one that enters it as added, as the real server
/// does; a client that counts on `MODIFIED` for either is wrong.
public final class WatchStream implements AutoCloseable {

    /// What is watched.
    record Scope(String resource, String namespace, Predicate<JsonNode> selected, UnaryOperator<ObjectNode> served) {}

    private final Store store;
    private final Scope scope;
    private final Deque<ObjectNode> ready = new ArrayDeque<>();
    private final boolean bookmarks;
    private final long endsAt;
    private long seen;
    private int left;
    private volatile boolean closed;

    WatchStream(Store store, Scope scope, long from, Duration lasts, boolean bookmarks, int eventsMax) {
        this.store = store;
        this.scope = scope;
        this.seen = from;
        this.bookmarks = bookmarks;
        this.left = eventsMax;
        this.endsAt = System.nanoTime() + lasts.toNanos();
    }

    /// Before the rest: what is there already.
    void add(ObjectNode object) {
        ready.add(event("ADDED", scope.served().apply(object)));
    }

    void fail(ApiFailure failure) {
        ready.add(event("ERROR", failure.status()));
        closed = true;
    }

    /// The next event; null if none came in that time. See [#ended].
    public @Nullable ObjectNode next(Duration atMost) throws InterruptedException {
        var giveUpAt = System.nanoTime() + atMost.toNanos();
        while (true) {
            if (left <= 0) {
                close();
                return null;
            }
            if (!ready.isEmpty()) {
                left--;
                return ready.poll();
            }
            var wait = Math.min(giveUpAt, endsAt) - System.nanoTime();
            if (closed || wait <= 0) {
                return atTheEnd();
            }
            store.awaitNewer(seen, Duration.ofNanos(wait));
            read();
        }
    }

    private @Nullable ObjectNode atTheEnd() {
        if (closed || System.nanoTime() < endsAt) {
            return null;
        }
        closed = true;
        return bookmarks ? bookmark() : null;
    }

    private ObjectNode bookmark() {
        var object = Json.object("metadata", Json.object("resourceVersion", Long.toString(seen)));
        return event("BOOKMARK", scope.served().apply(object));
    }

    /// There is nothing more to come.
    public boolean ended() {
        return closed && (ready.isEmpty() || left <= 0);
    }

    private void read() {
        if (store.oldest() > seen) {
            fail(ApiFailure.tooOld(seen, store.oldest()));
            return;
        }
        for (var event : store.since(seen)) {
            seen = event.version();
            if (event.key().resource().equals(scope.resource())
                    && (scope.namespace().isEmpty()
                            || scope.namespace().equals(event.key().namespace()))) {
                report(event);
            }
        }
    }

    private void report(Store.Event event) {
        var before = event.before();
        var was = before != null && scope.selected().test(before);
        var is = !event.removed() && scope.selected().test(event.object());
        if (was && is) {
            ready.add(event("MODIFIED", scope.served().apply(event.object())));
        } else if (is) {
            ready.add(event("ADDED", scope.served().apply(event.object())));
        } else if (was) {
            ready.add(event("DELETED", scope.served().apply(event.object())));
        }
    }

    private static ObjectNode event(String type, ObjectNode object) {
        return Json.object().put("type", type).set("object", object);
    }

    @Override
    public void close() {
        closed = true;
        store.stir();
    }
}
