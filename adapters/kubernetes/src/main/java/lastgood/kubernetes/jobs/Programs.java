package lastgood.kubernetes.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.InvalidName;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Ledgers;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Templates;

/// Finds the program of a release: the container that has it, and its image, by digest where a pod tells it.
public final class Programs {

    private final Api api;
    private final Ledgers ledgers;
    private final Templates templates;

    public Programs(Api api, Ledgers ledgers, Templates templates) {
        this.api = api;
        this.ledgers = ledgers;
        this.templates = templates;
    }

    /// @param template the release's pod template
    record Program(JsonNode template, JsonNode container, String image) {}

    /// @param release its revision's digest, or its version
    Program find(KubeService service, String release) {
        var digest = digest(release).orElseGet(() -> ofVersion(service.service(), release));
        var found = templates
                .find(service.service(), digest)
                .orElseThrow(() -> new Forbidden(
                        "the pod template of %s %s is nowhere to be found: its ReplicaSet is gone and no snapshot was kept\nnothing was changed"
                                .formatted(service.service(), release)));
        var container = found.template()
                .container(
                        service.container().orElse(""),
                        service.strategy().main(),
                        service.service().service())
                .orElseThrow(() -> new Forbidden("the pod template of %s %s has no container\nnothing was changed"
                        .formatted(service.service(), release)));
        // The content has no maintenance switch in it: a migration is no request.
        return new Program(found.template().content(), container, pinned(service, container));
    }

    private static Optional<Digest> digest(String text) {
        try {
            return Optional.of(new Digest(text));
        } catch (InvalidName noDigest) {
            return Optional.empty();
        }
    }

    /// A version that was put out twice with other content names two programs, and nobody should guess which.
    private Digest ofVersion(ServiceRef ref, String version) {
        var all = ledgers.read(ref).releases().stream()
                .map(Release::revision)
                .filter(r -> r.version().text().equals(version))
                .map(r -> r.digest())
                .distinct()
                .toList();
        if (all.size() == 1) {
            return all.getFirst();
        }
        throw new Forbidden(
                all.isEmpty()
                        ? "no release of %s is called %s\nnothing was changed".formatted(ref, version)
                        : "%s of %s was put out with different content: %s\nnothing was changed\nhint: name it by its digest"
                                .formatted(
                                        version,
                                        ref,
                                        String.join(
                                                ", ",
                                                all.stream().map(Digest::text).toList())));
    }

    // ---- the image

    /// A tag can be pushed again. What the release's pods run is said by them, also by those that crash.
    private String pinned(KubeService service, JsonNode container) {
        var image = container.path("image").asText();
        if (image.contains("@")) {
            return image;
        }
        var digests = service.strategyWorkloads().stream()
                .flatMap(w -> pods(service, w).stream())
                .flatMap(p -> running(p, container.path("name").asText(), image).stream())
                .distinct()
                .toList();
        return switch (digests.size()) {
            case 0 -> image;
            case 1 -> image + "@" + digests.getFirst();
            default ->
                throw new Forbidden(
                        "pods run different images under the name %s (%s): which of them has the program is not known\nnothing was changed\nhint: deploy images by digest"
                                .formatted(image, String.join(", ", digests)));
        };
    }

    private List<JsonNode> pods(KubeService service, String workload) {
        return api.find(service.kind(workload).kind(), service.namespace(), workload)
                .map(w -> Trees.selector(w.path("spec").path("selector")))
                .filter(s -> !s.isEmpty())
                .map(s -> api.list(Kind.POD, service.namespace(), Map.of("labelSelector", s)))
                .orElse(List.of());
    }

    /// The digest of an image that a container of that name was started from; one that a node built itself has none.
    private static Optional<String> running(JsonNode pod, String container, String image) {
        var asked = Trees.items(pod.path("spec").path("containers"))
                .anyMatch(c -> c.path("name").asText().equals(container)
                        && c.path("image").asText().equals(image));
        return Trees.items(pod.path("status").path("containerStatuses"))
                .filter(c -> asked && c.path("name").asText().equals(container))
                .map(c -> c.path("imageID").asText(""))
                .filter(id -> id.contains("@sha256:"))
                .map(id -> id.substring(id.indexOf('@') + 1))
                .findFirst();
    }
}
