package lastgood.signals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// An object that somebody sent, field by field. Whatever is not as it should be is [Malformed] with its place in it;
/// nothing else is ever thrown, whatever the bytes.
record Fields(String at, JsonNode node) {

    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final int NESTING_MAX = 20;
    private static final int TEXT_MAX = 4096;
    private static final int LABELS_MAX = 64;
    private static final int LINE_MAX = 200;

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING_MAX)
                        .maxNumberLength(20)
                        .build());
    }

    static Fields read(byte[] body) {
        try {
            var tree = JSON.readTree(body);
            if (tree == null || !tree.isObject()) {
                throw new Malformed("it is no JSON object");
            }
            return new Fields("", tree);
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            throw new Malformed(
                    "it is no JSON%s".formatted(where == null ? "" : ", from line " + where.getLineNr() + " on"));
        } catch (IOException e) {
            throw new Malformed("it is no JSON");
        }
    }

    Fields of(JsonNode child, String name) {
        return new Fields(at.isEmpty() ? name : at + "." + name, child);
    }

    Fields object() {
        if (!node.isObject()) {
            throw bad("is no object");
        }
        return this;
    }

    void only(Set<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new Malformed("there is no field `%s`; known: %s"
                        .formatted(line(name), String.join(", ", new java.util.TreeSet<>(known))));
            }
        });
    }

    boolean has(String name) {
        return node.has(name);
    }

    Fields list(String name, int max) {
        var list = of(node.path(name), name);
        if (!list.node.isArray()) {
            throw list.bad("is no list");
        }
        if (list.node.size() > max) {
            throw list.bad("has %d entries; at most %d are taken".formatted(list.node.size(), max));
        }
        return list;
    }

    String text(String name) {
        var field = of(node.path(name), name);
        if (!field.node.isTextual()) {
            throw field.bad(field.node.isMissingNode() ? "is missing" : "is no text");
        }
        if (field.node.textValue().length() > TEXT_MAX) {
            throw field.bad("is longer than %d characters".formatted(TEXT_MAX));
        }
        return field.node.textValue();
    }

    String text(String name, String fallback) {
        return node.has(name) ? text(name) : fallback;
    }

    Instant instant(String name) {
        try {
            return OffsetDateTime.parse(text(name)).toInstant();
        } catch (DateTimeException e) {
            throw of(node.path(name), name).bad("is no time such as 2026-01-02T15:04:05Z");
        }
    }

    Map<String, String> texts(String name) {
        var map = new TreeMap<String, String>();
        if (!node.has(name)) {
            return map;
        }
        var field = of(node.path(name), name).object();
        if (field.node.size() > LABELS_MAX) {
            throw field.bad("has more than %d entries".formatted(LABELS_MAX));
        }
        field.node.fieldNames().forEachRemaining(key -> map.put(key, field.text(key)));
        return map;
    }

    Malformed bad(String what) {
        return new Malformed("`%s` %s".formatted(line(at), what));
    }

    /// One line that can be printed anywhere: no control characters, no direction marks, not long.
    static String line(String text) {
        var plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\s]+", " ")
                .strip();
        return plain.codePointCount(0, plain.length()) <= LINE_MAX
                ? plain
                : plain.substring(0, plain.offsetByCodePoints(0, LINE_MAX - 1)) + "…";
    }
}
