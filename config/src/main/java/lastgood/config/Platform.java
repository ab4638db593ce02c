package lastgood.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What an environment runs on.
public sealed interface Platform {

    /// This machine: processes behind a proxy.
    ///
    /// @param counting who says what users got
    record Local(Counting counting) implements Platform {}

    /// Who says what the users of a service on this machine got.
    enum Counting {
        /// Its proxy sees each request, also those that nobody answers.
        AGENT,
        /// A Prometheus scrapes the instances themselves, as on a cluster.
        PROMETHEUS
    }

    /// A Kubernetes namespace, and the way to its API server. Two environments with an equal one share their records.
    ///
    /// @param context the kubeconfig context; null: the current one
    /// @param inCluster whether to go by the service account of the pod we run in, and by no kubeconfig
    /// @param kubeconfig absolute; null: found as `kubectl` finds it
    /// @param as whom to impersonate; null: nobody
    record Cluster(
            String namespace,
            @Nullable String context,
            boolean inCluster,
            @Nullable Path kubeconfig,
            @Nullable String as)
            implements Platform {

        /// The way that `kubectl` would take.
        public static Cluster of(String namespace) {
            return new Cluster(namespace, null, false, null, null);
        }

        public Cluster withContext(String name) {
            return new Cluster(namespace, name, inCluster, kubeconfig, as);
        }
    }
}
