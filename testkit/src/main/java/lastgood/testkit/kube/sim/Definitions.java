package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lastgood.testkit.kube.sim.Registry.Intent;

/// Serves what custom resource definitions describe, and takes it away with them.
final class Definitions implements Controller {

    private final Registry registry;
    private final Set<String> defined = new HashSet<>();

    Definitions(Registry registry) {
        this.registry = registry;
    }

    @Override
    public void tick() {
        var definitions = registry.catalog().named("customresourcedefinitions.apiextensions.k8s.io");
        var there = new HashSet<String>();
        for (var definition : registry.store().list(definitions.qualified(), "")) {
            there.add(Json.text(definition, "metadata", "name"));
            registry.catalog().define(definition);
            establish(definitions, definition);
        }
        defined.stream().filter(name -> !there.contains(name)).forEach(this::forget);
        defined.clear();
        defined.addAll(there);
    }

    private void establish(Resource definitions, ObjectNode definition) {
        if (Json.at(definition, "status").has("acceptedNames")) {
            return;
        }
        var next = definition.deepCopy();
        var status = next.putObject("status");
        status.set("acceptedNames", Json.at(definition, "spec", "names"));
        status.set(
                "conditions",
                Json.array(List.of(
                        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                        condition("Established", "InitialNamesAccepted", "the initial names have been accepted"))));
        var stored = status.putArray("storedVersions");
        Json.eachObject(Json.at(definition, "spec", "versions"), v -> {
            if (v.path("storage").asBoolean()) {
                stored.add(v.path("name"));
            }
        });
        registry.update(
                Intent.of(definitions, "", Json.text(definition, "metadata", "name"), "kube-apiserver")
                        .on("status"),
                next);
    }

    private ObjectNode condition(String type, String reason, String message) {
        return Json.object(
                "type", type,
                "status", "True",
                "lastTransitionTime", registry.time(),
                "reason", reason,
                "message", message);
    }

    private void forget(String name) {
        for (var object : registry.store().list(name, "")) {
            registry.store()
                    .remove(new Store.Key(
                            name, Json.text(object, "metadata", "namespace"), Json.text(object, "metadata", "name")));
        }
        registry.catalog().forget(name);
    }
}
