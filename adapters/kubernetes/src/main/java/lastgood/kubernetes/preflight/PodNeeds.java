package lastgood.kubernetes.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import lastgood.engine.port.Preflight.Problem;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Template;

/// What has to exist before a pod of a template can start. What the template calls optional is not among it.
///
/// @param account empty = the one that every namespace has
record PodNeeds(String account, Set<String> configMaps, Set<String> secrets, Set<String> pullSecrets) {

    PodNeeds {
        configMaps = new TreeSet<>(configMaps);
        secrets = new TreeSet<>(secrets);
        pullSecrets = new TreeSet<>(pullSecrets);
    }

    static PodNeeds of(JsonNode template) {
        var spec = template.path("spec");
        var configMaps = new TreeSet<String>();
        var secrets = new TreeSet<String>();
        for (var volume : spec.path("volumes")) {
            add(configMaps, volume.path("configMap"), "name");
            add(secrets, volume.path("secret"), "secretName");
            for (var source : volume.path("projected").path("sources")) {
                add(configMaps, source.path("configMap"), "name");
                add(secrets, source.path("secret"), "name");
            }
        }
        for (var container : Template.containers(template)) {
            for (var from : container.path("envFrom")) {
                add(configMaps, from.path("configMapRef"), "name");
                add(secrets, from.path("secretRef"), "name");
            }
            for (var variable : container.path("env")) {
                add(configMaps, variable.path("valueFrom").path("configMapKeyRef"), "name");
                add(secrets, variable.path("valueFrom").path("secretKeyRef"), "name");
            }
        }
        var pull = new TreeSet<String>();
        spec.path("imagePullSecrets").forEach(s -> add(pull, s, "name"));
        return new PodNeeds(spec.path("serviceAccountName").asText(""), configMaps, secrets, pull);
    }

    private static void add(Set<String> names, JsonNode reference, String key) {
        if (reference.path(key).isTextual() && !reference.path("optional").asBoolean(false)) {
            names.add(reference.path(key).asText());
        }
    }

    /// One look for each, because each may be forbidden by itself.
    ///
    /// @param made ConfigMaps that the plan itself puts back
    List<Look> looks(Api api, String namespace, Set<String> made) {
        var looks = new ArrayList<Look>();
        if (!account.isEmpty()) {
            looks.add(look(
                    api,
                    Kind.SERVICE_ACCOUNT,
                    namespace,
                    account,
                    Problem.block(
                            "there is no ServiceAccount %s in %s, under which the pods run: none could be made"
                                    .formatted(account, namespace),
                            "kubectl create serviceaccount %s -n %s".formatted(account, namespace))));
        }
        configMaps.stream()
                .filter(name -> !made.contains(name))
                .forEach(name -> looks.add(
                        look(api, Kind.CONFIG_MAP, namespace, name, neverStart("ConfigMap", name, namespace))));
        secrets.forEach(
                name -> looks.add(look(api, Kind.SECRET, namespace, name, neverStart("Secret", name, namespace))));
        pullSecrets.forEach(name -> looks.add(look(
                api,
                Kind.SECRET,
                namespace,
                name,
                Problem.remark(
                        "there is no Secret %s in %s, with which images are pulled: a node that has none of them may not get them"
                                .formatted(name, namespace),
                        ""))));
        return looks;
    }

    private static Problem neverStart(String kind, String name, String namespace) {
        return Problem.block(
                "there is no %s %s in %s, which the pods read: they would never start".formatted(kind, name, namespace),
                "make it again, with what it held");
    }

    private static Look look(Api api, Kind kind, String namespace, String name, Problem absent) {
        return new Look(
                "%s %s".formatted(kind.kind(), name),
                () -> api.find(kind, namespace, name).isPresent() ? List.of() : List.of(absent));
    }
}
