package lastgood.kubernetes.history;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Revisions;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Naming;
import lastgood.kubernetes.workloads.Templates;

/// Revisions of workloads: made of the running one and another image, found again wherever they were kept.
public final class KubeRevisions implements Revisions {

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Contents contents;

    public KubeRevisions(Api api, Map<ServiceRef, KubeService> services, Contents contents) {
        this.api = api;
        this.services = services;
        this.contents = contents;
    }

    private KubeService service(ServiceRef ref) {
        return Optional.ofNullable(services.get(ref))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(ref)));
    }

    /// What runs now with another image, as `kubectl set image` would: the version as the tag, or the image that
    /// `artifact` names.
    @Override
    public Revision stage(ServiceRef ref, Version version, Map<String, String> options) {
        var service = service(ref);
        var main = service.strategyWorkloads().stream()
                .filter(w ->
                        api.find(service.kind(w).kind(), service.namespace(), w).isPresent())
                .findFirst()
                .orElseThrow(() -> new Forbidden(
                        "%s has no workload in %s whose pod template could be taken\nnothing was changed\nhint: create it with your own manifest first"
                                .formatted(service.service(), service.namespace())));
        var object = api.find(service.kind(main).kind(), service.namespace(), main)
                .orElseThrow(() -> new Forbidden("%s is gone\nnothing was changed".formatted(main)));
        var place = Template.Place.of(object, service.maintenanceEnv());
        var template = Template.of(object.at(service.kind(main).template()), place);
        var container = template.container(service.container().orElse(""), main, ref.service())
                .orElseThrow(() -> new Forbidden("%s has no container\nnothing was changed".formatted(main)));
        var image = Optional.ofNullable(options.get("artifact"))
                .filter(a -> !a.isBlank())
                .orElseGet(() -> withTag(container.path("image").asText(), version));
        var staged = template.withImage(container.path("name").asText(), image);
        var revision = new Revision(staged.digest(), version);
        contents.stage(ref, main, revision, new Templates.Found(staged, place));
        return revision;
    }

    private static String withTag(String image, Version version) {
        var at = image.indexOf('@');
        var name = at < 0 ? image : image.substring(0, at);
        var colon = name.lastIndexOf(':');
        return (colon > name.lastIndexOf('/') ? name.substring(0, colon) : name) + ":" + version.text();
    }

    @Override
    public Optional<String> missing(ServiceRef ref, Revision revision) {
        var found = contents.find(ref, revision.digest());
        if (found.isEmpty()) {
            return Optional.of(
                    "its pod template is gone: Kubernetes has removed its ReplicaSet, and lastgood kept no snapshot of it");
        }
        return absent(service(ref), found.get().template());
    }

    /// A pod that names what is not there never starts. ConfigMaps that the release recorded come back by themselves.
    private Optional<String> absent(KubeService service, Template template) {
        return template.secrets().stream()
                .filter(name -> isAbsent(service, name))
                .findFirst()
                .map("Secret %s, which its pods read, is gone"::formatted);
    }

    private boolean isAbsent(KubeService service, String secret) {
        try {
            return api.find(Kind.SECRET, service.namespace(), secret).isEmpty();
        } catch (Forbidden mayNotRead) {
            return false;
        }
    }

    @Override
    public SortedMap<String, String> describe(ServiceRef ref, Revision revision) {
        var lines = new TreeMap<String, String>();
        contents.find(ref, revision.digest()).ifPresent(f -> describe(f.template(), lines));
        contents.changedSecrets(ref, revision.digest()).forEach(s -> lines.put("note " + s, ""));
        return lines;
    }

    private static void describe(Template template, SortedMap<String, String> lines) {
        template.images().forEach((container, image) -> lines.put("image " + container, image));
        for (var container : Template.containers(template.content())) {
            var name = container.path("name").asText();
            container
                    .path("env")
                    .forEach(e -> lines.put(
                            "env %s %s".formatted(name, e.path("name").asText()),
                            e.has("value")
                                    ? e.path("value").asText()
                                    : e.path("valueFrom").toString()));
            for (var key :
                    java.util.List.of("command", "args", "resources", "ports", "readinessProbe", "livenessProbe")) {
                if (container.has(key)) {
                    lines.put("%s %s".formatted(key, name), container.path(key).toString());
                }
            }
        }
        template.configMaps().forEach(c -> lines.put("reads ConfigMap " + c, ""));
        template.secrets().forEach(c -> lines.put("reads Secret " + c, ""));
        Trees.texts(template.content().path("metadata").path("annotations"))
                .forEach((k, v) -> lines.put("annotation " + k, v));
    }

    /// The revision that a workload runs, for whoever has only its name.
    public Optional<Revision> running(ServiceRef ref, String workload) {
        var service = service(ref);
        var kind = service.kind(workload);
        return api.find(kind.kind(), service.namespace(), workload)
                .map(o -> Naming.revision(
                        service,
                        workload,
                        Template.of(o.at(kind.template()), Template.Place.of(o, service.maintenanceEnv()))));
    }
}
