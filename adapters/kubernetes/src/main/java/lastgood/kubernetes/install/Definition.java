package lastgood.kubernetes.install;

import static lastgood.kubernetes.install.Field.may;
import static lastgood.kubernetes.install.Field.must;
import static lastgood.kubernetes.install.Field.oneOf;
import static lastgood.kubernetes.install.Field.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import lastgood.core.plan.Plan;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.records.Records;

/// One of our kinds, as the API server is told of it.
///
/// The description is here, next to nobody's build: a plugin that reads annotated classes puts printer columns in the
/// order of their paths, which begins with the age and is not how a person reads a rollback (docs/decisions/0013).
///
/// @param why what `kubectl explain` says of it
/// @param columns of `kubectl get`, in the order in which they are read
/// @param status empty = no such subresource
record Definition(
        Kind kind, List<String> shortNames, String why, List<Column> columns, Field.Group spec, Field.Group status) {

    /// Raised with every change below. A cluster with a higher one belongs to a newer lastgood, which we leave alone.
    static final int SCHEMA = 1;

    static final String SCHEMA_KEY = "lastgood.dev/schema";

    /// Tells a definition that somebody edited from one that is as we made it.
    static final String DIGEST_KEY = "lastgood.dev/schema-digest";

    Definition {
        shortNames = List.copyOf(shortNames);
        columns = List.copyOf(columns);
    }

    /// @param wide whether only `-o wide` shows it
    record Column(String name, String type, String path, boolean wide) {
        static Column of(String name, String path) {
            return new Column(name, "string", path, false);
        }

        static Column whole(String name, String path) {
            return new Column(name, "integer", path, false);
        }

        static Column wide(String name, String path) {
            return new Column(name, "string", path, true);
        }
    }

    private static final Column AGE = new Column("Age", "date", ".metadata.creationTimestamp", false);

    private static final Field LABEL = text(63, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$");
    private static final Field RUN = text(11, "^(rb|ro|op)-[0-9a-z]{8}$");
    private static final Field DIGEST = text(71, "^sha256:[0-9a-f]{64}$");
    private static final Field VERSION = text(128, "^[A-Za-z0-9][A-Za-z0-9._+-]*$");
    private static final Field PERSON = text(253);

    /// One line of ours, however long: our own limits are a tenth of it.
    private static final Field LINE = text(8192);

    /// etcd refuses an object of more than 1.5 MiB anyway; nothing of ours comes near.
    private static final Field RECORD = text(1_048_576);

    private static final Field.Group NONE = Field.Group.of();

    private static final Field.Property ENVIRONMENT = must("environment", LABEL, "such as production");
    private static final Field.Property SERVICE = must("service", LABEL, "as the configuration names it");

    private static final Definition ROLLBACK = new Definition(
            Records.ROLLBACK,
            List.of("rb"),
            "One run of lastgood: a rollback, a rollout, an undo or another change. Made and written by lastgood only.",
            List.of(
                    Column.of("Service", ".spec.service"),
                    Column.of("Kind", ".spec.kind"),
                    Column.of("From", ".status.from"),
                    Column.of("To", ".status.to"),
                    Column.of("Phase", ".status.phase"),
                    Column.of("Step", ".status.step"),
                    Column.of("By", ".spec.by"),
                    Column.wide("Outcome", ".status.outcome"),
                    Column.wide("Reason", ".spec.reason"),
                    AGE),
            Field.Group.of(
                    ENVIRONMENT,
                    SERVICE,
                    must(
                            "kind",
                            oneOf(Arrays.stream(Plan.Kind.values())
                                    .map(Plan.Kind::word)
                                    .toList()),
                            "what the run is for"),
                    must("by", PERSON, "who asked for it"),
                    may("reason", LINE, "why, in their words"),
                    may("emergency", new Field.Flag(), "whether it began before anyone else had agreed")),
            Field.Group.of(
                    may("phase", text(64, "^[a-z][a-z -]*$"), "where the run stands, such as `running`"),
                    may("from", LINE, "what ran when the plan was made"),
                    may("to", LINE, "what is to run"),
                    may("step", text(253), "the step that is being carried out"),
                    may("question", LINE, "what a person has to answer before it goes on"),
                    may("outcome", LINE, "how it ended; not there while it is going on"),
                    may("owner", text(253), "which process wrote last"),
                    may("records", new Field.Whole(0), "how many records the journal holds"),
                    may("journal", RECORD, "all records with their hash chain, packed; `lastgood audit` shows them")));

    private static final Definition RELEASE = new Definition(
            Records.RELEASE,
            List.of(),
            "What a release is made of, so that it can be put back after everyone else has thrown it away.",
            List.of(
                    Column.of("Service", ".spec.service"),
                    Column.whole("Number", ".spec.number"),
                    Column.of("Version", ".spec.version"),
                    Column.of("By", ".spec.by"),
                    Column.wide("Digest", ".spec.digest"),
                    AGE),
            Field.Group.of(
                    ENVIRONMENT,
                    SERVICE,
                    may("number", new Field.Whole(1), "its place in the ledger; not there until it went live"),
                    may("version", VERSION, "what people call it"),
                    may("digest", DIGEST, "of the main workload's pod template: its identity"),
                    may("at", text(64), "when it was put out"),
                    may("by", PERSON, "who put it out"),
                    may("images", new Field.ListOf(text(1024)), "all images that its pods run"),
                    may("migrations", new Field.ListOf(text(1024)), "schema migrations it brought, oldest first"),
                    must(
                            "workloads",
                            new Field.MapOf(Field.Group.of(
                                    must("kind", text(63), "such as Deployment"),
                                    must("digest", DIGEST, "of the pod template"),
                                    must("version", VERSION, "read off the image or a label"),
                                    may("selector", new Field.ListOf(text(317)), "labels that belong to the place"),
                                    may("maintenance", text(253), "the environment variable of the maintenance page"),
                                    must("template", new Field.Opaque(), "the pod template as it was found"))),
                            "by name"),
                    may(
                            "config",
                            new Field.MapOf(Field.Group.of(
                                    must("digest", DIGEST, "of the content"),
                                    may("data", new Field.Opaque(), "as in the ConfigMap"),
                                    may("binaryData", new Field.Opaque(), "as in the ConfigMap"))),
                            "ConfigMaps by name"),
                    may(
                            "secrets",
                            new Field.MapOf(text(256)),
                            "fingerprints of Secrets by name: enough to see that one has changed, and no more")),
            NONE);

    private static final Definition LEDGER = new Definition(
            Records.LEDGER,
            List.of(),
            "A service's history of releases and verdicts.",
            List.of(
                    Column.of("Live", ".spec.live"),
                    Column.of("Standing", ".spec.liveStanding"),
                    Column.whole("Releases", ".spec.releases"),
                    AGE),
            Field.Group.of(
                    ENVIRONMENT,
                    SERVICE,
                    must("entries", new Field.ListOf(RECORD), "one line of JSON each, oldest first"),
                    may("live", text(128), "the version that users have"),
                    may("liveStanding", text(64), "what its history says of it, such as `good`"),
                    may("releases", new Field.Whole(0), "how many there have been")),
            NONE);

    private static final Definition SERVICE_LOCK = new Definition(
            Records.SERVICE_LOCK,
            List.of(),
            "At most one run changes a service: the one that this names.",
            List.of(Column.of("Run", ".spec.run"), AGE),
            Field.Group.of(ENVIRONMENT, SERVICE, must("run", RUN, "whose lock it is")),
            NONE);

    static final List<Definition> ALL = List.of(ROLLBACK, RELEASE, LEDGER, SERVICE_LOCK);

    String name() {
        return kind.resource();
    }

    /// The `CustomResourceDefinition`.
    ObjectNode object() {
        var object = Api.JSON.createObjectNode();
        object.put("apiVersion", "apiextensions.k8s.io/v1").put("kind", Kind.CRD.kind());
        var meta = object.putObject("metadata").put("name", name());
        meta.putObject("labels").put(Access.MANAGED_BY, Api.MANAGER);
        var spec = described();
        meta.putObject("annotations")
                .put(SCHEMA_KEY, Integer.toString(SCHEMA))
                .put(DIGEST_KEY, Trees.digest(spec).brief());
        object.set("spec", spec);
        return object;
    }

    private ObjectNode described() {
        var spec = Api.JSON.createObjectNode();
        spec.put("group", kind.group()).put("scope", "Namespaced");
        var names = spec.putObject("names")
                .put("plural", kind.plural())
                .put("singular", kind.kind().toLowerCase(Locale.ROOT))
                .put("kind", kind.kind())
                .put("listKind", kind.kind() + "List");
        if (!shortNames.isEmpty()) {
            shortNames.forEach(names.putArray("shortNames")::add);
        }
        names.putArray("categories").add("lastgood");
        var version = spec.putArray("versions").addObject();
        version.put("name", Records.VERSION).put("served", true).put("storage", true);
        if (hasStatus()) {
            version.putObject("subresources").putObject("status");
        }
        var shown = version.putArray("additionalPrinterColumns");
        columns.forEach(c -> shown.addObject()
                .put("name", c.name())
                .put("type", c.type())
                .put("jsonPath", c.path())
                .put("priority", c.wide() ? 1 : 0));
        version.putObject("schema").set("openAPIV3Schema", schema());
        return spec;
    }

    boolean hasStatus() {
        return !status.properties().isEmpty();
    }

    private JsonNode schema() {
        var schema = Api.JSON.createObjectNode();
        schema.put("type", "object").put("description", why);
        schema.putArray("required").add("spec");
        var properties = schema.putObject("properties");
        properties.set("spec", spec.schema());
        if (hasStatus()) {
            properties.set("status", status.schema());
        }
        return schema;
    }
}
