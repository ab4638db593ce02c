package lastgood.engine.port;

/// The world understood and will not do it, now or on a second try: a missing right, an impossible value.
/// Nothing was changed. The message says what is missing and how to get it.
public final class Forbidden extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Forbidden(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
