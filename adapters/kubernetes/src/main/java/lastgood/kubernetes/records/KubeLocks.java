package lastgood.kubernetes.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Locks;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;

/// The lock of a service is an object with a fixed name: the API server makes it once, and whoever is told that it is
/// there already reads whose it is. It is in the cluster even when journals are kept in a file, so that two laptops
/// cannot roll back the same service at once.
public final class KubeLocks implements Locks {

    /// Between being told that it is there and reading it, it may be given up; this often is no coincidence.
    private static final int TRIES = 10;

    private final Api api;
    private final Map<ServiceRef, String> namespaces;
    private final boolean installed;

    /// @param namespaces where each service lives
    /// @param installed whether our own kinds are there; else a Lease is the lock
    public KubeLocks(Api api, Map<ServiceRef, String> namespaces, boolean installed) {
        this.api = api;
        this.namespaces = Map.copyOf(namespaces);
        this.installed = installed;
    }

    private Kind kind() {
        return installed ? Records.SERVICE_LOCK : Kind.LEASE;
    }

    private String name(ServiceRef service) {
        return installed ? service.service() : "lastgood-lock-" + service.service();
    }

    private String namespace(ServiceRef service) {
        return Optional.ofNullable(namespaces.get(service))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(service)));
    }

    @Override
    public RunId acquire(ServiceRef service, RunId run) {
        for (var i = 0; i < TRIES; i++) {
            var holder = holder(service);
            if (holder.isPresent()) {
                return holder.get();
            }
            switch (api.create(kind(), namespace(service), lock(service, run))) {
                case Answer.Ok _ -> {
                    return run;
                }
                case Answer.Refused(var refusal, var _) when refusal.conflict() -> {}
                case Answer.Refused refused -> throw refused.failure();
            }
        }
        throw new Forbidden("the lock of %s comes and goes; nothing was changed".formatted(service));
    }

    private ObjectNode lock(ServiceRef service, RunId run) {
        var object = api.object(kind(), namespace(service), name(service));
        ((ObjectNode) object.path("metadata")).putObject("labels").put(Records.SERVICE_LABEL, service.service());
        if (installed) {
            object.putObject("spec")
                    .put("environment", service.environment())
                    .put("service", service.service())
                    .put("run", run.text());
        } else {
            object.putObject("spec").put("holderIdentity", run.text());
        }
        return object;
    }

    @Override
    public Optional<RunId> holder(ServiceRef service) {
        return find(service).map(this::run);
    }

    private Optional<JsonNode> find(ServiceRef service) {
        return api.find(kind(), namespace(service), name(service));
    }

    private RunId run(JsonNode object) {
        return new RunId(
                object.path("spec").path(installed ? "run" : "holderIdentity").asText(""));
    }

    @Override
    public void release(ServiceRef service, RunId run) {
        var lock = find(service).filter(l -> run(l).equals(run));
        if (lock.isPresent()
                && api.delete(kind(), namespace(service), name(service), lock.get()) instanceof Answer.Refused refused
                && !refused.refusal().notFound()
                && !refused.refusal().conflict()) {
            throw refused.failure();
        }
    }
}
