package lastgood.engine.journal;

import lastgood.core.RunId;

/// A journal that cannot be trusted: a record in its middle is unreadable, missing or altered. Nothing goes on
/// from there by itself; the message says where the break is and how to go on from the world as it stands.
public final class Damaged extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Damaged(String message) {
        super(message);
    }

    /// Says where a run's journal is broken, that nothing was changed, and how to go on.
    public static Damaged journal(RunId run, int record, String why) {
        return new Damaged(
                "the journal of %s is damaged at record %d: %s\nnothing goes on from a record that cannot be trusted, and nothing was changed now\nhint: look at the world with `lastgood status`, then begin a new run from there; `lastgood unlock` frees the service"
                        .formatted(run, record, why));
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
