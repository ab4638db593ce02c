package lastgood.demo.server;

import java.util.ArrayList;
import java.util.List;

/// A small graph in memory, the same in every instance. One node in five came in before edges had weights.
final class Graph implements Store {

    static final int NODES = 1000;

    /// Of so many nodes the first has edges without weights.
    static final int UNWEIGHTED_ONE_IN = 5;

    private static final int[] STRIDES = {1, 7, 31, 211};

    private final Behaviour behaviour;

    Graph(Behaviour behaviour) {
        this.behaviour = behaviour;
    }

    @Override
    public List<Edge> neighbours(int node) throws Broken {
        requireStore();
        var edges = new ArrayList<Edge>();
        for (var stride : STRIDES) {
            var to = (node + stride) % NODES;
            edges.add(new Edge(to, weight(node, to)));
        }
        return edges;
    }

    private double weight(int from, int to) throws Broken {
        if (from % UNWEIGHTED_ONE_IN != 0) {
            return 1.0 / (1 + Math.abs(from - to) % 10);
        }
        if (behaviour.weightsRequired()) {
            throw new Broken("edge %d-%d has no weight".formatted(from, to));
        }
        return 1;
    }

    /// Nodes whose name holds the text. Without its index it has to read the whole store, which takes its time; there
    /// is no real store behind this, so the time is waited out.
    @Override
    public List<Integer> search(String text) throws Broken, InterruptedException {
        requireStore();
        if (!behaviour.searchIndexed()) {
            Thread.sleep(WITHOUT_INDEX_MILLIS);
        }
        var found = new ArrayList<Integer>();
        for (var node = 0; node < NODES && found.size() < 10; node++) {
            if (Integer.toString(node).contains(text)) {
                found.add(node);
            }
        }
        return found;
    }

    private static final int WITHOUT_INDEX_MILLIS = 1200;

    @Override
    public void login(String user) throws Broken {
        requireStore();
    }

    private void requireStore() throws Broken {
        if (!behaviour.storeReachable()) {
            throw new Broken("the graph store cannot be found: no such host");
        }
    }
}
