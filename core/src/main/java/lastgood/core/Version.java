package lastgood.core;

/// What people call a release, such as `v4.0.4`. A label, not an identity: two releases may bear the
/// same one, and then the digest decides.
public record Version(String text) {

    public Version {
        Names.require(
                Names.VERSION,
                "version",
                text,
                "use letters, digits and `.` `_` `+` `-`, at most 128, starting with a letter or digit");
    }

    @Override
    public String toString() {
        return text;
    }
}
