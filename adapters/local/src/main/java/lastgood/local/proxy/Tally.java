package lastgood.local.proxy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was answered since somebody last asked, by instance.
final class Tally {

    /// Instances that answer within one second. More would be a mistake of ours, and must not fill the memory.
    private static final int INSTANCES_MAX = 500;

    private record Key(String revision, String workload, String instance) {}

    private static final class Cell {
        long requests;
        long errors;
        final TreeMap<Integer, Long> buckets = new TreeMap<>();
        final TreeMap<String, long[]> routes = new TreeMap<>();
    }

    private Map<Key, Cell> cells = new LinkedHashMap<>();

    synchronized void record(Answerer who, String instance, String route, int code, long micros) {
        var key = new Key(who.revision(), who.workload(), instance);
        if (!cells.containsKey(key) && cells.size() >= INSTANCES_MAX) {
            return;
        }
        var cell = cells.computeIfAbsent(key, _ -> new Cell());
        var bad = code >= 500 ? 1 : 0;
        cell.requests++;
        cell.errors += bad;
        cell.buckets.merge(Buckets.of(micros), 1L, Long::sum);
        var of = cell.routes.computeIfAbsent(route, _ -> new long[2]);
        of[0]++;
        of[1] += bad;
    }

    List<Answered> drain(String service) {
        Map<Key, Cell> taken;
        synchronized (this) {
            taken = cells;
            cells = new LinkedHashMap<>();
        }
        var all = new ArrayList<Answered>();
        taken.forEach((key, cell) -> all.add(new Answered(
                service,
                key.revision(),
                key.workload(),
                key.instance(),
                cell.requests,
                cell.errors,
                cell.buckets,
                cell.routes)));
        return all;
    }
}
