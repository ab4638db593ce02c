package lastgood.testkit.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A test's own way to a Kubernetes API: paths and JSON, nothing typed, nothing retried. It shares no code with the
/// adapter under test, so that a mistake there cannot hide itself by being made here as well.
public final class KubeApi implements AutoCloseable {

    public static final String JSON = "application/json";
    public static final String JSON_PATCH = "application/json-patch+json";
    public static final String MERGE_PATCH = "application/merge-patch+json";
    public static final String STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json";

    static final ObjectMapper MAPPER = new ObjectMapper();

    /// A loaded machine with a cold API server has been seen to take four seconds.
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final HttpClient http;
    private final String user;

    public KubeApi(Cluster cluster) {
        this.cluster = cluster;
        this.user = "";
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // a watch of its own connection dies visibly with the API server
                .connectTimeout(Duration.ofSeconds(5));
        if (!cluster.authority().isEmpty()) {
            builder.sslContext(trusting(cluster.authority()));
        }
        this.http = builder.build();
    }

    private KubeApi(KubeApi other, String user) {
        this.cluster = other.cluster;
        this.http = other.http;
        this.user = user;
    }

    /// The same API as somebody else sees it; whoever owns the token has to be allowed to.
    public KubeApi impersonating(String somebody) {
        return new KubeApi(this, somebody);
    }

    /// What came back; an error is an answer too.
    public record Answer(int status, JsonNode body, String text) {

        public boolean ok() {
            return status / 100 == 2;
        }

        /// The body of a success; anything else is the test's mistake and says so.
        public JsonNode expected() {
            if (!ok()) {
                throw new IllegalStateException("HTTP %d: %s".formatted(status, text.strip()));
            }
            return body;
        }
    }

    public JsonNode get(String path) {
        return send("GET", path, JSON, "").expected();
    }

    /// Empty if there is no such thing.
    public Optional<JsonNode> find(String path) {
        var answer = send("GET", path, JSON, "");
        return answer.status() == 404 ? Optional.empty() : Optional.of(answer.expected());
    }

    /// What `kubectl get` would print. A simulated API knows no tables and answers with the list.
    public JsonNode table(String path) {
        var request = request(path)
                .timeout(ANSWER)
                .setHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                .GET()
                .build();
        return send(request, "GET", path).expected();
    }

    /// The plain text of, for example, a pod's log.
    public String text(String path) {
        var answer = send("GET", path, JSON, "");
        answer.expected();
        return answer.text();
    }

    public JsonNode create(String path, String json) {
        return send("POST", path, JSON, json).expected();
    }

    public JsonNode create(String path, Map<String, ?> object) {
        return create(path, json(object));
    }

    public JsonNode patch(String path, String type, String json) {
        return send("PATCH", path, type, json).expected();
    }

    /// Gone already is fine.
    public void delete(String path) {
        var answer = send("DELETE", path, JSON, "");
        if (answer.status() != 404) {
            answer.expected();
        }
    }

    public Answer send(String method, String path, String contentType, String body) {
        var request = request(path)
                .timeout(ANSWER)
                .header("Content-Type", contentType)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return send(request, method, path);
    }

    private Answer send(HttpRequest request, String method, String path) {
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            return new Answer(answer.statusCode(), tree(answer.body()), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException("%s %s: %s".formatted(method, path, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + method + " " + path, e);
        }
    }

    /// Hands on each event until the server ends the watch. A refusal, such as 410 for a version too old, is an event
    /// of type `ERROR`, as it is when it comes later.
    public void watch(String path, Consumer<JsonNode> onEvent) throws IOException, InterruptedException {
        var answer = http.send(request(path).GET().build(), BodyHandlers.ofLines());
        try (var lines = answer.body()) {
            var event = answer.statusCode() == 200 ? "%s" : "{\"type\":\"ERROR\",\"object\":%s}";
            lines.map(line -> tree(event.formatted(line))).forEach(onEvent);
        }
    }

    /// Ends watches too.
    @Override
    public void close() {
        http.shutdownNow();
    }

    static String json(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(cluster.url() + path))
                .header("Authorization", "Bearer " + cluster.token())
                .header("Accept", "application/json, */*");
        return user.isEmpty() ? request : request.header("Impersonate-User", user);
    }

    private static JsonNode tree(String text) {
        if (!text.startsWith("{")) { // `/version` and objects are JSON, `/readyz` and logs are not
            return MissingNode.getInstance();
        }
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException _) { // a log line that begins like JSON
            return MissingNode.getInstance();
        }
    }

    private static SSLContext trusting(String pem) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            for (var certificate : certificates) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("could not read the cluster's certificate authority", e);
        }
    }
}
