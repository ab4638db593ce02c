package lastgood.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What `lastgood watch --act -o json` has said so far, a document to a line.
final class Watched {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Watched() {}

    /// One advice, as it was printed.
    record Advice(JsonNode doc) {

        String act() {
            return doc.path("act").asText();
        }

        Instant at() {
            return Instant.parse(doc.path("at").asText());
        }

        Optional<String> severity() {
            return Optional.of(doc.path("severity").asText()).filter(s -> !s.isEmpty());
        }

        /// Whether it is more than a suspicion: somebody is called, or the way back is taken.
        boolean isAlarm(String release) {
            return doc.path("release").asText().equals(release)
                    && (severity().isPresent()
                            || doc.path("attribution").asText().equals("Temporal"))
                    && List.of("ROLL_BACK", "PREPARE", "PAGE").contains(act());
        }

        List<String> reasons() {
            return JSON.convertValue(
                    doc.path("reasons"), JSON.getTypeFactory().constructCollectionType(List.class, String.class));
        }
    }

    static List<Advice> all(List<String> lines) {
        return lines.stream().flatMap(l -> read(l).stream()).toList();
    }

    private static Optional<Advice> read(String line) {
        if (!line.startsWith("{") || !line.endsWith("}")) {
            return Optional.empty();
        }
        try {
            var doc = JSON.readTree(line);
            return doc.path("kind").asText().equals("Advice") ? Optional.of(new Advice(doc)) : Optional.empty();
        } catch (JsonProcessingException e) {
            // A line of a report, which is written over several.
            return Optional.empty();
        }
    }
}
