package lastgood.engine.journal;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.Function;
import lastgood.core.Digest;
import lastgood.core.LedgerEntry;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.core.data.WriteAccess;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Note;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.core.recover.Probed;
import lastgood.core.recover.ProofRules;
import lastgood.core.recover.WatchRules;

/// Records and plans as text and back.
///
/// The text is canonical, a subset of RFC 8785: keys sorted, no white space, integers only, control
/// characters but line feeds replaced before they are written. The same value is therefore always the same text, and
/// the same text the same hash. Unknown fields are ignored on reading, so that a later version may add some;
/// an unknown `type` or format is an error, because leaving a record out would change what the rest means.
public final class Codec {

    private static final ObjectMapper JSON = mapper();

    private Codec() {}

    /// A record and the line it stands on in a journal.
    record Written(JournalRecord record, String line) {}

    /// Makes the record that comes after `prev`, with its hash.
    static Written seal(RunId run, int seq, int epoch, Instant at, String owner, Entry entry, String prev) {
        var time = at.truncatedTo(ChronoUnit.MILLIS);
        ObjectNode tree = JSON.valueToTree(entry);
        tree.put("v", JournalRecord.FORMAT)
                .put("run", run.text())
                .put("seq", seq)
                .put("epoch", epoch)
                .put("at", time.toString())
                .put("owner", plain(owner))
                .put("prev", prev);
        var hash = Digest.of(write(tree)).text();
        return new Written(
                new JournalRecord(run, seq, epoch, time, owner, entry, prev, hash), write(tree.put("hash", hash)));
    }

    /// Reads a record and checks its hash.
    ///
    /// @throws Damaged if it is not a record, or was altered
    public static JournalRecord record(String line) {
        try {
            if (!(JSON.readTree(line) instanceof ObjectNode tree)) {
                throw new Damaged("not a record");
            }
            var format = tree.path("v").asInt();
            if (format != JournalRecord.FORMAT) {
                throw new Damaged(
                        "format %d, and this version reads format %d".formatted(format, JournalRecord.FORMAT));
            }
            var hash = tree.path("hash").asText();
            if (!Digest.of(without(line, hash)).text().equals(hash)) {
                throw new Damaged("the hash does not fit the content");
            }
            return new JournalRecord(
                    new RunId(tree.path("run").asText()),
                    tree.path("seq").asInt(),
                    tree.path("epoch").asInt(),
                    Instant.parse(tree.path("at").asText()),
                    tree.path("owner").asText(),
                    JSON.treeToValue(typeFirst(tree), Entry.class),
                    tree.path("prev").asText(),
                    hash);
        } catch (JsonProcessingException | RuntimeException e) {
            throw e instanceof Damaged damaged ? damaged : new Damaged("unreadable: " + e.getMessage());
        }
    }

    /// What an approval binds: changes with anything that the plan would do.
    public static String digest(Plan plan) {
        return Digest.of(write(JSON.valueToTree(plan))).text();
    }

    /// A record, a plan or any of their parts as a tree, for output that people or their scripts read.
    public static JsonNode json(Object value) {
        return JSON.valueToTree(value);
    }

    /// Jackson need not look ahead for the type when it comes first: a quarter of the time it takes to read a record.
    private static ObjectNode typeFirst(ObjectNode tree) {
        var ordered = JSON.createObjectNode();
        ordered.set("type", tree.path("type"));
        ordered.setAll(tree);
        return ordered;
    }

    /// The text that was hashed. Lines are canonical, so cutting the hash out gives it back byte for byte, and a
    /// line that is not canonical does not verify.
    private static String without(String line, String hash) {
        return line.replace("\"hash\":\"" + hash + "\",", "");
    }

    private static String write(JsonNode tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    private static ObjectMapper mapper() {
        var module = new SimpleModule();
        text(module, Version.class, Version::text, Version::new);
        text(module, Digest.class, Digest::text, Digest::new);
        text(module, Person.class, Person::name, Person::new);
        text(module, RunId.class, RunId::text, RunId::new);
        text(module, ServiceRef.class, ServiceRef::toString, ServiceRef::parse);
        text(module, Workload.class, Workload::toString, Workload::parse);
        text(module, Duration.class, Duration::toString, Duration::parse);
        text(module, Instant.class, i -> i.truncatedTo(ChronoUnit.MILLIS).toString(), Instant::parse);
        text(module, String.class, Codec::plain, s -> s);
        var mapper = JsonMapper.builder()
                .addModule(module)
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        // Records from before there were companions have no such fields, and read as having none. They are written
        // only where there are some, so that what such a record says keeps its digest.
        mapper.configOverride(SortedMap.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
        mapper.addMixIn(Release.class, OnlyIfThere.class);
        mapper.addMixIn(Note.Deploy.class, OnlyIfThere.class);
        mapper.addMixIn(WriteAccess.class, NotClosed.class);
        mapper.addMixIn(WatchRules.class, ProofIfOwed.class);
        mapper.addMixIn(Entry.Window.class, ProbedIfSent.class);
        alternatives(mapper, Entry.class, "_");
        alternatives(mapper, Step.class, "-");
        alternatives(mapper, Step.RestoreConfig.Held.class, "-");
        alternatives(mapper, Step.ApplyMigration.After.class, "-");
        alternatives(mapper, Note.class, "-");
        alternatives(mapper, ApprovalRule.class, "-");
        alternatives(mapper, Verdict.class, "-");
        alternatives(mapper, LedgerEntry.class, "-");
        return mapper;
    }

    /// The alternatives of a sealed type are told apart by `type`: `PUT_REVISION` with `_`, `put-revision` with `-`.
    private static void alternatives(ObjectMapper mapper, Class<?> sealed, String between) {
        mapper.addMixIn(sealed, Typed.class);
        for (var alternative : sealed.getPermittedSubclasses()) {
            if (alternative.isSealed()) {
                alternatives(mapper, alternative, between);
                continue;
            }
            var words = alternative.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", between);
            var name = between.equals("_") ? words.toUpperCase(Locale.ROOT) : words.toLowerCase(Locale.ROOT);
            mapper.registerSubtypes(new NamedType(alternative, name));
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    private interface Typed {}

    /// Jackson reads the names and what stands on them.
    @SuppressWarnings("UnusedMethod")
    private interface OnlyIfThere {
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        SortedMap<String, Revision> others();

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        SortedMap<String, Digest> config();
    }

    /// Plans from before there were proofs keep their digest.
    @SuppressWarnings("UnusedMethod")
    private interface ProofIfOwed {
        @JsonInclude(JsonInclude.Include.NON_NULL)
        ProofRules proof();
    }

    @SuppressWarnings("UnusedMethod")
    private interface ProbedIfSent {
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Probed probed();
    }

    /// It follows from the rest.
    @SuppressWarnings("UnusedMethod")
    private interface NotClosed {
        @JsonIgnore
        boolean isClosed();
    }

    /// Control characters and halves of surrogate pairs have no place in a record that people read.
    private static String plain(String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if ((c < ' ' && c != '\n') || c == 0x7f || Character.isSurrogate(c)) {
                return text.codePoints()
                        .map(p -> (p < ' ' && p != '\n')
                                        || p == 0x7f
                                        || (p >= Character.MIN_SURROGATE && p <= Character.MAX_SURROGATE)
                                ? '?'
                                : p)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    private static <T> void text(SimpleModule module, Class<T> type, Function<T, String> out, Function<String, T> in) {
        module.addSerializer(type, new StdScalarSerializer<>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
                generator.writeString(out.apply(value));
            }
        });
        module.addDeserializer(type, new StdScalarDeserializer<>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                return in.apply(parser.getText());
            }
        });
    }
}
