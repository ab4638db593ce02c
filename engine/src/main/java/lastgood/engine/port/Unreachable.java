package lastgood.engine.port;

/// The world did not answer, or not in time: nobody can tell whether a change that was asked for has been
/// made. Whoever catches it looks again; nobody assumes.
public final class Unreachable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Unreachable(String message) {
        super(message);
    }

    public Unreachable(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
