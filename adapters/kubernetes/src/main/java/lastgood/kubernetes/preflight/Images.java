package lastgood.kubernetes.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import lastgood.engine.port.Preflight.Problem;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Template;

/// Which images some node has already: of those, a rollback needs no registry. A node tells of the fifty largest only,
/// so what none tells of may be there all the same, and is no more than a remark.
final class Images {

    private Images() {}

    static Set<String> of(JsonNode template) {
        var images = new LinkedHashSet<String>();
        Template.containers(template).forEach(c -> images.add(c.path("image").asText()));
        return images;
    }

    static List<Problem> look(Api api, Collection<String> images) {
        var there = new TreeSet<String>();
        api.list(Kind.NODE, "", "")
                .forEach(node -> node.path("status")
                        .path("images")
                        .forEach(image -> image.path("names").forEach(n -> there.add(full(n.asText())))));
        return images.stream()
                .filter(image -> !there.contains(full(image)))
                .map(image -> Problem.remark(
                        "image %s is on no node yet: it will have to be pulled".formatted(image),
                        "does the registry still have it?"))
                .toList();
    }

    /// `web:v1` and `docker.io/library/web:v1` are the same.
    static String full(String image) {
        var parts = image.split("/", -1);
        var hasHost =
                parts.length > 1 && (parts[0].contains(".") || parts[0].contains(":") || parts[0].equals("localhost"));
        var named = hasHost ? image : parts.length > 1 ? "docker.io/" + image : "docker.io/library/" + image;
        var last = named.substring(named.lastIndexOf('/') + 1);
        return Stream.of(":", "@").anyMatch(last::contains) ? named : named + ":latest";
    }
}
