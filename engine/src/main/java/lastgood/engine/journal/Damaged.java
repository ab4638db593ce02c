package lastgood.engine.journal;

/// A journal that cannot be trusted: a record in its middle is unreadable, missing or altered. Nothing goes on
/// from there by itself; the message says where the break is and how to go on from the world as it stands.
public final class Damaged extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Damaged(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
