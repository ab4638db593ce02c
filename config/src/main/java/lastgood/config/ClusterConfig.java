package lastgood.config;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a service runs on a cluster.
///
/// @param workload what runs it
/// @param strategyWorkloads the workloads that the strategy moves traffic between, of the same kind as `workload`:
///     one; for blue-green one for each colour, in the order of the colours; for a canary the main one and the canary
/// @param traffic what decides which of them users get
/// @param companions workloads that go back together with the service and get no requests: a worker, a nightly job
/// @param versionFrom what a release is called after
/// @param configMaps that go back with the pods; empty: those that the pods name
/// @param secrets what is done about secrets
/// @param maintenanceEnv the environment variable that shows users the maintenance page; null: there is none
public record ClusterConfig(
        Workload workload,
        List<String> strategyWorkloads,
        Traffic traffic,
        List<WorkloadRef> companions,
        VersionFrom versionFrom,
        List<String> configMaps,
        Secrets secrets,
        @Nullable String maintenanceEnv) {

    public ClusterConfig {
        strategyWorkloads = List.copyOf(strategyWorkloads);
        companions = List.copyOf(companions);
        configMaps = List.copyOf(configMaps);
        if (strategyWorkloads.isEmpty() || new LinkedHashSet<>(strategyWorkloads).size() != strategyWorkloads.size()) {
            throw new IllegalArgumentException("the workloads of a strategy are different: " + strategyWorkloads);
        }
    }

    /// What Kubernetes calls it, and the short names that `kubectl` understands too.
    public enum Kind {
        DEPLOYMENT("Deployment", "deploy", "apps"),
        STATEFUL_SET("StatefulSet", "sts", "apps"),
        DAEMON_SET("DaemonSet", "ds", "apps"),
        /// Only as a companion: it serves nobody.
        CRON_JOB("CronJob", "cj", "batch");

        private final String word;
        private final String shortName;
        private final String group;

        Kind(String word, String shortName, String group) {
            this.word = word;
            this.shortName = shortName;
            this.group = group;
        }

        /// As in a manifest: `StatefulSet`.
        public String word() {
            return word;
        }

        /// The shortest name that `kubectl` understands: `sts`.
        public String shortName() {
            return shortName;
        }

        /// Every name that `kubectl` understands, in lower case: `sts`, `statefulset`, `statefulsets.apps` and so on.
        public List<String> names() {
            var one = word.toLowerCase(Locale.ROOT);
            return List.of(shortName, one, one + "s", one + "." + group, one + "s." + group);
        }

        static Optional<Kind> of(String word) {
            return Arrays.stream(values()).filter(k -> k.word.equals(word)).findFirst();
        }

        /// Those that can serve users.
        public static Stream<Kind> serving() {
            return Stream.of(DEPLOYMENT, STATEFUL_SET, DAEMON_SET);
        }
    }

    /// @param container whose image names the version; null: the one named like the service, else the first
    /// @param selector the pods, as in `app=web`; null: those that the workload owns
    public record Workload(
            Kind kind,
            String name,
            @Nullable String container,
            @Nullable String selector) {}

    /// What people call a release.
    public sealed interface VersionFrom {
        record ImageTag() implements VersionFrom {}

        record Label(String key) implements VersionFrom {}

        record Annotation(String key) implements VersionFrom {}
    }

    /// What decides where users' requests go.
    public sealed interface Traffic {

        /// A Service that always finds the one workload: there is nothing to move.
        record Fixed() implements Traffic {}

        /// The label in a Service's selector that names the colour.
        record Selector(String service, String key) implements Traffic {}

        /// One Service finds both workloads, and each gets its share of the pods.
        record Replicas() implements Traffic {}

        /// Weights between two Services, of a Gateway API HTTPRoute or an Istio VirtualService.
        record Route(RouteKind kind, String name, String stable, String canary) implements Traffic {}
    }

    public enum RouteKind {
        HTTP_ROUTE,
        VIRTUAL_SERVICE
    }

    /// @param names those that are looked at; empty: those that the pods name
    public record Secrets(List<String> names, Mode mode) {
        public Secrets {
            names = List.copyOf(names);
        }

        /// Old credentials are never written back: whoever replaced them had a reason.
        public enum Mode {
            IGNORE,
            /// Say so when a secret is not what it was when the release was live.
            VERIFY
        }
    }

    /// Kinds by name: everything that belongs to the service.
    public List<WorkloadRef> all() {
        return Stream.concat(
                        strategyWorkloads.stream().map(n -> new WorkloadRef(workload.kind(), n)), companions.stream())
                .toList();
    }
}
