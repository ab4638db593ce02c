package lastgood.signals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import lastgood.core.ServiceRef;

/// Which service an alert is about, by its labels. An alert that names nobody, or more than one, is nobody's: to take
/// it for the wrong service would speak against a release that has nothing to do with it.
///
/// @param services those that this process watches
public record Routing(List<Watched> services) {

    /// Said on purpose, so they decide alone.
    private static final List<String> DECIDING = List.of("lastgood_service", "sloth_service");

    private static final List<String> NAMING =
            List.of("service", "app_kubernetes_io_name", "app", "deployment", "job", "container");

    private static final List<String> ENVIRONMENT = List.of("lastgood_environment", "environment", "env");

    private static final String NAMESPACE = "namespace";

    public Routing {
        services = List.copyOf(services);
    }

    /// @param names what labels may call it: its own name, its workload's
    /// @param namespace where it runs; empty = on no cluster
    /// @param securityReports whether `POST /security` counts for it (`triggers.security.webhook`)
    public record Watched(ServiceRef service, Set<String> names, String namespace, boolean securityReports) {
        public Watched {
            names = Set.copyOf(names);
        }
    }

    sealed interface Routed {
        record To(Watched to) implements Routed {}

        record Nobody(String why) implements Routed {}
    }

    Routed byLabels(Map<String, String> labels) {
        var deciding = DECIDING.stream().filter(labels::containsKey).findFirst();
        var named = deciding.map(Stream::of)
                .orElse(NAMING.stream())
                .flatMap(l -> Stream.ofNullable(labels.get(l)))
                .toList();
        return one(services.stream()
                .filter(s -> named.stream().anyMatch(s.names()::contains))
                .filter(s -> isIn(s, labels))
                .toList());
    }

    private static boolean isIn(Watched watched, Map<String, String> labels) {
        var environment =
                ENVIRONMENT.stream().filter(labels::containsKey).findFirst().map(labels::get);
        var namespace = labels.get(NAMESPACE);
        return environment.map(watched.service().environment()::equals).orElse(true)
                && (namespace == null
                        || watched.namespace().isEmpty()
                        || watched.namespace().equals(namespace));
    }

    /// @param environment empty = any
    Routed byName(String service, String environment) {
        return one(services.stream()
                .filter(s -> s.service().service().equals(service))
                .filter(s -> environment.isEmpty() || s.service().environment().equals(environment))
                .toList());
    }

    private static Routed one(List<Watched> found) {
        return switch (found.size()) {
            case 0 -> new Routed.Nobody("it is about no service that is watched here");
            case 1 -> new Routed.To(found.getFirst());
            default ->
                new Routed.Nobody("it may be about any of %s; a label `environment` or `namespace` would tell"
                        .formatted(
                                found.stream().map(w -> w.service().toString()).toList()));
        };
    }
}
