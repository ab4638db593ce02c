package lastgood.kubernetes.scrape;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Api.PodPage;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Pods;
import lastgood.kubernetes.workloads.WorkloadKind;

/// The pods that take a service's requests, and the page on which each of them shows its counters.
///
/// Pods are reached through the API server's proxy: whoever runs lastgood need not be inside the cluster's network. It
/// takes one right more, `get` of `pods/proxy`.
public final class PodPages {

    /// A process with hundreds of routes shows two or three. More are not read, and the watch is blind then.
    static final int BYTES_MAX = 8 * 1024 * 1024;

    /// A pod that takes longer to show its counters answers nobody else in time, either.
    private static final Duration WITHIN = Duration.ofSeconds(2);

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Exposed.Defaults defaults;
    private final Map<ServiceRef, Map<String, Exposed.Found>> where = new ConcurrentHashMap<>();

    public PodPages(Api api, Map<ServiceRef, KubeService> services, Exposed.Defaults defaults) {
        this.api = api;
        this.services = Map.copyOf(services);
        this.defaults = defaults;
    }

    /// @param revision empty: its name does not tell, as with pods of a StatefulSet
    /// @param started the container that serves; empty: it does not run yet
    public record Pod(String name, Optional<Digest> revision, Optional<Instant> started) {}

    public sealed interface Shown {

        /// @param type its `Content-Type`; empty if it said none
        @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
        record Text(byte[] body, String type) implements Shown {}

        /// Nobody answers there, or only with a 5xx.
        record Silent(String why) implements Shown {}

        record Gone() implements Shown {}

        /// Nothing that the pod is to blame for.
        record Unusable(String why) implements Shown {}
    }

    /// Those that run, have an address, and are not on their way out.
    public List<Pod> of(ServiceRef ref) {
        var service = services.get(ref);
        if (service == null) {
            throw new Unreachable("%s is not configured for this cluster".formatted(ref));
        }
        var found = new ArrayList<Pod>();
        var places = new TreeMap<String, Exposed.Found>();
        for (var workload : service.strategyWorkloads()) {
            if (service.kind(workload) == WorkloadKind.CRON_JOB) {
                continue; // its pods answer nobody
            }
            api.find(service.kind(workload).kind(), service.namespace(), workload)
                    .ifPresent(object -> of(service, workload, object).forEach((pod, revision) -> {
                        found.add(new Pod(Trees.name(pod), revision, started(pod, service)));
                        places.put(Trees.name(pod), Exposed.of(pod, defaults));
                    }));
        }
        where.put(ref, places);
        return found;
    }

    private Map<JsonNode, Optional<Digest>> of(KubeService service, String workload, JsonNode object) {
        var owners = new HashMap<String, Optional<Digest>>();
        if (service.kind(workload) == WorkloadKind.DEPLOYMENT) {
            var place = Template.Place.of(object, service.maintenanceEnv());
            new Pods(api)
                    .replicaSets(service.namespace(), object)
                    .forEach(rs -> owners.put(
                            Trees.uid(rs),
                            Optional.of(Template.of(rs.path("spec").path("template"), place)
                                    .digest())));
        } else {
            owners.put(Trees.uid(object), Optional.empty());
        }
        var selector = Trees.selector(object.path("spec").path("selector"));
        var found = new HashMap<JsonNode, Optional<Digest>>();
        if (!selector.isEmpty()) {
            api.list(Kind.POD, service.namespace(), selector).stream()
                    .filter(PodPages::isThere)
                    .forEach(pod -> owners.forEach((uid, revision) -> {
                        if (Trees.ownedBy(pod, uid)) {
                            found.put(pod, revision);
                        }
                    }));
        }
        return found;
    }

    private static boolean isThere(JsonNode pod) {
        var status = pod.path("status");
        return status.path("phase").asText().equals("Running")
                && !status.path("podIP").asText().isEmpty()
                && !Trees.terminating(pod);
    }

    private static Optional<Instant> started(JsonNode pod, KubeService service) {
        var statuses = pod.path("status").path("containerStatuses");
        var name = service.container().orElse(service.service().service());
        var mine = statuses.path(0);
        for (var one : statuses) {
            mine = one.path("name").asText().equals(name) ? one : mine;
        }
        try {
            return Optional.of(Instant.parse(
                    mine.path("state").path("running").path("startedAt").asText()));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    /// @param pod by a name that [#of] gave
    public Shown read(ServiceRef ref, String pod) {
        var service = services.get(ref);
        var found = where.getOrDefault(ref, Map.of()).get(pod);
        if (service == null || found == null) {
            return new Shown.Gone();
        }
        return switch (found) {
            case Exposed.Found.Nowhere(var why) -> new Shown.Unusable(why);
            case Exposed.Found.At(var at) -> read(service, pod, at);
        };
    }

    private Shown read(KubeService service, String pod, Exposed at) {
        var page = api.page(service.namespace(), pod, at.scheme(), at.port(), at.path(), BYTES_MAX, WITHIN);
        return switch (page) {
            case PodPage.Text(var body, var type) -> new Shown.Text(body, type);
            case PodPage.TooMuch() -> new Shown.Unusable("it shows more than %d MB".formatted(BYTES_MAX / 1024 / 1024));
            case PodPage.Silent(var why) -> new Shown.Silent(why);
            case PodPage.Answered(var status)
            when status >= 500 -> new Shown.Silent("it answers %d at %s".formatted(status, at.path()));
            case PodPage.Answered(var status) ->
                new Shown.Unusable("it answers %d at port %d, %s; is that where it shows them?"
                        .formatted(status, at.port(), at.path()));
            case PodPage.Refused(var refusal) when refusal.notFound() -> new Shown.Gone();
            case PodPage.Refused(var refusal) ->
                new Shown.Unusable(refusal.toString().replace("\nhint: ", "; "));
        };
    }
}
