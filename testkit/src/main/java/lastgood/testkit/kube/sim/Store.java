package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What etcd is to the real server: objects, one counter for all of them, and a log of what happened, from which
/// watches are replayed and the past is read.
///
/// A tree that is in here is never changed again; whoever wants to change it takes a copy. That is what makes handing
/// them out, keeping them in the log and comparing before with after cheap.
final class Store {

    /// Not 0: clients give 0 and small numbers a meaning of their own.
    private static final long FIRST = 100;

    private static final int LOG_MAX = 10_000;

    record Key(String resource, String namespace, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            var byResource = resource.compareTo(other.resource);
            if (byResource != 0) {
                return byResource;
            }
            var byNamespace = namespace.compareTo(other.namespace);
            return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
        }
    }

    /// One change. `object` is what is there now, or for a removal what was there last, with the version of its
    /// removal; `before` is null for something new.
    record Event(
            long version,
            Key key,
            boolean removed,
            ObjectNode object,
            @Nullable ObjectNode before) {}

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final NavigableMap<Key, ObjectNode> objects = new TreeMap<>();
    private final List<Event> log = new ArrayList<>();
    private long version = FIRST;
    private long oldest = FIRST;
    private int logMax = LOG_MAX;
    private Runnable beforeCommit = () -> {};

    <T> T locked(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    /// Runs before each change that `what` makes, and may refuse it by throwing.
    <T> T locked(Runnable beforeCommit, Supplier<T> what) {
        return locked(() -> {
            this.beforeCommit = beforeCommit;
            try {
                return what.get();
            } finally {
                this.beforeCommit = () -> {};
            }
        });
    }

    long version() {
        return locked(() -> version);
    }

    /// Changes up to this one are forgotten.
    long oldest() {
        return locked(() -> oldest);
    }

    @Nullable
    ObjectNode get(Key key) {
        return objects.get(key);
    }

    /// In order of namespace and name; of all namespaces if none is given.
    List<ObjectNode> list(String resource, String namespace) {
        return list(objects, resource, namespace);
    }

    private static List<ObjectNode> list(NavigableMap<Key, ObjectNode> from, String resource, String namespace) {
        var found = new ArrayList<ObjectNode>();
        for (var entry : from.tailMap(new Key(resource, namespace, "")).entrySet()) {
            var key = entry.getKey();
            if (!key.resource().equals(resource)
                    || (!namespace.isEmpty() && !key.namespace().equals(namespace))) {
                break;
            }
            found.add(entry.getValue());
        }
        return found;
    }

    /// As it was at that version.
    List<ObjectNode> listAt(long then, String resource, String namespace) {
        var past = new TreeMap<Key, ObjectNode>();
        objects.tailMap(new Key(resource, "", "")).forEach((key, object) -> {
            if (key.resource().equals(resource)) {
                past.put(key, object);
            }
        });
        for (var i = log.size() - 1; i >= 0 && log.get(i).version() > then; i--) {
            var event = log.get(i);
            if (event.key().resource().equals(resource)) {
                undo(past, event);
            }
        }
        return list(past, resource, namespace);
    }

    private static void undo(NavigableMap<Key, ObjectNode> past, Event event) {
        var before = event.before();
        if (before == null) {
            past.remove(event.key());
        } else {
            past.put(event.key(), before);
        }
    }

    ObjectNode put(Key key, ObjectNode object) {
        beforeCommit.run();
        var before = objects.get(key);
        version++;
        Json.child(object, "metadata").put("resourceVersion", Long.toString(version));
        objects.put(key, object);
        append(new Event(version, key, false, object, before));
        return object;
    }

    void remove(Key key) {
        beforeCommit.run();
        var before = objects.remove(key);
        if (before != null) {
            version++;
            var last = before.deepCopy();
            Json.child(last, "metadata").put("resourceVersion", Long.toString(version));
            append(new Event(version, key, true, last, before));
        }
    }

    private void append(Event event) {
        log.add(event);
        while (log.size() > logMax) {
            oldest = log.removeFirst().version();
        }
        changed.signalAll();
    }

    void logMax(int events) {
        locked(() -> logMax = events);
    }

    /// Forgets how it came to be as it is.
    void compact() {
        locked(() -> {
            log.clear();
            oldest = version;
            return true;
        });
    }

    /// All after that version, oldest first.
    List<Event> since(long after) {
        return locked(() -> {
            var from = log.size();
            while (from > 0 && log.get(from - 1).version() > after) {
                from--;
            }
            return List.copyOf(log.subList(from, log.size()));
        });
    }

    /// Returns when there is something newer, or the time is over.
    void awaitNewer(long than, Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var left = atMost.toNanos();
            while (version <= than && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Wakes who waits, though nothing changed.
    void stir() {
        locked(() -> {
            changed.signalAll();
            return true;
        });
    }
}
