package lastgood.kubernetes.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;

/// Makes the pod of a command out of the pod template of a release.
///
/// What the program needs to run stays: image, environment, volumes, account, pull secrets, security context, limits,
/// where it may be scheduled. What makes the pod one *of the service* goes:
///
/// - probes, ports, readiness gates, labels: no Service may find it and no request reach it;
/// - lifecycle hooks: they speak of a server that comes and goes;
/// - sidecars and init containers: a sidecar never ends, so the Job would not either, and an init container of the
/// newer
///   release is likely to apply the very migration that is to be undone;
/// - spread and affinity among pods, host names: rules for replicas;
/// - annotations: they ask for injections and scrapes. Meshes are told not to inject theirs.
///
/// A claim that a StatefulSet makes for each pod does not exist for this one; the path is there, and empty.
final class CommandPod {

    /// Found by this label and by no Service's selector.
    static final String LABEL = "lastgood.dev/command";

    private static final List<String> OF_THE_SERVICE = List.of(
            "containers",
            "initContainers",
            "ephemeralContainers",
            "readinessGates",
            "topologySpreadConstraints",
            "hostname",
            "subdomain",
            "setHostnameAsFQDN",
            "nodeName",
            "shareProcessNamespace",
            "activeDeadlineSeconds",
            "restartPolicy");

    private static final List<String> OF_A_SERVER = List.of(
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
            "ports",
            "stdin",
            "stdinOnce",
            "tty",
            "restartPolicy",
            "resizePolicy",
            "args");

    private CommandPod() {}

    /// @param release the pod template of the release whose program it is
    /// @param container the one that has the program
    /// @param image its image, by digest where that is known
    static ObjectNode template(JsonNode release, JsonNode container, String image, Command command, String job) {
        var template = Api.JSON.createObjectNode();
        var metadata = template.putObject("metadata");
        metadata.putObject("labels")
                .put("app.kubernetes.io/managed-by", Api.MANAGER)
                .put("sidecar.istio.io/inject", "false")
                .put(LABEL, job);
        metadata.putObject("annotations")
                .put("sidecar.istio.io/inject", "false")
                .put("linkerd.io/inject", "disabled");
        var spec = (ObjectNode) release.path("spec").deepCopy();
        spec.remove(OF_THE_SERVICE);
        if (spec.path("affinity") instanceof ObjectNode affinity) {
            affinity.remove(List.of("podAffinity", "podAntiAffinity"));
        }
        spec.put("restartPolicy", "Never");
        spec.putArray("containers").add(container(container, image, command));
        volumesForAll(spec);
        template.set("spec", spec);
        return template;
    }

    private static ObjectNode container(JsonNode of, String image, Command command) {
        var container = (ObjectNode) of.deepCopy();
        container.remove(OF_A_SERVER);
        container.put("image", image);
        var words = container.putArray("command");
        command.words().forEach(w -> words.add(literally(w)));
        Template.with(container, "LASTGOOD_KEY", literally(command.fence().key()));
        command.extra().forEach((name, value) -> Template.with(container, name, literally(value)));
        return container;
    }

    /// Kubernetes replaces `$(NAME)` in words and in values, and takes two dollars for one.
    private static String literally(String text) {
        return text.replace("$", "$$");
    }

    private static void volumesForAll(ObjectNode spec) {
        var volumes = spec.withArray("volumes");
        var there = names(volumes);
        for (var mount : spec.path("containers").path(0).path("volumeMounts")) {
            var name = mount.path("name").asText();
            if (there.add(name)) {
                volumes.addObject().put("name", name).putObject("emptyDir");
            }
        }
        if (volumes.isEmpty()) {
            spec.remove("volumes");
        }
    }

    private static Set<String> names(JsonNode list) {
        var names = new TreeSet<String>();
        Trees.items(list).forEach(v -> names.add(v.path("name").asText()));
        return names;
    }
}
