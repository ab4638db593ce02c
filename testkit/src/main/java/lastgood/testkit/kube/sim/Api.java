package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import lastgood.testkit.kube.sim.Faults.Effect;
import lastgood.testkit.kube.sim.Registry.Intent;
import lastgood.testkit.kube.sim.Registry.Outcome;
import lastgood.testkit.kube.sim.Users.Act;
import org.jspecify.annotations.Nullable;

/// From a request to an answer: faults first, then who it is, then where it goes and whether he may.
final class Api {

    private static final Set<String> OPEN = Set.of("/healthz", "/livez", "/readyz");

    private final Registry registry;
    private final Store store;
    private final Catalog catalog;
    private final Users users;
    private final Faults faults;
    private final Discovery discovery;
    private final Reviews reviews;
    private final Lists lists;
    private final Subresources subresources;
    private final Definitions definitions;
    private final List<Consumer<Exchange>> observers = new CopyOnWriteArrayList<>();
    private volatile Consumer<Request> beforeWrite = _ -> {};
    private volatile Consumer<Request> afterWrite = _ -> {};
    private volatile Runnable afterRequest = () -> {};
    private volatile long staleSince = Long.MAX_VALUE;
    private volatile boolean goneIsAnEvent = true;
    private volatile @Nullable RuntimeException broken;

    Api(Registry registry, Users users, Faults faults, Discovery discovery, Definitions definitions) {
        this.registry = registry;
        this.store = registry.store();
        this.catalog = registry.catalog();
        this.users = users;
        this.faults = faults;
        this.discovery = discovery;
        this.reviews = new Reviews(users);
        this.lists = new Lists(store);
        this.subresources = new Subresources(registry);
        this.definitions = definitions;
    }

    void prints(String tagPrefix, boolean beforeTheLastCrash, List<String> lines) {
        subresources.prints(tagPrefix, beforeTheLastCrash, lines);
    }

    void serves(PodServer server) {
        subresources.serves(server);
    }

    void observe(Consumer<Exchange> observer) {
        observers.add(observer);
    }

    void report(Exchange exchange) {
        observers.forEach(o -> o.accept(exchange));
    }

    void onWrite(Consumer<Request> before, Consumer<Request> after) {
        beforeWrite = before;
        afterWrite = after;
    }

    void afterRequest(Runnable what) {
        afterRequest = what;
    }

    void staleCache(boolean on) {
        staleSince = on ? store.version() : Long.MAX_VALUE;
    }

    void goneIsAnEvent(boolean event) {
        goneIsAnEvent = event;
    }

    void breakDown(RuntimeException mistake) {
        broken = mistake;
    }

    Response handle(Request request) {
        if (broken != null) {
            return ApiFailure.broken(broken).response();
        }
        var response = withFaults(request, faults.effects(request));
        if (response.watch() == null) {
            report(new Exchange(request, response.status(), request.body().length, response.body().length));
        }
        return response;
    }

    private Response withFaults(Request request, List<Effect> effects) {
        var stale = Long.MAX_VALUE;
        var watchMax = Integer.MAX_VALUE;
        for (var effect : effects) {
            switch (effect) {
                case Effect.Answer(int status, Duration retryAfter) -> {
                    return ApiFailure.injected(status, retryAfter).response();
                }
                case Effect.Drop() -> throw lost(request);
                case Effect.Delay(Duration by) -> faults.pause(by);
                case Effect.Compact() -> store.compact();
                case Effect.Stale(long version) -> stale = version;
                case Effect.DropWatch(int events) -> watchMax = events;
                case Effect.LoseAnswer(), Effect.Truncate() -> {
                    // after it was carried out
                }
            }
        }
        var response = carriedOut(request, stale, watchMax);
        if (effects.contains(new Effect.LoseAnswer())) {
            throw lost(request);
        }
        return effects.contains(new Effect.Truncate()) ? response.cutShort() : response;
    }

    private ConnectionLost lost(Request request) {
        report(new Exchange(request, 0, request.body().length, 0));
        return new ConnectionLost(request.toString());
    }

    /// The hooks run once for each request that really changes something: right before the first change, and when all
    /// is done but the answer has not left.
    private Response carriedOut(Request request, long stale, int watchMax) {
        var wrote = new boolean[1];
        Runnable first = () -> {
            if (!wrote[0]) {
                wrote[0] = true;
                beforeWrite.accept(request);
            }
        };
        Response response;
        try {
            response = store.locked(request.changes() ? first : () -> {}, () -> routed(request, stale, watchMax));
        } catch (ApiFailure failure) {
            response = failure.response();
        }
        if (wrote[0]) {
            afterWrite.accept(request);
            afterRequest.run();
        }
        return response;
    }

    private Response routed(Request request, long stale, int watchMax) {
        var path = request.path();
        if (OPEN.contains(path)) {
            return Response.text(200, "ok");
        }
        var user = users.authenticated(request);
        if (path.equals("/version")) {
            return Response.json(200, discovery.version());
        }
        var overview = overview(path);
        if (overview != null) {
            if (user.equals(Users.ANONYMOUS)) {
                throw ApiFailure.forbiddenPath("User \"%s\" cannot get path \"%s\"".formatted(user, path));
            }
            return Response.json(200, overview);
        }
        return toResource(Route.of(path), user, request, stale, watchMax);
    }

    private @Nullable ObjectNode overview(String path) {
        var parts = path.substring(1).replaceAll("/+$", "").split("/", -1);
        return switch (parts[0]) {
            case "api" ->
                switch (parts.length) {
                    case 1 -> Discovery.coreVersions();
                    case 2 -> discovery.resources("", parts[1]);
                    default -> null;
                };
            case "apis" ->
                switch (parts.length) {
                    case 1 -> discovery.groupList();
                    case 2 -> discovery.group(parts[1]);
                    case 3 -> discovery.resources(parts[1], parts[2]);
                    default -> null;
                };
            default -> throw ApiFailure.noSuchPath();
        };
    }

    private Response toResource(Route route, String user, Request request, long stale, int watchMax) {
        if (route.group().equals("authorization.k8s.io") && request.method().equals("POST")) {
            return reviews.answer(route.plural(), user, Json.parse(request.body()));
        }
        var resource = catalog.find(route.group(), route.version(), route.plural());
        if (resource == null || (!route.subresource().isEmpty() && !resource.has(route.subresource()))) {
            throw ApiFailure.noSuchPath();
        }
        var verb = verb(route, request);
        // access to one namespace is decided in that namespace
        var namespace = resource.qualified().equals("namespaces") ? route.name() : route.namespace();
        users.require(
                user,
                new Act(verb, route.group(), route.plural(), route.subresource(), namespace, route.name()),
                resource);
        var intent = new Intent(
                resource,
                route.version(),
                route.namespace(),
                route.name(),
                route.subresource().equals("finalize") ? "" : route.subresource(),
                manager(request),
                dryRun(request));
        var response = act(verb, intent, request, stale, watchMax);
        if (request.changes() && resource.kind().equals("CustomResourceDefinition")) {
            definitions.tick();
        }
        return response;
    }

    private static String verb(Route route, Request request) {
        return switch (request.method()) {
            case "GET", "HEAD" -> route.isCollection() ? (request.isOn("watch") ? "watch" : "list") : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> route.isCollection() ? "deletecollection" : "delete";
            default -> throw ApiFailure.methodNotAllowed();
        };
    }

    private static String manager(Request request) {
        var named = request.parameter("fieldManager");
        if (!named.isEmpty()) {
            return named;
        }
        var agent = request.header("User-Agent").split("/", 2)[0];
        return agent.isEmpty() ? "unknown" : agent;
    }

    private static boolean dryRun(Request request) {
        var asked = request.parameter("dryRun");
        if (!asked.isEmpty() && !asked.equals("All")) {
            var kind = switch (request.method()) {
                case "POST" -> "CreateOptions";
                case "PUT" -> "UpdateOptions";
                case "DELETE" -> "DeleteOptions";
                default -> "PatchOptions";
            };
            var message = "Unsupported value: [\"%s\"]: supported values: \"All\"".formatted(asked);
            throw wrongOption(kind, "FieldValueNotSupported", message, "dryRun");
        }
        return !asked.isEmpty();
    }

    private Response act(String verb, Intent intent, Request request, long stale, int watchMax) {
        switch (intent.subresource()) {
            case "scale" -> {
                return subresources.scale(intent, request);
            }
            case "binding" -> {
                return subresources.binding(intent, request);
            }
            case "eviction" -> {
                return subresources.eviction(intent, request);
            }
            case "log" -> {
                return subresources.log(intent, request);
            }
            case "proxy" -> {
                return subresources.proxy(intent, request);
            }
            default -> {
                // the object itself, or its status
            }
        }
        return switch (verb) {
            case "get" -> shown(intent, 200, read(intent, request, stale));
            case "list" -> Response.json(200, list(intent, request, stale));
            case "watch" -> Response.watching(watch(intent, request, watchMax));
            case "create" -> create(intent, request);
            case "update" -> shown(intent, registry.update(intent, Json.parse(request.body())));
            case "patch" -> patch(intent, request);
            case "delete" -> deleted(intent, registry.delete(intent, options(request)));
            default -> deleteAll(intent, request);
        };
    }

    private static Response shown(Intent intent, Outcome outcome) {
        return shown(intent, outcome.code(), outcome.object());
    }

    private static Response shown(Intent intent, int code, ObjectNode object) {
        return Response.json(code, Conversion.to(intent.resource(), intent.version(), object));
    }

    private ObjectNode read(Intent intent, Request request, long stale) {
        var at = at(request, stale);
        if (at >= store.version()) {
            return registry.get(intent);
        }
        return store.listAt(at, intent.resource().qualified(), intent.namespace()).stream()
                .filter(o -> Json.text(o, "metadata", "name").equals(intent.name()))
                .findFirst()
                .orElseThrow(() -> ApiFailure.notFound(intent.resource(), intent.name()));
    }

    /// The moment a read shows: now, unless the client is content with a cache and the cache is behind.
    private long at(Request request, long stale) {
        var asked = request.parameter("resourceVersion");
        var current = store.version();
        if (!asked.isEmpty() && Long.parseLong(asked) > current) {
            throw ApiFailure.tooLarge(Long.parseLong(asked), current);
        }
        var cached = asked.equals("0") ? staleSince : Long.MAX_VALUE;
        return Math.min(stale, cached) == Long.MAX_VALUE ? current : Math.min(stale, cached);
    }

    private ObjectNode list(Intent intent, Request request, long stale) {
        return lists.list(
                intent.resource(),
                intent.version(),
                intent.namespace(),
                request,
                at(request, stale),
                object -> Conversion.to(intent.resource(), intent.version(), object));
    }

    private WatchStream watch(Intent intent, Request request, int watchMax) {
        var asked = request.parameter("resourceVersion");
        if (!goneIsAnEvent && !asked.isEmpty() && !asked.equals("0") && Long.parseLong(asked) < store.oldest()) {
            throw ApiFailure.tooOld(Long.parseLong(asked), store.oldest());
        }
        return lists.watch(
                intent.resource(),
                intent.namespace(),
                request,
                object -> Conversion.to(intent.resource(), intent.version(), object),
                watchMax);
    }

    private Response create(Intent intent, Request request) {
        if (!intent.name().isEmpty()) {
            throw ApiFailure.methodNotAllowed();
        }
        return shown(intent, registry.create(intent, Json.parse(request.body())));
    }

    private Response patch(Intent intent, Request request) {
        var type = request.header("Content-Type");
        if (type.startsWith("application/apply-patch")
                && request.parameter("fieldManager").isEmpty()) {
            throw wrongOption(
                    "PatchOptions",
                    "FieldValueRequired",
                    "Required value: is required for apply patch",
                    "fieldManager");
        }
        return shown(intent, registry.patch(intent, type, request.body(), request.isOn("force")));
    }

    /// Options are validated like an object of their own.
    private static ApiFailure wrongOption(String kind, String reason, String message, String field) {
        var options = new Resource(
                "meta.k8s.io",
                List.of("v1"),
                "options",
                kind,
                false,
                List.of(),
                Set.of(),
                Resource.Generation.NONE,
                null);
        return ApiFailure.invalid(options, "", List.of(new ApiFailure.Cause(reason, message, field)));
    }

    private static Response deleted(Intent intent, Outcome outcome) {
        return outcome.object().path("kind").asText().equals("Status")
                ? Response.json(outcome.code(), outcome.object())
                : shown(intent, outcome);
    }

    /// From the body, or from the query as some clients do it.
    private static JsonNode options(Request request) {
        if (request.body().length > 0) {
            return Json.parse(request.body());
        }
        var options = Json.object();
        Map.of(
                        "propagationPolicy",
                        request.parameter("propagationPolicy"),
                        "gracePeriodSeconds",
                        request.parameter("gracePeriodSeconds"))
                .forEach((name, value) -> {
                    if (!value.isEmpty()) {
                        options.put(name, value);
                    }
                });
        return options.isEmpty() ? MissingNode.getInstance() : options;
    }

    private Response deleteAll(Intent intent, Request request) {
        var list = list(intent, request, Long.MAX_VALUE);
        for (var item : list.path("items")) {
            registry.delete(
                    new Intent(
                            intent.resource(),
                            intent.version(),
                            Json.text(item, "metadata", "namespace"),
                            Json.text(item, "metadata", "name"),
                            "",
                            intent.manager(),
                            intent.dryRun()),
                    options(request));
        }
        return Response.json(200, list);
    }
}
