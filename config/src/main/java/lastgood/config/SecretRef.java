package lastgood.config;

/// Where a secret is kept. The configuration holds references only; see [SecretReader] for the values.
///
/// `toString` is the reference as it is written in the file and is fit for printing.
public sealed interface SecretRef {

    /// An environment variable of the process that runs lastgood.
    record Env(String name) implements SecretRef {
        @Override
        public String toString() {
            return "{env: %s}".formatted(name);
        }
    }

    /// A file; a relative path counts from the folder of the configuration file.
    record InFile(String path) implements SecretRef {
        @Override
        public String toString() {
            return "{file: %s}".formatted(path);
        }
    }

    /// A key of a Kubernetes secret.
    record InCluster(String secret, String key) implements SecretRef {
        @Override
        public String toString() {
            return "{secretRef: %s/%s}".formatted(secret, key);
        }
    }

    /// A command that prints it.
    record Exec(String command) implements SecretRef {
        @Override
        public String toString() {
            return "{exec: %s}".formatted(command);
        }
    }
}
