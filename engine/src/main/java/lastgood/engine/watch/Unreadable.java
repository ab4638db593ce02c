package lastgood.engine.watch;

/// A file that cannot be replayed. The message says why, and that nothing was decided on it.
public final class Unreadable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Unreadable(String file, String why, String hint) {
        super("could not replay %s: %s\nnothing was decided and nothing was changed\nhint: %s"
                .formatted(file, why, hint));
    }
}
