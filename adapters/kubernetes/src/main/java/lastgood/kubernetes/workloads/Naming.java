package lastgood.kubernetes.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import lastgood.core.InvalidName;
import lastgood.core.Revision;
import lastgood.core.Version;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.VersionFrom;
import lastgood.kubernetes.objects.Template;

/// What people call the release that a pod template is of.
public final class Naming {

    private Naming() {}

    public static Revision revision(KubeService service, String workload, Template template) {
        var digest = template.digest();
        return new Revision(digest, version(service, workload, template).orElse(new Version(digest.brief())));
    }

    private static Optional<Version> version(KubeService service, String workload, Template template) {
        return switch (service.versionFrom()) {
            case VersionFrom.ImageTag() ->
                template.container(
                                service.container().orElse(""),
                                workload,
                                service.service().service())
                        .flatMap(c -> fromImage(c.path("image").asText("")));
            case VersionFrom.Label(var key) ->
                named(template.raw().path("metadata").path("labels").path(key));
            case VersionFrom.Annotation(var key) ->
                named(template.raw().path("metadata").path("annotations").path(key));
        };
    }

    private static Optional<Version> named(JsonNode text) {
        return text.isTextual() ? valid(text.asText()) : Optional.empty();
    }

    /// `registry:5000/shop/web:v4.0.4@sha256:…` is `v4.0.4`; without a tag, the first of the digest.
    public static Optional<Version> fromImage(String image) {
        var at = image.indexOf('@');
        var name = at < 0 ? image : image.substring(0, at);
        var colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf('/')) {
            return valid(name.substring(colon + 1));
        }
        return at < 0
                ? Optional.empty()
                : valid(image.substring(at + 1).replace("sha256:", "").substring(0, 12));
    }

    private static Optional<Version> valid(String text) {
        try {
            return Optional.of(new Version(text));
        } catch (InvalidName notAVersion) {
            return Optional.empty();
        }
    }
}
