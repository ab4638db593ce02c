package lastgood.kubernetes.records;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Notices;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// Notices as Events of the workload they are about, where `kubectl describe` and every event exporter find them. An
/// Event is named after the notice, so the same one is there once.
public final class KubeNotices implements Notices {

    private static final int MESSAGE_MAX = 1024;

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Function<RunId, ServiceRef> serviceOf;
    private final InstantSource clock;

    public KubeNotices(
            Api api,
            Map<ServiceRef, KubeService> services,
            Function<RunId, ServiceRef> serviceOf,
            InstantSource clock) {
        this.api = api;
        this.services = Map.copyOf(services);
        this.serviceOf = serviceOf;
        this.clock = clock;
    }

    @Override
    public void send(RunId run, String id, String text) {
        var service = services.get(serviceOf.apply(run));
        if (service == null) {
            return;
        }
        var workload = service.strategy().main();
        var object = api.find(service.kind(workload).kind(), service.namespace(), workload);
        var event = api.object(
                Kind.EVENT,
                service.namespace(),
                "lastgood-%s-%s".formatted(run, Digest.of(id).brief()));
        var about = event.putObject("involvedObject")
                .put("kind", service.kind(workload).kind().kind())
                .put("namespace", service.namespace())
                .put("name", workload);
        object.ifPresent(o -> about.put("uid", Trees.uid(o))
                .put("apiVersion", o.path("apiVersion").asText()));
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        event.put("reason", "Lastgood")
                .put("message", text.length() > MESSAGE_MAX ? text.substring(0, MESSAGE_MAX - 1) + "…" : text)
                .put("type", "Normal")
                .put("firstTimestamp", now)
                .put("lastTimestamp", now)
                .put("count", 1);
        event.putObject("source").put("component", "lastgood");
        if (api.create(Kind.EVENT, service.namespace(), event) instanceof Answer.Refused refused
                && !refused.refusal().conflict()) {
            throw refused.failure();
        }
    }
}
