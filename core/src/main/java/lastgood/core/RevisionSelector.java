package lastgood.core;

import java.util.regex.Pattern;

/// Which release a person means. A relative word is resolved once, before anything is changed, to an
/// absolute release ([Ledger#select]); nothing after that knows the word.
public sealed interface RevisionSelector {

    /// A word whose meaning changes with what runs.
    sealed interface Relative extends RevisionSelector {}

    /// The newest good release older than the live one. Not "the one before": that may be the bad one.
    record Previous() implements Relative {}

    /// The newest good release, the live one included.
    record Good() implements Relative {}

    record ByVersion(Version version) implements RevisionSelector {}

    /// `sha256:` and at least six digits.
    record ByDigest(String prefix) implements RevisionSelector {}

    record ByNumber(int number) implements RevisionSelector {}

    Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");
    Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{6,64}");

    /// Reads `previous`, `good`, `v4.0.4`, `sha256:51ab…` or `41`.
    ///
    /// @throws InvalidName if it is none of these
    static RevisionSelector parse(String text) {
        if (text.equals("previous")) {
            return new Previous();
        }
        if (text.equals("good") || text.equals("last-good")) {
            return new Good();
        }
        if (NUMBER.matcher(text).matches()) {
            return new ByNumber(Integer.parseInt(text));
        }
        if (text.startsWith("sha256:")) {
            Names.require(DIGEST, "digest", text, "write `sha256:` and 6 to 64 hexadecimal digits");
            return new ByDigest(text);
        }
        return new ByVersion(new Version(text));
    }
}
