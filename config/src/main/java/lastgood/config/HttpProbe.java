package lastgood.config;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One HTTP request and what is expected of its answer.
///
/// @param method GET or POST
/// @param target a path that starts with `/` (sent to the service), or a URL
/// @param headers sent with the request
/// @param jsonPath must find something in the answer; null: not looked at
/// @param contains must be part of the answer; null: not looked at
/// @param timeout for the whole exchange
public record HttpProbe(
        Method method,
        String target,
        Map<String, String> headers,
        Body body,
        Status status,
        @Nullable String jsonPath,
        @Nullable String contains,
        Duration timeout) {

    /// When the file does not say: a user would have given up.
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    public HttpProbe {
        headers = Map.copyOf(headers);
    }

    /// Expects any 2xx of a GET.
    static HttpProbe get(String target) {
        return new HttpProbe(
                Method.GET, target, Map.of(), new Body.None(), new Status.AnySuccess(), null, null, TIMEOUT);
    }

    public enum Method {
        GET,
        POST
    }

    /// What is sent.
    public sealed interface Body {
        record None() implements Body {}

        record Text(String text) implements Body {}

        record FromSecret(SecretRef ref) implements Body {}
    }

    /// Which status is fine.
    public sealed interface Status {
        /// 200 to 299
        record AnySuccess() implements Status {}

        record Exactly(int code) implements Status {}
    }
}
