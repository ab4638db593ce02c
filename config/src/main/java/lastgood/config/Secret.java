package lastgood.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A value that must not be seen: not in logs, plans, evidence or messages. Ask for it with [#reveal()] in the one
/// line that needs it.
public final class Secret {

    private final String value;

    public Secret(String value) {
        this.value = value;
    }

    /// The value itself. Do not put the result into anything that is kept or printed.
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        // constant time, so that comparing with what someone sent does not tell how much of it was right
        return other instanceof Secret that
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), that.value.getBytes(StandardCharsets.UTF_8));
    }

    /// The same for every secret: a hash in a log would let a short one be guessed.
    @Override
    public int hashCode() {
        return 1;
    }

    @Override
    public String toString() {
        return "********";
    }
}
