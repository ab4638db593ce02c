package lastgood.config;

import org.jspecify.annotations.Nullable;

/// What an environment runs on.
public sealed interface Platform {

    /// This machine: processes behind a proxy.
    record Local() implements Platform {}

    /// A Kubernetes namespace.
    ///
    /// @param context the kubeconfig context; null: the current one
    record Cluster(String namespace, @Nullable String context) implements Platform {}
}
