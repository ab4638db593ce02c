package lastgood.signals;

/// What somebody sent cannot be understood. Nothing of it was taken.
final class Malformed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Malformed(String message) {
        super(message);
    }
}
