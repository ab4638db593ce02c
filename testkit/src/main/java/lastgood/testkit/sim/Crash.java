package lastgood.testkit.sim;

/// The process died here. An Error, so that no handler of exceptions mistakes it for the world's answer.
public final class Crash extends Error {

    private static final long serialVersionUID = 1L;

    public Crash(String where) {
        super(where, null, false, false);
    }
}
