package lastgood.kubernetes.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import lastgood.engine.port.Forbidden;

/// Which API server to talk to, and as whom, found the way `kubectl` finds it: the kubeconfig that was named, else
/// `KUBECONFIG`, else `~/.kube/config`, else the service account of the pod we run in.
///
/// @param kubeconfig empty = as `kubectl` would
/// @param context of the kubeconfig; empty = its current one
/// @param inCluster whether to go by the service account of the pod we run in, and by no kubeconfig
/// @param as whom to impersonate; empty = nobody
/// @param program our name and version, as audit logs show it
public record Connection(
        Optional<Path> kubeconfig, Optional<String> context, boolean inCluster, Optional<String> as, String program) {

    /// Connecting to a server that is there takes milliseconds. This is for one that is not.
    private static final int CONNECT_MILLIS = 5_000;

    /// The API server itself gives up on a request after a minute; at 3 a.m. nobody waits that long for one look.
    private static final int REQUEST_MILLIS = 10_000;

    public static Connection usual(String program) {
        return new Connection(Optional.empty(), Optional.empty(), false, Optional.empty(), program);
    }

    /// @throws Forbidden if there is no such file or context
    Config config() {
        var config = read();
        as.ifPresent(config::setImpersonateUsername);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setRequestTimeout(REQUEST_MILLIS);
        // Only we know which request may be sent twice, so the library must not.
        config.setRequestRetryBackoffLimit(0);
        config.setUserAgent(program);
        return config;
    }

    private Config read() {
        try {
            kubeconfig.ifPresent(Connection::requireFile);
            if (inCluster) {
                return asThePodWeAreIn();
            }
            var config = kubeconfig
                    .map(file -> Config.fromKubeconfig(context.orElse(null), file.toFile()))
                    .orElseGet(() -> Config.autoConfigure(context.orElse(null)));
            requireContext(config);
            requireAddress(config);
            return new ConfigBuilder(config).build();
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new Forbidden("could not read the kubeconfig%s: %s\nnothing was changed"
                    .formatted(kubeconfig.map(k -> " " + k).orElse(""), e.getMessage()));
        }
    }

    /// The library only knows a switch for the whole process.
    private static synchronized Config asThePodWeAreIn() {
        var before = System.getProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY);
        System.setProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
        try {
            return new ConfigBuilder(Config.autoConfigure(null)).build();
        } finally {
            if (before == null) {
                System.clearProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY);
            } else {
                System.setProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, before);
            }
        }
    }

    private static void requireFile(Path file) {
        if (!Files.isReadable(file)) {
            throw new Forbidden(
                    "there is no kubeconfig %s, or it cannot be read\nnothing was changed\nhint: --kubeconfig FILE, or set KUBECONFIG"
                            .formatted(file));
        }
    }

    /// With nothing to go by, the library asks for the name that an API server has inside of a cluster.
    private static void requireAddress(Config config) {
        if (config.getCurrentContext() == null && config.getMasterUrl().startsWith(Config.DEFAULT_MASTER_URL)) {
            throw new Forbidden(
                    "there is no kubeconfig here, and this is no pod of a cluster: nobody says where the API server is\nnothing was changed\nhint: --kubeconfig FILE, or set KUBECONFIG");
        }
    }

    /// The library goes on with another one when the context is not there; that would be another cluster.
    private void requireContext(Config config) {
        var wanted = context.orElse("");
        var found = config.getCurrentContext();
        if (!wanted.isEmpty() && (found == null || !wanted.equals(found.getName()))) {
            var there = Optional.ofNullable(config.getContexts()).orElse(List.of()).stream()
                    .map(c -> c.getName())
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw new Forbidden("there is no context `%s` in the kubeconfig\nnothing was changed\nhint: %s"
                    .formatted(
                            wanted,
                            there.isEmpty()
                                    ? "no kubeconfig was found; --kubeconfig FILE names one"
                                    : "there are: " + there));
        }
    }
}
