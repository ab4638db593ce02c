package lastgood.probes;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The small part of JSONPath that says "is it there": `$.user.roles[0].name`.
final class JsonPath {

    private static final Pattern PART = Pattern.compile("\\.([A-Za-z0-9_-]+)|\\[([0-9]{1,6})]");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(50).build());
    }

    private JsonPath() {}

    static boolean finds(String path, String json) {
        try {
            var node = MAPPER.readTree(json);
            var rest = path.startsWith("$") ? path.substring(1) : "." + path;
            var parts = PART.matcher(rest);
            var at = 0;
            while (at < rest.length()) {
                if (!parts.find(at) || parts.start() != at) {
                    return false;
                }
                node = step(node, parts.group(1), parts.group(2));
                at = parts.end();
            }
            return !node.isMissingNode() && !node.isNull();
        } catch (IOException _) {
            return false;
        }
    }

    private static JsonNode step(JsonNode node, @Nullable String name, String index) {
        return name == null ? node.path(Integer.parseInt(index)) : node.path(name);
    }
}
