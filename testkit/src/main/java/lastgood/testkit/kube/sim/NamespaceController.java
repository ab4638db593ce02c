package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Gives a namespace its service account, and empties one that is to go.
record NamespaceController(Desk desk) implements Controller {

    @Override
    public void tick() {
        desk.each("namespaces", namespace -> {
            if (Desk.isDying(namespace)) {
                empty(namespace);
            } else if (desk.find("serviceaccounts", Desk.name(namespace), "default") == null) {
                desk.create(Json.object(
                        "apiVersion",
                        "v1",
                        "kind",
                        "ServiceAccount",
                        "metadata",
                        Json.object("name", "default", "namespace", Desk.name(namespace))));
            }
        });
    }

    private void empty(ObjectNode namespace) {
        var left = 0;
        for (var resource : desk.catalog().all()) {
            if (resource.namespaced()) {
                for (var object : desk.in(resource.qualified(), Desk.name(namespace))) {
                    left++;
                    if (!Desk.isDying(object)) {
                        desk.attempt(() -> desk.delete(object, "Background"));
                    }
                }
            }
        }
        if (left == 0 && Json.listHas(Json.at(namespace, "spec", "finalizers"), "kubernetes")) {
            var next = namespace.deepCopy();
            var finalizers = Json.child(next, "spec").putArray("finalizers");
            Json.texts(Json.at(namespace, "spec", "finalizers")).stream()
                    .filter(f -> !f.equals("kubernetes"))
                    .forEach(finalizers::add);
            desk.update(next);
        }
    }
}
