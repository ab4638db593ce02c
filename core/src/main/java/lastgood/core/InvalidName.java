package lastgood.core;

/// Text that may not name anything here. The message names the text, the rule it breaks, and is fit
/// for a person; nothing has been changed when it is thrown.
public final class InvalidName extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidName(String message) {
        super(message);
    }
}
