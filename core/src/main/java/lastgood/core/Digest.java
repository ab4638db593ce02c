package lastgood.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The SHA-256 of some content, written `sha256:` and 64 hexadecimal digits: the only identity that
/// survives renumbering, re-tagging and re-ordering.
public record Digest(String text) implements Comparable<Digest> {

    private static final String PREFIX = "sha256:";

    public Digest {
        if (!isDigest(text)) {
            throw new InvalidName("digest `%s` is not valid: write `sha256:` and 64 hexadecimal digits"
                    .formatted(Names.printable(text)));
        }
    }

    /// By hand, because every record that is read holds several.
    private static boolean isDigest(String text) {
        return text.length() == PREFIX.length() + 64
                && text.startsWith(PREFIX)
                && text.chars().skip(PREFIX.length()).allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    public static Digest of(byte[] content) {
        return new Digest(PREFIX + HexFormat.of().formatHex(sha256().digest(content)));
    }

    public static Digest of(String content) {
        return of(content.getBytes(UTF_8));
    }

    /// A fresh SHA-256, for content too large to hold.
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// The first twelve digits: enough to tell releases apart on a screen.
    public String brief() {
        return text.substring(PREFIX.length(), PREFIX.length() + 12);
    }

    public boolean startsWith(String prefix) {
        return text.startsWith(prefix) || text.substring(PREFIX.length()).startsWith(prefix);
    }

    @Override
    public int compareTo(Digest other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
