package lastgood.local;

/// A value from the configuration, or where to find it if it must not be seen.
public sealed interface Setting {

    record Plain(String text) implements Setting {}

    /// A variable of the environment: the command line's when a release is staged, the agent's when it runs.
    record SecretEnv(String name) implements Setting {}

    /// A file, read when a release is staged and again when an instance starts. Its last line end does not count.
    record SecretFile(java.nio.file.Path path) implements Setting {}
}
