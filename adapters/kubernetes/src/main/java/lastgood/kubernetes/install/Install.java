package lastgood.kubernetes.install;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Time;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.records.Records;

/// Makes what lastgood needs in a cluster: its kinds, and in each namespace an account with a Role.
///
/// Each object is read, compared and then made or replaced under the `resourceVersion` that was read, so that doing it
/// twice is doing it once and nobody's edit in between is lost. What others put on our objects (labels, annotations of
/// a
/// GitOps tool) stays. A definition that a newer lastgood made is left alone: an older schema would prune fields out of
/// records that the newer one relies on.
///
/// Taking a definition away takes every record of that kind in the whole cluster with it, journals and last good
/// templates included. So it is refused while a run is not over, and otherwise done only by one who has read
/// [#losses()] and says so.
public final class Install {

    /// A definition is served within a second or two; where it is not by then it never will be.
    private static final Duration ESTABLISHED_MAX = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofMillis(100);

    private final Api api;
    private final Access access;
    private final Time time;

    public Install(Api api, Access access, Time time) {
        this.api = api;
        this.access = access;
        this.time = time;
    }

    /// As YAML for `kubectl apply` or a GitOps repository.
    public String manifest() {
        return Yaml.documents(wanted());
    }

    private List<ObjectNode> wanted() {
        var all =
                new ArrayList<>(Definition.ALL.stream().map(Definition::object).toList());
        all.addAll(access.objects());
        return all;
    }

    // ---- installing

    /// @param dryRun only say what would be done
    /// @return every object, also those that were as they should be
    public List<Change> install(boolean dryRun) {
        var server = Server.of(api);
        if (server.diesOfCustomResources()) {
            throw new Forbidden(
                    "the API server %s, built with %s, dies of the first custom resource that is written\nnothing was changed; records are kept in ConfigMaps there\nhint: a server built with an older Go, or 1.24 and later, has no such fault"
                            .formatted(server.version(), server.go()));
        }
        return make(dryRun);
    }

    List<Change> make(boolean dryRun) {
        refuseNewer();
        var changes = new ArrayList<Change>();
        for (var object : wanted()) {
            changes.add(bring(object, dryRun));
        }
        if (!dryRun) {
            Definition.ALL.forEach(this::awaitEstablished);
        }
        return changes;
    }

    private void refuseNewer() {
        for (var definition : Definition.ALL) {
            var there = api.find(Kind.CRD, "", definition.name())
                    .map(Install::schema)
                    .orElse(0);
            if (there > Definition.SCHEMA) {
                throw new Forbidden(
                        "CustomResourceDefinition %s has schema %d, made by a newer lastgood; this one knows %d and would take fields away from its records\nnothing was changed\nhint: use the newer lastgood"
                                .formatted(definition.name(), there, Definition.SCHEMA));
            }
        }
    }

    /// Of a definition that was found; 0 = it says nothing that we understand.
    static int schema(JsonNode definition) {
        var text = Trees.annotation(definition, Definition.SCHEMA_KEY);
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }

    private Change bring(ObjectNode wanted, boolean dryRun) {
        var kind = kind(wanted);
        var namespace = wanted.path("metadata").path("namespace").asText("");
        var found = api.find(kind, namespace, Trees.name(wanted));
        if (found.isEmpty()) {
            return create(kind, namespace, wanted, dryRun);
        }
        var why = difference(wanted, found.get());
        if (why.isEmpty()) {
            return new Change(Change.Did.UNCHANGED, title(wanted), "");
        }
        if (!dryRun) {
            replace(kind, namespace, wanted, found.get());
        }
        return new Change(Change.Did.UPDATED, title(wanted), why);
    }

    private Change create(Kind kind, String namespace, ObjectNode wanted, boolean dryRun) {
        if (!dryRun) {
            if (api.create(kind, namespace, wanted) instanceof Answer.Refused refused
                    && !refused.refusal().conflict()) {
                throw refused.failure();
            }
        }
        return new Change(Change.Did.CREATED, title(wanted), "");
    }

    private void replace(Kind kind, String namespace, ObjectNode wanted, JsonNode found) {
        var object = (ObjectNode) found.deepCopy();
        for (var key : List.of("labels", "annotations")) {
            Trees.texts(wanted.path("metadata").path(key))
                    .forEach(((ObjectNode) object.path("metadata")).withObject("/" + key)::put);
        }
        for (var key : List.of("spec", "rules", "subjects", "roleRef")) {
            if (wanted.has(key)) {
                object.set(key, wanted.get(key));
            }
        }
        switch (api.replace(kind, namespace, object)) {
            case Answer.Ok _ -> {}
            case Answer.Refused(var refusal, var _)
            when refusal.conflict() ->
                throw new WorldMoved(
                        "%s was changed by somebody else meanwhile; nothing was changed by this request\nhint: install again"
                                .formatted(title(wanted)));
            case Answer.Refused refused -> throw refused.failure();
        }
    }

    /// What is not as it should be; empty = nothing. What the server added by itself is no difference.
    private static String difference(ObjectNode wanted, JsonNode found) {
        var before = schema(found);
        if (wanted.has("spec") && before < Definition.SCHEMA) {
            return "from schema %d to %d".formatted(before, Definition.SCHEMA);
        }
        if (!covers(
                        wanted.path("metadata").path("labels"),
                        found.path("metadata").path("labels"))
                || !covers(
                        wanted.path("metadata").path("annotations"),
                        found.path("metadata").path("annotations"))) {
            return "labels or annotations of ours are missing";
        }
        for (var part : List.of("spec", "rules", "subjects", "roleRef")) {
            if (!covers(wanted.path(part), found.path(part))) {
                return "somebody changed its " + part;
            }
        }
        return "";
    }

    private static boolean covers(JsonNode wanted, JsonNode found) {
        if (wanted.isMissingNode()) {
            return true;
        }
        if (wanted.isObject()) {
            return wanted.properties().stream().allMatch(e -> covers(e.getValue(), found.path(e.getKey())));
        }
        if (wanted.isArray()) {
            if (wanted.size() != found.size()) {
                return false;
            }
            for (var i = 0; i < wanted.size(); i++) {
                if (!covers(wanted.get(i), found.get(i))) {
                    return false;
                }
            }
            return true;
        }
        // The server leaves out zeros: priority 0 of a column, for one.
        return wanted.equals(found) || (wanted.isNumber() && wanted.asInt() == 0 && found.isMissingNode());
    }

    private void awaitEstablished(Definition definition) {
        var end = time.now().plus(ESTABLISHED_MAX);
        while (!established(definition)) {
            if (time.now().isAfter(end)) {
                throw new Forbidden(
                        "CustomResourceDefinition %s is there, but the API server does not serve it after %d s\nhint: kubectl describe crd %s"
                                .formatted(definition.name(), ESTABLISHED_MAX.toSeconds(), definition.name()));
            }
            pause();
        }
    }

    private void pause() {
        try {
            time.pause(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Forbidden(
                    "interrupted while waiting for the API server\nhint: install again; it goes on from here");
        }
    }

    /// Established is said a moment before it is served.
    private boolean established(Definition definition) {
        return api.find(Kind.CRD, "", definition.name())
                        .filter(d -> Trees.is(d, "Established"))
                        .isPresent()
                && api.served(definition.kind()).isPresent();
    }

    // ---- taking away

    /// The runs on the whole cluster that are not over: they would lose their journals.
    public List<String> activeRuns() {
        return all(Records.ROLLBACK).stream()
                .filter(o -> o.path("status").hasNonNull("journal")
                        && !o.path("status").hasNonNull("outcome"))
                .map(o -> "%s of %s/%s (%s)"
                        .formatted(
                                Trees.name(o),
                                o.path("spec").path("environment").asText(),
                                o.path("spec").path("service").asText(),
                                o.path("status").path("phase").asText()))
                .sorted()
                .toList();
    }

    /// What is lost with the definitions, in sentences; empty = nothing.
    public List<String> losses() {
        var counts = new TreeMap<>(Map.of(
                "journals of runs", all(Records.ROLLBACK).size(),
                "records of releases (the only ones, where Kubernetes has cleaned up its history)",
                        all(Records.RELEASE).size(),
                "ledgers (which release was good)", all(Records.LEDGER).size(),
                "locks", all(Records.SERVICE_LOCK).size()));
        return counts.entrySet().stream()
                .filter(e -> e.getValue() > 0)
                .map(e -> "%d %s".formatted(e.getValue(), e.getKey()))
                .toList();
    }

    private List<JsonNode> all(Kind kind) {
        return api.served(kind).isEmpty() || !defined(kind) ? List.of() : api.list(kind, "", "");
    }

    private boolean defined(Kind kind) {
        return api.find(Kind.CRD, "", kind.resource()).isPresent();
    }

    /// @param force whether records may be lost, and runs cut off
    /// @return every object that was or would be removed
    /// @throws Forbidden if something would be lost and nobody said that it may
    public List<Change> uninstall(boolean dryRun, boolean force) {
        if (!force) {
            refuseLosses(dryRun);
        }
        var objects = new ArrayList<>(wanted());
        // Accounts and rights last: whoever is cut off half-way can begin again with them.
        objects.sort(comparing(o -> kind(o).equals(Kind.CRD) ? 0 : 1));
        var changes = new ArrayList<Change>();
        for (var object : objects) {
            remove(object, dryRun).ifPresent(changes::add);
        }
        return changes;
    }

    private void refuseLosses(boolean dryRun) {
        var active = activeRuns();
        if (!active.isEmpty()) {
            throw new Forbidden(
                    "not over: %s; without its journal nobody can carry a run on\nnothing was changed\nhint: let it end, or cancel it"
                            .formatted(String.join(", ", active)));
        }
        var losses = losses();
        if (!losses.isEmpty() && !dryRun) {
            throw new Forbidden(
                    "this would be lost for good: %s\nnothing was changed\nhint: --force, if that is what you want"
                            .formatted(String.join(", ", losses)));
        }
    }

    private Optional<Change> remove(ObjectNode wanted, boolean dryRun) {
        var kind = kind(wanted);
        var namespace = wanted.path("metadata").path("namespace").asText("");
        var found = api.find(kind, namespace, Trees.name(wanted));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (!Trees.label(found.get(), Access.MANAGED_BY).equals(Api.MANAGER)) {
            return Optional.of(
                    new Change(Change.Did.UNCHANGED, title(wanted), "somebody else's: it is not labelled as ours"));
        }
        if (!dryRun
                && api.delete(kind, namespace, Trees.name(wanted), found.get()) instanceof Answer.Refused refused
                && !refused.refusal().notFound()) {
            throw refused.failure();
        }
        return Optional.of(new Change(Change.Did.REMOVED, title(wanted), ""));
    }

    // ---- names

    private static Kind kind(JsonNode object) {
        var name = object.path("kind").asText();
        return List.of(Kind.CRD, Kind.SERVICE_ACCOUNT, Kind.ROLE, Kind.ROLE_BINDING).stream()
                .filter(k -> k.kind().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("we install no " + name));
    }

    private static String title(JsonNode object) {
        var namespace = object.path("metadata").path("namespace").asText("");
        return "%s %s%s"
                .formatted(
                        object.path("kind").asText(), namespace.isEmpty() ? "" : namespace + "/", Trees.name(object));
    }
}
