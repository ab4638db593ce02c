package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import lastgood.testkit.kube.sim.ApiFailure.Cause;
import org.jspecify.annotations.Nullable;

/// What makes the server answer 422, as far as a client of ours could cause it.
final class Validation {

    private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final String SUBDOMAIN_RULE =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                    + " characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com',"
                    + " regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final Set<String> FREE_NAMES = Set.of("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding");
    private static final Set<String> SELECTING = Set.of("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet");

    private final String kind;
    private final ObjectNode object;
    private final JsonNode spec;
    private final List<Cause> found = new ArrayList<>();

    private Validation(String kind, ObjectNode object) {
        this.kind = kind;
        this.object = object;
        this.spec = object.path("spec");
    }

    static List<Cause> wrong(String kind, ObjectNode object, @Nullable ObjectNode before) {
        var validation = new Validation(kind, object);
        validation.name();
        if (SELECTING.contains(kind)) {
            validation.workload();
        }
        if (kind.equals("Pod")) {
            validation.containers(validation.spec, "spec");
        }
        if (before != null) {
            validation.immutable(before);
        }
        return validation.found;
    }

    private void invalid(String field, JsonNode value, String why) {
        found.add(new Cause("FieldValueInvalid", "Invalid value: %s: %s".formatted(value, why), field));
    }

    private void required(String field) {
        found.add(new Cause("FieldValueRequired", "Required value", field));
    }

    private void name() {
        var name = Json.text(object, "metadata", "name");
        if (name.isEmpty()) {
            found.add(new Cause(
                    "FieldValueRequired", "Required value: name or generateName is required", "metadata.name"));
        } else if (!FREE_NAMES.contains(kind) && !nameFits(name)) {
            invalid("metadata.name", object.get("metadata").get("name"), SUBDOMAIN_RULE);
        }
    }

    private boolean nameFits(String name) {
        return switch (kind) {
            case "Namespace", "Service" -> LABEL.matcher(name).matches();
            default -> SUBDOMAIN.matcher(name).matches();
        };
    }

    private void workload() {
        if (spec.path("replicas").asInt(0) < 0) {
            invalid("spec.replicas", spec.get("replicas"), "must be greater than or equal to 0");
        }
        var selector = spec.path("selector");
        if (!selector.isObject() || selector.isEmpty()) {
            required("spec.selector");
        } else if (!Selectors.ofWorkload(selector).test(spec.path("template"))) {
            invalid(
                    "spec.template.metadata.labels",
                    Json.at(spec, "template", "metadata", "labels"),
                    "`selector` does not match template `labels`");
        }
        containers(Json.at(spec, "template", "spec"), "spec.template.spec");
    }

    private void containers(JsonNode pod, String path) {
        var containers = pod.path("containers");
        if (containers.isEmpty()) {
            required(path + ".containers");
        }
        for (var i = 0; i < containers.size(); i++) {
            var at = "%s.containers[%d]".formatted(path, i);
            if (Json.text(containers.get(i), "name").isEmpty()) {
                required(at + ".name");
            }
            if (Json.text(containers.get(i), "image").isEmpty()) {
                required(at + ".image");
            }
        }
    }

    private void immutable(ObjectNode before) {
        switch (kind) {
            case "Deployment", "ReplicaSet", "DaemonSet" -> fixed(before, "selector");
            case "StatefulSet" -> statefulSet(before);
            case "Pod" -> pod(before);
            case "ConfigMap", "Secret" -> sealedData(before);
            case "ControllerRevision" -> revision(before);
            default -> {
                // the rest may change
            }
        }
    }

    private void fixed(ObjectNode before, String field) {
        if (!Json.same(before.path("spec").path(field), spec.path(field))) {
            invalid("spec." + field, spec.path(field), "field is immutable");
        }
    }

    private void statefulSet(ObjectNode before) {
        var old = before.path("spec").deepCopy();
        var now = spec.deepCopy();
        for (var free : List.of("replicas", "template", "updateStrategy", "revisionHistoryLimit", "minReadySeconds")) {
            ((ObjectNode) old).remove(free);
            ((ObjectNode) now).remove(free);
        }
        if (!Json.same(old, now)) {
            found.add(new Cause(
                    "FieldValueForbidden",
                    "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and"
                            + " 'updateStrategy' are forbidden",
                    "spec"));
        }
    }

    private void pod(ObjectNode before) {
        var old = fixedOf(before.path("spec"));
        var now = fixedOf(spec);
        if (!Json.same(old, now)) {
            found.add(new Cause(
                    "FieldValueForbidden",
                    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                            + " `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations`"
                            + " (only additions to existing tolerations)",
                    "spec"));
        }
    }

    private static JsonNode fixedOf(JsonNode spec) {
        var fixed = (ObjectNode) spec.deepCopy();
        fixed.remove(List.of("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName"));
        Json.eachObject(fixed.path("containers"), c -> c.remove("image"));
        Json.eachObject(fixed.path("initContainers"), c -> c.remove("image"));
        return fixed;
    }

    private void sealedData(ObjectNode before) {
        if (before.path("immutable").asBoolean() && !Json.same(before.path("data"), object.path("data"))) {
            found.add(
                    new Cause("FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", "data"));
        }
    }

    private void revision(ObjectNode before) {
        if (!Json.same(before.path("data"), object.path("data"))) {
            invalid("data", object.path("data"), "field is immutable");
        }
    }
}
