package lastgood.engine.watch;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.Decision;
import lastgood.core.decide.Situation;
import lastgood.core.decide.Symptom;
import lastgood.core.decide.TriggerRules;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;

/// The lines of a recording as text and back, without the loss of a bit: times to the nanosecond, fractions as
/// Java writes them, which it reads again as the same number. The same line is always the same text.
final class LineJson {

    private static final ObjectMapper JSON = mapper();

    private LineJson() {}

    static String write(Line line) {
        try {
            return JSON.writerFor(Line.class).writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a line can be written", e);
        }
    }

    static Line read(String text) throws JsonProcessingException {
        return JSON.readValue(text, Line.class);
    }

    static JsonNode tree(Decision decision) {
        return JSON.valueToTree(decision);
    }

    static JsonNode tree(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    private static ObjectMapper mapper() {
        var module = new SimpleModule();
        text(module, Version.class, Version::text, Version::new);
        text(module, Digest.class, Digest::text, Digest::new);
        text(module, Person.class, Person::name, Person::new);
        text(module, ServiceRef.class, ServiceRef::toString, ServiceRef::parse);
        text(module, Duration.class, Duration::toString, Duration::parse);
        text(module, Instant.class, Instant::toString, Instant::parse);
        module.addSerializer(Optional.class, new OptionalOut());
        module.addDeserializer(Optional.class, new OptionalIn(null));
        module.addSerializer(Set.class, new SetOut());
        module.addSerializer(Histogram.class, new HistogramOut());
        module.addDeserializer(Histogram.class, new HistogramIn());
        var mapper = JsonMapper.builder()
                .addModule(module)
                .visibility(PropertyAccessor.GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build();
        for (var sealed : List.of(
                Line.class,
                Reference.class,
                Scrape.Sight.class,
                Situation.Way.class,
                Symptom.class,
                ApprovalRule.class,
                TriggerRules.Above.class,
                Attribution.class,
                Decision.Clock.class,
                Decision.Unattended.class)) {
            alternatives(mapper, sealed);
        }
        return mapper;
    }

    private static void alternatives(ObjectMapper mapper, Class<?> sealed) {
        mapper.addMixIn(sealed, Typed.class);
        for (var alternative : sealed.getPermittedSubclasses()) {
            var words = alternative.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-");
            mapper.registerSubtypes(new NamedType(alternative, words.toLowerCase(Locale.ROOT)));
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface Typed {}

    private static <T> void text(SimpleModule module, Class<T> type, Function<T, String> out, Function<String, T> in) {
        module.addSerializer(type, new JsonSerializer<T>() {
            @Override
            public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
                generator.writeString(out.apply(value));
            }
        });
        module.addDeserializer(type, new JsonDeserializer<T>() {
            @Override
            public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                try {
                    return in.apply(parser.getText());
                } catch (RuntimeException e) {
                    throw context.weirdStringException(parser.getText(), type, String.valueOf(e.getMessage()));
                }
            }
        });
    }

    // ---- what Jackson does not know, or not in our order

    @SuppressWarnings("rawtypes")
    private static final class OptionalOut extends JsonSerializer<Optional> {
        @Override
        public void serialize(Optional value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            provider.defaultSerializeValue(value.isPresent() ? value.get() : null, generator);
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class OptionalIn extends JsonDeserializer<Optional> implements ContextualDeserializer {
        private final @org.jspecify.annotations.Nullable JavaType of;

        private OptionalIn(@org.jspecify.annotations.Nullable JavaType of) {
            this.of = of;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
            return new OptionalIn(property.getType().containedType(0));
        }

        @Override
        public Optional deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Optional.of(context.<Object>readValue(parser, of));
        }

        @Override
        public Optional getNullValue(DeserializationContext context) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class SetOut extends JsonSerializer<Set> {
        @Override
        public void serialize(Set value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeStartArray();
            for (var item : ((Set<?>) value)
                    .stream().sorted(Comparator.comparing(Object::toString)).toList()) {
                provider.defaultSerializeValue(item, generator);
            }
            generator.writeEndArray();
        }
    }

    /// The last bound is infinite, which JSON cannot say, and is left out.
    private static final class HistogramOut extends JsonSerializer<Histogram> {
        @Override
        public void serialize(Histogram value, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            generator.writeStartObject();
            generator.writeArrayFieldStart("bounds");
            for (var i = 0; i < value.buckets() - 1; i++) {
                generator.writeNumber(value.bound(i));
            }
            generator.writeEndArray();
            generator.writeArrayFieldStart("within");
            for (var i = 0; i < value.buckets(); i++) {
                generator.writeNumber(value.requests() - value.slowerThan(i).bad());
            }
            generator.writeEndArray();
            generator.writeEndObject();
        }
    }

    private static final class HistogramIn extends JsonDeserializer<Histogram> {
        @Override
        public Histogram deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode tree = parser.readValueAsTree();
            var bounds = new double[tree.path("bounds").size() + 1];
            for (var i = 0; i < bounds.length - 1; i++) {
                bounds[i] = tree.path("bounds").get(i).asDouble();
            }
            bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
            var within = new long[tree.path("within").size()];
            for (var i = 0; i < within.length; i++) {
                within[i] = tree.path("within").get(i).asLong();
            }
            try {
                return Histogram.of(bounds, within);
            } catch (IllegalArgumentException e) {
                throw context.instantiationException(Histogram.class, e);
            }
        }
    }
}
