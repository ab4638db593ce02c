package lastgood.config;

/// What an environment variable of an instance is set to.
public sealed interface EnvValue {

    /// As written in the file.
    record Plain(String text) implements EnvValue {}

    /// Fetched when an instance is started, and never stored with a release.
    record FromSecret(SecretRef ref) implements EnvValue {}
}
