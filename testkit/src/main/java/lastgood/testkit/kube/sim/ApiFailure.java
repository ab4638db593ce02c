package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/// A refusal in the words of the real server: clients tell cases apart by the code, the reason and sometimes, alas, the
/// message.
final class ApiFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// One field that is wrong.
    record Cause(String reason, String message, String field) {}

    private final transient ObjectNode status;
    private final int code;

    private ApiFailure(int code, String reason, String message, ObjectNode details) {
        super(message, null, false, false);
        this.code = code;
        this.status = Json.object(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "metadata",
                Json.object(),
                "status",
                "Failure",
                "message",
                message,
                "reason",
                reason,
                "details",
                details,
                "code",
                code);
    }

    int code() {
        return code;
    }

    String said() {
        return status.path("message").asText();
    }

    ObjectNode status() {
        return status;
    }

    Response response() {
        var response = Response.json(code, status);
        var wait = status.path("details").path("retryAfterSeconds");
        return wait.isMissingNode() ? response : response.with("Retry-After", wait.asText());
    }

    private static ObjectNode about(Resource resource, String name) {
        var details = Json.object();
        if (!name.isEmpty()) {
            details.put("name", name);
        }
        if (!resource.group().isEmpty()) {
            details.put("group", resource.group());
        }
        return details.put("kind", resource.plural());
    }

    static ApiFailure notFound(Resource resource, String name) {
        return new ApiFailure(
                404, "NotFound", "%s \"%s\" not found".formatted(resource.qualified(), name), about(resource, name));
    }

    /// The words of the proxy when it does not get through to a pod.
    static ApiFailure unreachable(String why) {
        return new ApiFailure(503, "ServiceUnavailable", why, Json.object());
    }

    static ApiFailure noSuchPath() {
        return new ApiFailure(404, "NotFound", "the server could not find the requested resource", Json.object());
    }

    static ApiFailure alreadyExists(Resource resource, String name) {
        return new ApiFailure(
                409,
                "AlreadyExists",
                "%s \"%s\" already exists".formatted(resource.qualified(), name),
                about(resource, name));
    }

    static ApiFailure conflict(Resource resource, String name, String why) {
        return new ApiFailure(
                409,
                "Conflict",
                "Operation cannot be fulfilled on %s \"%s\": %s".formatted(resource.qualified(), name, why),
                about(resource, name));
    }

    static ApiFailure modified(Resource resource, String name) {
        return conflict(
                resource,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    static ApiFailure applyConflicts(List<Cause> causes) {
        var lines = causes.stream().map(c -> c.message() + ": " + c.field()).toList();
        var message = causes.size() == 1
                ? "Apply failed with 1 conflict: " + lines.getFirst()
                : "Apply failed with %d conflicts: %s".formatted(causes.size(), String.join(", ", lines));
        return new ApiFailure(409, "Conflict", message, withCauses(Json.object(), causes));
    }

    static ApiFailure invalid(Resource resource, String name, List<Cause> causes) {
        var lines = causes.stream().map(c -> c.field() + ": " + c.message()).toList();
        var wrong = lines.size() == 1 ? lines.getFirst() : "[" + String.join(", ", lines) + "]";
        var kind = resource.group().isEmpty() ? resource.kind() : resource.kind() + "." + resource.group();
        var details = Json.object("name", name);
        if (!resource.group().isEmpty()) {
            details.put("group", resource.group());
        }
        details.put("kind", resource.kind());
        return new ApiFailure(
                422, "Invalid", "%s \"%s\" is invalid: %s".formatted(kind, name, wrong), withCauses(details, causes));
    }

    /// What becomes of a JSON patch that cannot be applied, a failing `test` included: nothing says which.
    static ApiFailure unprocessable() {
        return new ApiFailure(
                422, "Invalid", "the server rejected our request due to an error in our request", Json.object());
    }

    static ApiFailure forbidden(Resource resource, String name, String why) {
        var what = name.isEmpty() ? resource.qualified() : "%s \"%s\"".formatted(resource.qualified(), name);
        return new ApiFailure(403, "Forbidden", what + " is forbidden: " + why, about(resource, name));
    }

    static ApiFailure forbiddenPath(String why) {
        return new ApiFailure(403, "Forbidden", "forbidden: " + why, Json.object());
    }

    static ApiFailure terminating(Resource resource, String name, String namespace) {
        var failure = forbidden(
                resource,
                name,
                "unable to create new content in namespace %s because it is being terminated".formatted(namespace));
        withCauses(
                (ObjectNode) failure.status.get("details"),
                List.of(new Cause(
                        "NamespaceTerminating",
                        "namespace %s is being terminated".formatted(namespace),
                        "metadata.namespace")));
        return failure;
    }

    static ApiFailure unauthorized() {
        return new ApiFailure(401, "Unauthorized", "Unauthorized", Json.object());
    }

    static ApiFailure badRequest(String message) {
        return new ApiFailure(400, "BadRequest", message, Json.object());
    }

    static ApiFailure methodNotAllowed() {
        return new ApiFailure(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
                Json.object());
    }

    static ApiFailure unsupportedPatch(List<String> accepted) {
        return new ApiFailure(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: "
                        + String.join(", ", accepted),
                Json.object());
    }

    static ApiFailure tooOld(long asked, long oldest) {
        return new ApiFailure(
                410, "Expired", "too old resource version: %d (%d)".formatted(asked, oldest), Json.object());
    }

    static ApiFailure pageExpired() {
        return new ApiFailure(
                410,
                "Expired",
                "The provided continue parameter is too old to display a consistent list result. You can start a new"
                        + " list without the continue parameter.",
                Json.object());
    }

    static ApiFailure tooLarge(long asked, long current) {
        var cause = new Cause("ResourceVersionTooLarge", "Too large resource version", "");
        return new ApiFailure(
                504,
                "Timeout",
                "Timeout: Too large resource version: %d, current: %d".formatted(asked, current),
                withCauses(Json.object("retryAfterSeconds", 1), List.of(cause)));
    }

    static ApiFailure cannotEvict() {
        return new ApiFailure(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                Json.object());
    }

    static ApiFailure broken(RuntimeException mistake) {
        return new ApiFailure(500, "InternalError", "the simulated controllers broke down: " + mistake, Json.object());
    }

    /// A fault: the code with the reason that goes with it.
    static ApiFailure injected(int code, Duration retryAfter) {
        var details = retryAfter.isZero() ? Json.object() : Json.object("retryAfterSeconds", retryAfter.toSeconds());
        return new ApiFailure(code, reasonOf(code), "injected: " + reasonOf(code), details);
    }

    private static String reasonOf(int code) {
        return switch (code) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 409 -> "Conflict";
            case 410 -> "Expired";
            case 422 -> "Invalid";
            case 429 -> "TooManyRequests";
            case 500 -> "InternalError";
            case 503 -> "ServiceUnavailable";
            case 504 -> "Timeout";
            default -> "Unknown";
        };
    }

    private static ObjectNode withCauses(ObjectNode details, List<Cause> causes) {
        var list = details.putArray("causes");
        causes.forEach(c -> {
            var cause = list.addObject().put("reason", c.reason()).put("message", c.message());
            if (!c.field().isEmpty()) {
                cause.put("field", c.field());
            }
        });
        return details;
    }
}
