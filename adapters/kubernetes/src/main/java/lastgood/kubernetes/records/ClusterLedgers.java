package lastgood.kubernetes.records;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.engine.journal.LedgerJson;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;

/// Ledgers as `Ledger` objects, one a service. All entries of an append are written in one request under the
/// `resourceVersion` of what was read, so all of them are there or none.
public final class ClusterLedgers implements Ledgers {

    private final Cabinet cabinet;
    private final Map<ServiceRef, String> namespaces;

    public ClusterLedgers(Cabinet cabinet, Map<ServiceRef, String> namespaces) {
        this.cabinet = cabinet;
        this.namespaces = Map.copyOf(namespaces);
    }

    private String namespace(ServiceRef service) {
        return Optional.ofNullable(namespaces.get(service))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(service)));
    }

    private Optional<JsonNode> find(ServiceRef service) {
        return cabinet.find(Records.LEDGER, namespace(service), service.service());
    }

    @Override
    public Ledger read(ServiceRef service) {
        return find(service).map(o -> ledger(service, o)).orElse(Ledger.empty(service));
    }

    private static Ledger ledger(ServiceRef service, JsonNode object) {
        var entries = new ArrayList<LedgerEntry>();
        for (var line : object.path("spec").path("entries")) {
            try {
                entries.add(LedgerJson.entry(Api.JSON.readTree(line.asText())));
            } catch (IOException | RuntimeException e) {
                throw new Forbidden(
                        "the ledger of %s, entry %d, cannot be understood: %s; nothing was changed\nhint: if a newer lastgood wrote it, use that one"
                                .formatted(service, entries.size() + 1, e.getMessage()));
            }
        }
        return new Ledger(service, entries);
    }

    @Override
    public void append(Ledger seen, List<LedgerEntry> entries) {
        var service = seen.service();
        var there = find(service);
        var now = there.map(o -> ledger(service, o)).orElse(Ledger.empty(service));
        var missing = entries.stream().filter(e -> !now.has(e.key())).toList();
        if (missing.isEmpty()) {
            return;
        }
        if (!now.entries().equals(seen.entries())) {
            throw moved(service);
        }
        var after = now;
        for (var entry : missing) {
            after = after.with(entry);
        }
        var object = there.map(o -> (ObjectNode) o.deepCopy()).orElseGet(() -> fresh(service));
        var spec = object.withObject("/spec");
        spec.put("environment", service.environment()).put("service", service.service());
        if (spec.path("entries") instanceof ArrayNode lines) {
            missing.forEach(e -> lines.add(text(e)));
        } else {
            var lines = spec.putArray("entries");
            missing.forEach(e -> lines.add(text(e)));
        }
        summary(after, spec);
        switch (there.isPresent()
                ? cabinet.replace(Records.LEDGER, namespace(service), object)
                : cabinet.create(Records.LEDGER, namespace(service), object)) {
            case Answer.Ok _ -> {}
            case Answer.Refused(var refusal, var _) when refusal.conflict() -> throw moved(service);
            case Answer.Refused refused -> throw refused.failure();
        }
    }

    private static WorldMoved moved(ServiceRef service) {
        return new WorldMoved("the ledger of %s is no longer as it was read; nothing was changed".formatted(service));
    }

    private ObjectNode fresh(ServiceRef service) {
        return cabinet.blank(Records.LEDGER, namespace(service), service.service(), service.service());
    }

    /// For `kubectl get ledgers`; written in the same request as what it is read off, and read back by nobody.
    private static void summary(Ledger ledger, ObjectNode spec) {
        spec.put("live", ledger.live().map(Release::toString).orElse(""));
        spec.put(
                "liveStanding",
                ledger.live().map(l -> ledger.standing(l.number()).word()).orElse(""));
        spec.put("releases", ledger.releases().size());
    }

    private static String text(LedgerEntry entry) {
        try {
            return Api.JSON.writeValueAsString(LedgerJson.tree(entry));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
