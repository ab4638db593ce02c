package lastgood.demo.server;

import java.util.List;

/// Where the graph is kept.
interface Store {

    /// @param weight how far it is; always more than nothing
    record Edge(int to, double weight) {}

    List<Edge> neighbours(int node) throws Broken, InterruptedException;

    /// Nodes whose name holds the text.
    List<Integer> search(String text) throws Broken, InterruptedException;

    void login(String user) throws Broken, InterruptedException;

    /// An edge, or a store, that is not as the code expects.
    final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String why) {
            super(why);
        }
    }
}
