package lastgood.engine.port;

/// A change was refused because the world is no longer as it was seen; nothing was changed. Look again.
public final class WorldMoved extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WorldMoved(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
