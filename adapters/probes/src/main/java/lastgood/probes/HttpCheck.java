package lastgood.probes;

import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One request and what is expected of its answer.
///
/// @param target a path, sent where users' requests go in, or a URL
/// @param body what is sent; null: nothing
/// @param status the one that is fine; 0: any from 200 to 299
/// @param jsonPath such as `$.user.id`, must find something in the answer; null: not looked at
/// @param contains must be part of the answer; null: not looked at
public record HttpCheck(
        String method,
        String target,
        SortedMap<String, String> headers,
        @Nullable Body body,
        int status,
        @Nullable String jsonPath,
        @Nullable String contains,
        Duration timeout) {

    private static final Duration PATIENCE_OF_A_USER = Duration.ofSeconds(5);

    public HttpCheck {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    public static HttpCheck get(String target) {
        return new HttpCheck("GET", target, new TreeMap<>(), null, 0, null, null, PATIENCE_OF_A_USER);
    }

    /// What a request sends, fetched each time it is asked. Where secrets are kept is the caller's knowledge.
    @FunctionalInterface
    public interface Body {
        Fetched fetch();
    }

    /// Either the text, or in words why there is none.
    public sealed interface Fetched {
        record Text(String text) implements Fetched {
            @Override
            public String toString() {
                return "********";
            }
        }

        record Missing(String why) implements Fetched {}
    }
}
