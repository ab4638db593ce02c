package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One answer. A watch has no body: its events are read from the stream, which the reader closes.
///
/// @param lengthSaid what the header claims; more than there is in the body if a fault cut the answer short
@SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
public record Response(
        int status,
        Map<String, String> headers,
        byte[] body,
        int lengthSaid,
        @Nullable WatchStream watch) {

    static Response json(int status, JsonNode body) {
        return of(status, "application/json", Json.bytes(body));
    }

    static Response text(int status, String body) {
        return of(status, "text/plain", body.getBytes(StandardCharsets.UTF_8));
    }

    static Response bytes(int status, String type, byte[] body) {
        return of(status, type, body);
    }

    private static Response of(int status, String type, byte[] body) {
        return new Response(status, Map.of("Content-Type", type), body, body.length, null);
    }

    static Response watching(WatchStream stream) {
        return new Response(200, Map.of("Content-Type", "application/json"), new byte[0], 0, stream);
    }

    Response with(String header, String value) {
        var more = new TreeMap<>(headers);
        more.put(header, value);
        return new Response(status, Map.copyOf(more), body, lengthSaid, watch);
    }

    /// Half of it arrives, then the connection ends.
    Response cutShort() {
        return new Response(status, headers, java.util.Arrays.copyOf(body, body.length / 2), body.length, watch);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
