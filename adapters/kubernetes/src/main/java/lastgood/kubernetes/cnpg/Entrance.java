package lastgood.kubernetes.cnpg;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// The Service of the team's own that the application connects to.
///
/// The Services that the operator makes (`NAME-rw`) belong to it and always lead to their own Cluster: an application
/// that connects to one of these cannot be led elsewhere by us.
record Entrance(Api api, CnpgDatabase database) {

    String name() {
        return database.entrance()
                .orElseThrow(() -> new Forbidden(
                        "no Service of the team's own stands before the Cluster %s, so the application cannot be led to another one\nnothing was changed\nhint: make a Service with the selector cnpg.io/cluster: %s, cnpg.io/instanceRole: primary, let the application and lastgood connect to it, and name it: services.%s.database.restore.service"
                                .formatted(
                                        database.cluster(),
                                        database.cluster(),
                                        database.service().service())));
    }

    JsonNode object() {
        var service = api.find(Kind.SERVICE, database.namespace(), name())
                .orElseThrow(() -> new Forbidden(
                        "there is no Service %s in %s\nnothing was changed".formatted(name(), database.namespace())));
        if (isTheOperators(service)) {
            throw new Forbidden("the Service %s is the operator's, who would lead it back at once\nnothing was changed"
                    .formatted(name()));
        }
        return service;
    }

    String leadsTo() {
        return leadsTo(object());
    }

    private static boolean isTheOperators(JsonNode service) {
        return Trees.items(service.path("metadata").path("ownerReferences"))
                .anyMatch(o -> o.path("kind").asText().equals("Cluster"));
    }

    /// The Cluster's name; what is neither a selector of one nor a name of its `-rw` is told as it is.
    static String leadsTo(JsonNode service) {
        if (service.path("spec").path("type").asText().equals("ExternalName")) {
            var first = externalName(service).split("\\.", 2)[0];
            return first.endsWith("-rw") ? first.substring(0, first.length() - "-rw".length()) : externalName(service);
        }
        return Optional.of(service.path("spec")
                        .path("selector")
                        .path(CnpgKinds.OF_CLUSTER)
                        .asText(""))
                .filter(s -> !s.isEmpty())
                .orElse("no Cluster");
    }

    /// Leads it from one Cluster to another.
    static void lead(JsonNode service, String from, String to, JsonPatch patch) {
        if (service.path("spec").path("type").asText().equals("ExternalName")) {
            patch.set("/spec/externalName", to + externalName(service).substring(from.length()));
        } else {
            patch.set("/spec/selector/" + JsonPatch.escape(CnpgKinds.OF_CLUSTER), to);
        }
    }

    private static String externalName(JsonNode service) {
        return service.path("spec").path("externalName").asText("");
    }
}
