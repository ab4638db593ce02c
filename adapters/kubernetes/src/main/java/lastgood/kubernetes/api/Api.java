package lastgood.kubernetes.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import org.jspecify.annotations.Nullable;

/// An API server, in requests and trees.
///
/// It says no more than it knows: [Unreachable] when nobody can tell whether a request was carried out, a [Refusal]
/// when the server said that it was not. It repeats nothing by itself, because only the caller knows what a second
/// time would mean; reading is the exception.
public final class Api implements AutoCloseable {

    public static final ObjectMapper JSON = new ObjectMapper();

    /// Whoever reads `managedFields` should find us by this name.
    public static final String MANAGER = "lastgood";

    private static final String JSON_TYPE = "application/json";

    /// One page of a list: big enough that few need a second one, small enough not to hurt an ailing server.
    private static final int PAGE = 500;

    /// A server forgets the beginning of a list after five minutes; this often in a row is another trouble.
    private static final int LIST_TRIES = 5;

    /// A reading request is tried this often before it counts as unanswered.
    private static final int READ_TRIES = 2;

    private final Wire wire;
    private final String url;
    private final String user;
    private final Map<Kind, Optional<String>> served = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile @Nullable Instant date;

    public Api(Connection connection) {
        this(connection.config());
    }

    private Api(Config config) {
        this(
                new HttpWire(config),
                Optional.ofNullable(config.getImpersonateUsername()).orElse(""));
    }

    /// The wire that a connection means, for whoever wants to listen in.
    public static Wire wire(Connection connection) {
        return new HttpWire(connection.config());
    }

    /// @param as whom the wire speaks for; empty = the owner of its credentials
    public Api(Wire wire, String as) {
        this.wire = wire;
        this.url = wire.url();
        this.user = as;
    }

    /// Where the API answers, for messages.
    public String url() {
        return url;
    }

    /// Whom we impersonate; empty = nobody.
    public String as() {
        return user;
    }

    /// Requests sent so far, and bytes of bodies both ways: for figures.
    public long requests() {
        return requests.get();
    }

    public long bytes() {
        return bytes.get();
    }

    /// What the server's clock said with its latest answer; empty if it never did.
    public Optional<Instant> date() {
        return Optional.ofNullable(date);
    }

    private static Optional<Instant> date(String header) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header)));
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        wire.close();
    }

    // ---- what the server has

    /// The best version of a kind that the server has; empty if it has none.
    public Optional<String> served(Kind kind) {
        var known = served.get(kind);
        if (known != null && known.isPresent()) {
            return known;
        }
        // What was not there may have been installed since.
        var found = kind.versions().stream().filter(v -> serves(kind, v)).findFirst();
        served.put(kind, found);
        return found;
    }

    private boolean serves(Kind kind, String version) {
        return kind.group().isEmpty()
                || get(kind.groupPath(version))
                        .map(group -> group.path("resources").findValuesAsText("name"))
                        .filter(names -> names.contains(kind.plural()))
                        .isPresent();
    }

    private String version(Kind kind) {
        // A kind that only ever had one version needs no question.
        return kind.versions().size() == 1
                ? kind.versions().getFirst()
                : served(kind)
                        .orElseThrow(() -> new Forbidden("%s has no %s; nothing was changed".formatted(url, kind)));
    }

    public String apiVersion(Kind kind) {
        return kind.apiVersion(version(kind));
    }

    private String path(Kind kind, String namespace) {
        return kind.groupPath(version(kind)) + (kind.namespaced() ? "/namespaces/" + encode(namespace) : "") + "/"
                + kind.plural();
    }

    private String path(Kind kind, String namespace, String name) {
        return path(kind, namespace) + "/" + encode(name);
    }

    /// An empty object of that kind, with its name.
    public ObjectNode object(Kind kind, String namespace, String name) {
        var object = JSON.createObjectNode();
        object.put("apiVersion", apiVersion(kind)).put("kind", kind.kind());
        var meta = object.putObject("metadata").put("name", name);
        if (kind.namespaced()) {
            meta.put("namespace", namespace);
        }
        return object;
    }

    // ---- reading

    /// The object; empty if there is none of that name.
    public Optional<JsonNode> find(Kind kind, String namespace, String name) {
        return read(path(kind, namespace, name), "read %s %s/%s".formatted(kind, namespace, name));
    }

    /// Any path of the API; empty if there is nothing.
    public Optional<JsonNode> get(String path) {
        return read(path, "read " + path);
    }

    private Optional<JsonNode> read(String path, String what) {
        return switch (reading(path, what)) {
            case Answer.Ok(var object) -> Optional.of(object);
            case Answer.Refused(var refusal, var _) when refusal.notFound() -> Optional.empty();
            case Answer.Refused refused -> throw refused.failure();
        };
    }

    private Answer reading(String path, String what) {
        for (var tries = 1; ; tries++) {
            try {
                return send("GET", path, null, JSON_TYPE, what);
            } catch (Unreachable e) {
                if (tries == READ_TRIES) {
                    throw e;
                }
            }
        }
    }

    /// All objects of a kind, from as many pages as it takes.
    ///
    /// @param selector of labels, as in `app=web`; empty = all
    public List<JsonNode> list(Kind kind, String namespace, String selector) {
        return list(kind, namespace, Map.of("labelSelector", selector));
    }

    /// @param query such as `labelSelector`, `fieldSelector`
    public List<JsonNode> list(Kind kind, String namespace, Map<String, String> query) {
        for (var tries = 0; tries < LIST_TRIES; tries++) {
            var all = pages(kind, namespace, query);
            if (all.isPresent()) {
                return all.get();
            }
        }
        throw new Unreachable("could not list %s: it changes faster than it can be read".formatted(kind));
    }

    /// Empty: the list changed too much between two pages, and half of it must not be taken for all of it.
    private Optional<List<JsonNode>> pages(Kind kind, String namespace, Map<String, String> query) {
        var items = new ArrayList<JsonNode>();
        var next = "";
        do {
            var page = page(kind, namespace, query, next);
            if (page.isEmpty()) {
                return Optional.empty();
            }
            page.get().path("items").forEach(items::add);
            next = page.get().path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
        return Optional.of(items);
    }

    private Optional<JsonNode> page(Kind kind, String namespace, Map<String, String> query, String next) {
        var all = new TreeMap<>(query);
        all.values().removeIf(String::isEmpty);
        all.put("limit", Integer.toString(PAGE));
        if (!next.isEmpty()) {
            all.put("continue", next);
        }
        var where = namespace.isEmpty() ? "" : " in " + namespace;
        return switch (reading(listPath(kind, namespace) + query(all), "list %s%s".formatted(kind, where))) {
            case Answer.Ok(var object) -> Optional.of(object);
            case Answer.Refused(var refusal, var _) when refusal.code() == 410 && !next.isEmpty() -> Optional.empty();
            case Answer.Refused refused -> throw refused.failure();
        };
    }

    /// No namespace = all of them.
    private String listPath(Kind kind, String namespace) {
        return namespace.isEmpty() ? kind.groupPath(version(kind)) + "/" + kind.plural() : path(kind, namespace);
    }

    /// A pod's log as text.
    ///
    /// @param query such as `container`, `previous`, `sinceTime`
    public LogText log(String namespace, String pod, Map<String, String> query) {
        var path = path(Kind.POD, namespace, pod) + "/log" + query(new TreeMap<>(query));
        var what = "read the log of %s/%s".formatted(namespace, pod);
        var reply = exchange("GET", path, null, JSON_TYPE, what);
        if (reply.status() == 200) {
            return new LogText.Text(reply.text(), reply.body().length);
        }
        var refusal = refusal(reply.status(), reply.text());
        if (refusal.code() == 401 || refusal.code() == 429 || refusal.code() >= 500) {
            throw new Unreachable("could not %s: %s".formatted(what, refusal));
        }
        return new LogText.None(withRule(refusal));
    }

    /// What came of asking for a log.
    public sealed interface LogText {

        /// @param bytes how much of it was sent; as much as was allowed, and there may be more
        record Text(String text, int bytes) implements LogText {}

        /// Not found: the pod is gone. Invalid (400): the container has not printed anything yet.
        record None(Refusal refusal) implements LogText {}
    }

    /// A page of a pod, through the API server, which reaches pods where we do not.
    ///
    /// @param scheme `http` or `https`; of a pod's certificate the API server asks nothing
    /// @param pagePath from the slash on, with its query
    /// @param bytesMax more is not read
    /// @throws Unreachable if the API server does not answer, or not to us
    public PodPage page(
            String namespace, String pod, String scheme, int port, String pagePath, int bytesMax, Duration within) {
        var whose = (scheme.equals("https") ? "https:" : "") + encode(pod) + ":" + port;
        var path = "%s/%s/proxy%s".formatted(path(Kind.POD, namespace), whose, pagePath);
        var what = "read %s of pod %s/%s".formatted(pagePath, namespace, pod);
        requests.incrementAndGet();
        try {
            var shown = wire.page(new Wire.Page(path, "text/plain;version=0.0.4", bytesMax, within));
            bytes.addAndGet(shown.body().length);
            return shown.status() == 200
                    ? shown.body().length > bytesMax
                            ? new PodPage.TooMuch()
                            : new PodPage.Text(shown.body(), shown.type())
                    : refused(shown, what);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while asking %s to %s".formatted(url, what), e);
        } catch (SocketTimeoutException e) {
            return new PodPage.Silent(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new Unreachable("could not %s: %s".formatted(what, e.getMessage()), e);
        }
    }

    /// The API server's own refusals are objects of the kind Status; anything else came from the pod.
    private PodPage refused(Wire.Shown shown, String what) {
        var text = new String(shown.body(), UTF_8);
        if (text.toLowerCase(Locale.ROOT).contains("error trying to reach service")) {
            return new PodPage.Silent(refusal(shown.status(), text).message());
        }
        if (!text.contains("\"kind\":\"Status\"") && !text.contains("\"kind\": \"Status\"")) {
            return new PodPage.Answered(shown.status());
        }
        var refusal = refusal(shown.status(), text);
        if (refusal.code() == 401 || refusal.code() == 429 || refusal.code() >= 500) {
            throw new Unreachable("could not %s: %s".formatted(what, refusal));
        }
        return new PodPage.Refused(withRule(refusal));
    }

    /// What came of asking for a pod's page.
    public sealed interface PodPage {

        /// @param type its `Content-Type`; empty if it said none
        @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
        record Text(byte[] body, String type) implements PodPage {}

        record TooMuch() implements PodPage {}

        /// Nobody answers at that port, or not in time.
        record Silent(String why) implements PodPage {}

        /// The pod itself, with something else than 200.
        record Answered(int status) implements PodPage {}

        /// The API server will not. Not found: the pod is gone.
        record Refused(Refusal refusal) implements PodPage {}
    }

    // ---- writing

    public Answer create(Kind kind, String namespace, JsonNode object) {
        return create(kind, namespace, object, Dry.NO);
    }

    public Answer create(Kind kind, String namespace, JsonNode object, Dry dry) {
        var name = object.path("metadata").path("name").asText();
        return send(
                "POST",
                path(kind, namespace) + writing(dry),
                object.toString(),
                JSON_TYPE,
                "create %s %s/%s".formatted(kind, namespace, name));
    }

    /// Replaces the object, provided that it still has the `resourceVersion` it carries.
    public Answer replace(Kind kind, String namespace, JsonNode object) {
        return put(kind, namespace, object, "");
    }

    public Answer replaceStatus(Kind kind, String namespace, JsonNode object) {
        return put(kind, namespace, object, "/status");
    }

    private Answer put(Kind kind, String namespace, JsonNode object, String below) {
        var name = object.path("metadata").path("name").asText();
        return send(
                "PUT",
                path(kind, namespace, name) + below + writing(Dry.NO),
                object.toString(),
                JSON_TYPE,
                "write %s %s/%s".formatted(kind, namespace, name));
    }

    public Answer patch(Kind kind, String namespace, String name, JsonPatch patch) {
        return patch(kind, namespace, name, patch, Dry.NO);
    }

    public Answer patch(Kind kind, String namespace, String name, JsonPatch patch, Dry dry) {
        return send(
                "PATCH",
                path(kind, namespace, name) + writing(dry),
                patch.text(),
                "application/json-patch+json",
                "patch %s %s/%s".formatted(kind, namespace, name));
    }

    /// Deletes the very object that was seen, in the state that was seen; one that was made later under its name stays.
    public Answer delete(Kind kind, String namespace, String name, JsonNode seen) {
        var options = JSON.createObjectNode();
        options.put("apiVersion", "v1").put("kind", "DeleteOptions").put("propagationPolicy", "Background");
        options.putObject("preconditions")
                .put("uid", seen.path("metadata").path("uid").asText())
                .put(
                        "resourceVersion",
                        seen.path("metadata").path("resourceVersion").asText());
        return send(
                "DELETE",
                path(kind, namespace, name),
                options.toString(),
                JSON_TYPE,
                "delete %s %s/%s".formatted(kind, namespace, name));
    }

    /// Whether a write is only tried: checked by everything that would check it, and not kept.
    public enum Dry {
        NO,
        RUN
    }

    private static String writing(Dry dry) {
        return "?fieldManager=" + MANAGER + (dry == Dry.RUN ? "&dryRun=All" : "");
    }

    // ---- the wire

    private Answer send(String method, String path, @Nullable String body, String type, String what) {
        var reply = exchange(method, path, body, type, what);
        if (reply.status() >= 200 && reply.status() < 300) {
            return new Answer.Ok(tree(reply.text(), what));
        }
        var refusal = refusal(reply.status(), reply.text());
        if (refusal.code() == 401) {
            throw new Unreachable(
                    "could not %s: %s does not take our credentials (401): has the token expired? log in again; a run waits for that and goes on"
                            .formatted(what, url));
        }
        if (refusal.code() == 429 || refusal.code() >= 500) {
            // 5xx of a write: it may have been carried out behind a proxy that gave up.
            throw new Unreachable("could not %s: %s".formatted(what, refusal));
        }
        return new Answer.Refused(withRule(refusal), what);
    }

    private Wire.Reply exchange(String method, String path, @Nullable String body, String type, String what) {
        requests.incrementAndGet();
        bytes.addAndGet(body == null ? 0 : body.length());
        try {
            var reply = wire.exchange(new Wire.Call(method, path, body, type));
            date(reply.date()).ifPresent(d -> date = d);
            bytes.addAndGet(reply.body().length);
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while asking %s to %s".formatted(url, what), e);
        } catch (IOException e) {
            throw new Unreachable("could not %s: %s".formatted(what, e.getMessage()), e);
        }
    }

    /// An answer that was cut off says nothing.
    private static JsonNode tree(String text, String what) {
        try {
            return JSON.readTree(text.isEmpty() ? "{}" : text);
        } catch (JsonProcessingException e) {
            throw new Unreachable("could not %s: the answer was cut off or is no JSON".formatted(what), e);
        }
    }

    private static Refusal refusal(int code, String text) {
        try {
            var status = JSON.readTree(text);
            return new Refusal(
                    code,
                    status.path("reason").asText(""),
                    status.path("message").asText(""));
        } catch (JsonProcessingException e) {
            return new Refusal(code, "", text.length() > 200 ? text.substring(0, 200) : text);
        }
    }

    /// A missing right is named with the line that would give it.
    private static Refusal withRule(Refusal refusal) {
        return refusal.forbidden() && refusal.message().contains("cannot ")
                ? new Refusal(
                        refusal.code(),
                        refusal.reason(),
                        "%s\nhint: add to the Role: %s".formatted(refusal.message(), Rights.ruleFor(refusal.message())))
                : refusal;
    }

    private static String query(Map<String, String> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(e -> e.getKey() + "=" + encode(e.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
