package lastgood.kubernetes.scrape;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import lastgood.kubernetes.objects.Trees;

/// Where a pod shows its counters.
///
/// @param path from the slash on
public record Exposed(String scheme, int port, String path) {

    private static final String ANNOTATION = "prometheus.io/";

    /// Anything else would have to be encoded, and what it means is then a matter of taste.
    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9_./~:@!$'()*,;=&?%+-]{0,500}");

    private static final Pattern LEADS_OUT = Pattern.compile("/\\.\\.|%2e|%2f", Pattern.CASE_INSENSITIVE);

    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    /// What to go by where a pod does not say.
    ///
    /// @param port empty = the port that the container declares for it
    public record Defaults(String scheme, OptionalInt port, String path) {
        public static final Defaults NONE = new Defaults("http", OptionalInt.empty(), "/metrics");
    }

    sealed interface Found {
        record At(Exposed where) implements Found {}

        record Nowhere(String why) implements Found {}
    }

    /// By the annotations that Prometheus' own configurations go by, else by the defaults, else by the ports that the
    /// containers declare: one that is called after metrics, or the only one.
    static Found of(JsonNode pod, Defaults defaults) {
        var scheme = annotation(pod, "scheme").orElse(defaults.scheme());
        var path = annotation(pod, "path").orElse(defaults.path());
        var said = annotation(pod, "port");
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return new Found.Nowhere("its annotation %sscheme is `%s`".formatted(ANNOTATION, scheme));
        }
        if (!PATH.matcher(path).matches() || LEADS_OUT.matcher(path).find()) {
            return new Found.Nowhere("its annotation %spath is `%s`".formatted(ANNOTATION, path));
        }
        if (said.isPresent()) {
            return PORT.matcher(said.get()).matches() && Integer.parseInt(said.get()) < 65_536
                    ? at(scheme, Integer.parseInt(said.get()), path)
                    : new Found.Nowhere("its annotation %sport is `%s`".formatted(ANNOTATION, said.get()));
        }
        var port = defaults.port().isPresent() ? defaults.port() : declared(pod);
        return port.isPresent()
                ? at(scheme, port.getAsInt(), path)
                : new Found.Nowhere("no port is known for it: annotate it with %sport, or write metrics.pods.port"
                        .formatted(ANNOTATION));
    }

    private static Found at(String scheme, int port, String path) {
        return new Found.At(new Exposed(scheme, port, path));
    }

    private static Optional<String> annotation(JsonNode pod, String name) {
        return Optional.of(Trees.annotation(pod, ANNOTATION + name)).filter(t -> !t.isEmpty());
    }

    private static OptionalInt declared(JsonNode pod) {
        var ports = items(pod.path("spec").path("containers"))
                .flatMap(c -> items(c.path("ports")))
                .filter(p -> p.path("protocol").asText("TCP").equals("TCP"))
                .toList();
        var named = ports.stream()
                .filter(p -> p.path("name").asText().contains("metrics"))
                .toList();
        var found = named.isEmpty() ? ports : named;
        return found.size() == 1
                ? OptionalInt.of(found.getFirst().path("containerPort").asInt())
                : OptionalInt.empty();
    }

    private static Stream<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
