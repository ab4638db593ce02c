package lastgood.core;

/// One immutable state of a workload: artefact, command, environment and configuration together.
/// The digest is the identity; the version is what people call it.
public record Revision(Digest digest, Version version) {

    /// The same state, whatever it is called.
    public boolean sameAs(Revision other) {
        return digest.equals(other.digest);
    }

    @Override
    public String toString() {
        return "%s (%s)".formatted(version, digest.brief());
    }
}
