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

/// The lock of a service is an object with a fixed name: the API server makes it once, and whoever is told that it is
/// there already reads whose it is, so two laptops cannot roll back the same service at once.
public final class KubeLocks implements Locks {

    /// Between being told that it is there and reading it, it may be given up; this often is no coincidence.
    private static final int TRIES = 10;

    private final Cabinet cabinet;
    private final Map<ServiceRef, String> namespaces;

    /// @param namespaces where each service lives
    public KubeLocks(Cabinet cabinet, Map<ServiceRef, String> namespaces) {
        this.cabinet = cabinet;
        this.namespaces = Map.copyOf(namespaces);
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
            switch (cabinet.create(Records.SERVICE_LOCK, namespace(service), lock(service, run))) {
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
        var object = cabinet.blank(Records.SERVICE_LOCK, namespace(service), service.service(), service.service());
        object.putObject("spec")
                .put("environment", service.environment())
                .put("service", service.service())
                .put("run", run.text());
        return object;
    }

    @Override
    public Optional<RunId> holder(ServiceRef service) {
        return find(service).map(this::run);
    }

    private Optional<JsonNode> find(ServiceRef service) {
        return cabinet.find(Records.SERVICE_LOCK, namespace(service), service.service());
    }

    private RunId run(JsonNode object) {
        return new RunId(object.path("spec").path("run").asText(""));
    }

    @Override
    public void release(ServiceRef service, RunId run) {
        var lock = find(service).filter(l -> run(l).equals(run));
        if (lock.isPresent()
                && cabinet.delete(Records.SERVICE_LOCK, namespace(service), lock.get())
                        instanceof Answer.Refused refused
                && !refused.refusal().notFound()
                && !refused.refusal().conflict()) {
            throw refused.failure();
        }
    }
}
