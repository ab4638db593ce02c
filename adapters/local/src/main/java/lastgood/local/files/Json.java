package lastgood.local.files;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import lastgood.core.Autoscaler;
import lastgood.core.WorkloadState;

/// JSON as we write it: keys sorted, no spaces, so that the same content is the same bytes.
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addMixIn(WorkloadState.class, Unscaled.class)
            .addModule(new SimpleModule().addDeserializer(Autoscaler.class, new NoAutoscaler()))
            .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(50).build());
    }

    private Json() {}

    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
        }
    }

    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
        }
    }

    public static <T> T read(byte[] content, Class<T> type) throws IOException {
        var value = MAPPER.readValue(content, type);
        if (value == null) {
            throw new IOException("there is no JSON object in it");
        }
        return value;
    }

    public static JsonNode tree(byte[] content) throws IOException {
        return MAPPER.readTree(content);
    }

    public static JsonNode tree(String content) throws IOException {
        return MAPPER.readTree(content);
    }

    /// Nothing on this machine scales by itself, so nothing is said of it.
    @JsonIgnoreProperties(value = "autoscaler", allowSetters = true)
    private interface Unscaled {}

    private static final class NoAutoscaler extends StdDeserializer<Autoscaler> {
        private static final long serialVersionUID = 1L;

        NoAutoscaler() {
            super(Autoscaler.class);
        }

        @Override
        public Autoscaler deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            parser.skipChildren();
            return new Autoscaler.None();
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return new Autoscaler.None();
        }
    }
}
