package lastgood.testkit.kube.sim;

/// The connection broke before the answer came; whether the request was carried out is not to be seen from here.
public final class ConnectionLost extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConnectionLost(String what) {
        super("connection reset: " + what, null, false, false);
    }
}
