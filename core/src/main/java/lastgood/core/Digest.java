package lastgood.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// The SHA-256 of some content, written `sha256:` and 64 hexadecimal digits: the only identity that
/// survives renumbering, re-tagging and re-ordering.
public record Digest(String text) implements Comparable<Digest> {

    private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final String PREFIX = "sha256:";

    public Digest {
        Names.require(FORM, "digest", text, "write `sha256:` and 64 hexadecimal digits");
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
