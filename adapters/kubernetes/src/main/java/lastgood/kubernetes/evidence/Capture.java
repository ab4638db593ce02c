package lastgood.kubernetes.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lastgood.core.Redaction;
import lastgood.core.Words;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Api.LogText;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.evidence.Errands.Errand;
import lastgood.kubernetes.evidence.Errands.Gone;
import lastgood.kubernetes.evidence.Errands.Lane;
import lastgood.kubernetes.history.Snapshot;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Naming;
import lastgood.kubernetes.workloads.Pods;

/// One capture, in the order of what is lost first: logs, which go with their pods; events, which go after an hour;
/// objects, which the rollback is about to change.
final class Capture {

    /// A container's log is rotated at 10 MiB as a rule; the beginning shows how it started, the end how it ended.
    private static final int LOG_BYTES_MAX = 4 << 20;

    /// The end of a log that is larger than that.
    private static final int END_LINES = 5_000;

    /// More pods than this say nothing new, and cost an ailing API server too much.
    private static final int PODS_MAX = 200;

    /// Of the time that is left: a Secret that takes longer is not waited for, or nothing would be kept for its sake.
    private static final int SECRETS_SHARE = 3;

    private static final List<Kind> WORKLOADS =
            List.of(Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET, Kind.CRON_JOB);

    private final Api api;
    private final KubeService service;
    private final String namespace;
    private final Draft draft;
    private final Errands errands;
    private final Lane logs = new Lane();
    private final Lane rest = new Lane();
    private final CompletableFuture<Redaction> redaction = new CompletableFuture<>();

    /// @param deadline of `System.nanoTime()`
    Capture(Api api, KubeService service, Draft draft, long deadline) {
        this.api = api;
        this.service = service;
        this.namespace = service.namespace();
        this.draft = draft;
        this.errands = new Errands(deadline);
    }

    /// What is missing, in words.
    List<String> run() {
        try (errands) {
            var workloads = workloads();
            var owned = owned(workloads);
            var kept = new ArrayList<Errand<?>>();
            var pods = owned.pods();
            // Whatever is asked of a Secret must not cost the logs their time: they are fetched meanwhile.
            kept.add(errands.send(rest, "values of Secrets", () -> redaction.complete(secrets(workloads.values()))));
            redaction.completeOnTimeout(new Redaction(List.of()), errands.left() / SECRETS_SHARE, TimeUnit.NANOSECONDS);
            kept.addAll(logs(pods));
            kept.add(keep("events.json", "events", () -> events(workloads, owned)));
            kept.add(keep("images.txt", "images", () -> images(pods)));
            kept.addAll(objects(workloads, owned));
            kept.forEach(errands::await);
            return errands.missing();
        } finally {
            draft.close();
        }
    }

    // ---- what there is

    private Map<String, JsonNode> workloads() {
        var names = new LinkedHashSet<>(service.strategyWorkloads());
        names.addAll(service.companions());
        var asked = new ArrayList<Map.Entry<String, Errand<Optional<JsonNode>>>>();
        for (var name : names) {
            var kind = service.kind(name).kind();
            asked.add(Map.entry(
                    name, errands.send(rest, kind.kind() + " " + name, () -> api.find(kind, namespace, name))));
        }
        var found = new LinkedHashMap<String, JsonNode>();
        asked.forEach(e -> errands.await(e.getValue()).flatMap(o -> o).ifPresent(o -> found.put(e.getKey(), o)));
        return found;
    }

    /// What belongs to the workloads, by who owns it.
    private record Owned(List<JsonNode> replicaSets, List<JsonNode> jobs, List<JsonNode> pods) {}

    private Owned owned(Map<String, JsonNode> workloads) {
        if (workloads.isEmpty()) {
            return new Owned(List.of(), List.of(), List.of());
        }
        var selectors = new TreeSet<String>();
        workloads
                .values()
                .forEach(w -> selectors.add(Trees.selector(w.path("spec").path("selector"))));
        selectors.remove("");
        var makesJobs = workloads.values().stream()
                .anyMatch(w -> w.path("kind").asText().equals("CronJob"));
        var sets = selectors.stream()
                .map(s -> errands.send(rest, "ReplicaSets", () -> api.list(Kind.REPLICA_SET, namespace, s)))
                .toList();
        var pods = Stream.concat(selectors.stream(), makesJobs ? Stream.of("job-name") : Stream.of())
                .map(s -> errands.send(rest, "pods", () -> api.list(Kind.POD, namespace, s)))
                .toList();
        var jobs = makesJobs
                ? List.of(errands.send(rest, "Jobs", () -> api.list(Kind.JOB, namespace, "")))
                : List.<Errand<List<JsonNode>>>of();
        var ours = uids(workloads.values());
        var ownSets = ownedBy(sets, ours);
        var ownJobs = ownedBy(jobs, ours);
        ours.addAll(uids(ownSets));
        ours.addAll(uids(ownJobs));
        return new Owned(ownSets, ownJobs, ownedBy(pods, ours));
    }

    private static Set<String> uids(Collection<JsonNode> objects) {
        var uids = new LinkedHashSet<String>();
        objects.forEach(o -> uids.add(Trees.uid(o)));
        return uids;
    }

    private List<JsonNode> ownedBy(List<Errand<List<JsonNode>>> lists, Set<String> owners) {
        var found = new TreeMap<String, JsonNode>();
        lists.forEach(l -> errands.await(l).orElse(List.of()).stream()
                .filter(o -> owners.stream().anyMatch(uid -> Trees.ownedBy(o, uid)))
                .forEach(o -> found.put(Trees.name(o), o)));
        return List.copyOf(found.values());
    }

    // ---- secrets

    /// The values of those Secrets that the workloads' pods read.
    private Redaction secrets(Collection<JsonNode> workloads) {
        var names = new TreeSet<String>();
        for (var workload : workloads) {
            names.addAll(template(workload).secrets());
        }
        var known = new ArrayList<String>();
        try {
            for (var name : names) {
                known.addAll(values(name));
            }
        } catch (Unreachable e) {
            draft.note("values of Secrets could not be read (%s): only what looks like a secret was taken out"
                    .formatted(e.getMessage()));
        }
        return new Redaction(known);
    }

    private List<String> values(String secret) {
        try {
            return api.find(Kind.SECRET, namespace, secret).stream()
                    .flatMap(o -> Trees.texts(o.path("data")).values().stream())
                    .flatMap(v -> decoded(v).stream())
                    .toList();
        } catch (Forbidden _) {
            draft.note("values of Secret %s may not be read: of them, only what looks like a secret was taken out"
                    .formatted(secret));
            return List.of();
        }
    }

    private static Optional<String> decoded(String base64) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64), UTF_8));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private Template template(JsonNode workload) {
        var kind = service.kind(Trees.name(workload));
        return Template.of(workload.at(kind.template()), Template.Place.of(workload, service.maintenanceEnv()));
    }

    private Redaction redaction() throws IOException {
        try {
            return redaction.get();
        } catch (ExecutionException e) {
            throw new IOException("it is not known what is secret", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    // ---- logs

    private List<Errand<?>> logs(List<JsonNode> pods) {
        // Those in trouble first: they are why somebody is looking.
        var inOrder = pods.stream().sorted(Comparator.comparing(Pods::ready)).toList();
        var sent = new ArrayList<Errand<?>>();
        for (var pod : inOrder.subList(0, Math.min(PODS_MAX, inOrder.size()))) {
            statuses(pod).filter(Capture::began).forEach(container -> sent.addAll(logs(pod, container)));
        }
        if (inOrder.size() > PODS_MAX) {
            errands.miss("logs of " + Words.count(inOrder.size() - PODS_MAX, "more pod"), "too many");
        }
        return sent;
    }

    private List<Errand<?>> logs(JsonNode pod, JsonNode container) {
        var name = "%s/%s"
                .formatted(safe(Trees.name(pod)), safe(container.path("name").asText()));
        var sent = new ArrayList<Errand<?>>();
        if (container.path("restartCount").asInt(0) > 0 || ended(container)) {
            sent.add(log(pod, container, "previous log of " + name, name + ".previous", true));
        }
        sent.add(log(pod, container, "log of " + name, name, false));
        return sent;
    }

    private static boolean ended(JsonNode container) {
        return container.path("lastState").has("terminated");
    }

    private static boolean began(JsonNode container) {
        return ended(container) || !container.path("state").has("waiting");
    }

    private Errand<?> log(JsonNode pod, JsonNode container, String what, String file, boolean previous) {
        var query = new TreeMap<>(Map.of(
                "container",
                container.path("name").asText(),
                "limitBytes",
                Integer.toString(LOG_BYTES_MAX),
                "timestamps",
                "true"));
        if (previous) {
            query.put("previous", "true");
        }
        return errands.send(logs, what, () -> log(Trees.name(pod), what, file, query));
    }

    private boolean log(String pod, String what, String file, Map<String, String> query) throws IOException {
        switch (api.log(namespace, pod, query)) {
            case LogText.Text(var text, var bytes) -> {
                var name = "logs/" + file + ".log";
                if (bytes < LOG_BYTES_MAX) {
                    draft.keep(name, redaction().clean(text));
                } else {
                    capped(pod, what, file, query, text);
                }
            }
            case LogText.None(var refusal) when refusal.notFound() -> throw new Gone("the pod is gone");
            // It has printed nothing, and the answer says why.
            case LogText.None(var refusal)
            when refusal.code() == 400 ->
                draft.note("%s: %s".formatted(what, redaction().clean(refusal.toString())));
            case LogText.None(var refusal) -> throw new Forbidden(refusal.toString());
        }
        return true;
    }

    /// The API server gives the first bytes of what was asked for, so the last lines have to be asked for.
    private void capped(String pod, String what, String file, Map<String, String> query, String first)
            throws IOException {
        draft.keep("logs/" + file + ".first.log", redaction().clean(first));
        draft.note("%s is larger than %d MiB: these are its first bytes and its last %d lines"
                .formatted(what, LOG_BYTES_MAX >> 20, END_LINES));
        var end = new TreeMap<>(query);
        end.put("tailLines", Integer.toString(END_LINES));
        if (api.log(namespace, pod, end) instanceof LogText.Text(var last, var _)) {
            draft.keep("logs/" + file + ".last.log", redaction().clean(last));
        }
    }

    /// Names come from the API; a file's name never does unseen.
    private static String safe(String name) {
        return name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?") && !name.contains("..")
                ? name
                : lastgood.core.Digest.of(name).brief();
    }

    static Stream<JsonNode> statuses(JsonNode pod) {
        return Stream.concat(
                Trees.items(pod.path("status").path("initContainerStatuses")),
                Trees.items(pod.path("status").path("containerStatuses")));
    }

    private static String images(List<JsonNode> pods) {
        var lines = new StringBuilder("pod\tcontainer\timage\timageID\trestarts\n");
        for (var pod : pods) {
            statuses(pod)
                    .forEach(c -> lines.append("%s\t%s\t%s\t%s\t%d\n"
                            .formatted(
                                    Trees.name(pod),
                                    c.path("name").asText(),
                                    c.path("image").asText(),
                                    c.path("imageID").asText(),
                                    c.path("restartCount").asInt(0))));
        }
        return lines.toString();
    }

    // ---- events and objects

    private Errand<?> keep(String file, String what, Callable<String> text) {
        return errands.send(rest, what, () -> {
            draft.keep(file, text.call());
            return true;
        });
    }

    private Errand<?> keepObjects(String what, Callable<List<JsonNode>> objects) {
        return keep("objects/%s.json".formatted(what), what, () -> clean(objects.call()));
    }

    private String clean(List<JsonNode> objects) throws IOException {
        var trees = new CleanTrees(redaction());
        var all = Api.JSON.createArrayNode();
        objects.forEach(o -> all.add(trees.clean(o)));
        return pretty(all);
    }

    private static String pretty(Object tree) throws JsonProcessingException {
        return Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n";
    }

    /// Those about the objects that are there, and about pods of theirs that are gone.
    private String events(Map<String, JsonNode> workloads, Owned owned) throws IOException {
        var uids = uids(workloads.values());
        uids.addAll(uids(owned.replicaSets()));
        uids.addAll(uids(owned.jobs()));
        uids.addAll(uids(owned.pods()));
        return clean(api.list(Kind.EVENT, namespace, "").stream()
                .filter(e -> about(e.path("involvedObject"), uids, workloads.keySet()))
                .toList());
    }

    private static boolean about(JsonNode object, Set<String> uids, Set<String> names) {
        var name = object.path("name").asText();
        return uids.contains(object.path("uid").asText())
                || names.stream().anyMatch(n -> name.equals(n) || name.startsWith(n + "-"));
    }

    private List<Errand<?>> objects(Map<String, JsonNode> workloads, Owned owned) {
        var sent = new ArrayList<Errand<?>>();
        for (var kind : WORKLOADS) {
            var all = workloads.values().stream()
                    .filter(w -> w.path("kind").asText().equals(kind.kind()))
                    .toList();
            if (!all.isEmpty()) {
                sent.add(keepObjects(kind.plural(), () -> all));
            }
        }
        sent.add(keepObjects("pods", owned::pods));
        sent.add(keepObjects("replicasets", owned::replicaSets));
        if (!owned.jobs().isEmpty()) {
            sent.add(keepObjects("jobs", owned::jobs));
        }
        sent.add(keepObjects("controllerrevisions", () -> revisions(workloads.values())));
        sent.add(keepObjects("services", () -> services(workloads.values())));
        sent.add(keepObjects("endpointslices", () -> slices(workloads.values())));
        sent.add(keepObjects("horizontalpodautoscalers", () -> autoscalers(workloads.keySet())));
        sent.add(keep("configmaps.json", "ConfigMaps", () -> configMaps(workloads.values())));
        sent.add(keep("versions.json", "versions", () -> versions(workloads)));
        return sent;
    }

    private List<JsonNode> revisions(Collection<JsonNode> workloads) {
        var owners = uids(workloads);
        return api.list(Kind.CONTROLLER_REVISION, namespace, "").stream()
                .filter(r -> owners.stream().anyMatch(uid -> Trees.ownedBy(r, uid)))
                .toList();
    }

    private List<JsonNode> services(Collection<JsonNode> workloads) {
        return api.list(Kind.SERVICE, namespace, "").stream()
                .filter(s -> named(Trees.name(s)) || workloads.stream().anyMatch(w -> selects(s, w)))
                .toList();
    }

    private boolean named(String name) {
        return switch (service.traffic()) {
            case TrafficBy.Fixed(), TrafficBy.Replicas() -> false;
            case TrafficBy.Selector(var serviceName, var _) -> name.equals(serviceName);
            case TrafficBy.HttpRoute(var _, var stable, var canary) -> name.equals(stable) || name.equals(canary);
            case TrafficBy.VirtualService(var _, var stable, var canary) -> name.equals(stable) || name.equals(canary);
        };
    }

    private boolean selects(JsonNode door, JsonNode workload) {
        var selector = Trees.texts(door.path("spec").path("selector"));
        var labels = workload.at(service.kind(Trees.name(workload)).template())
                .path("metadata")
                .path("labels");
        return !selector.isEmpty() && Trees.texts(labels).entrySet().containsAll(selector.entrySet());
    }

    private List<JsonNode> slices(Collection<JsonNode> workloads) {
        if (api.served(Kind.ENDPOINT_SLICE).isEmpty()) {
            return List.of();
        }
        var names = services(workloads).stream().map(Trees::name).toList();
        return api.list(Kind.ENDPOINT_SLICE, namespace, "").stream()
                .filter(s -> names.contains(Trees.label(s, "kubernetes.io/service-name")))
                .toList();
    }

    private List<JsonNode> autoscalers(Set<String> workloads) {
        if (api.served(Kind.AUTOSCALER).isEmpty()) {
            return List.of();
        }
        return api.list(Kind.AUTOSCALER, namespace, "").stream()
                .filter(a -> workloads.contains(
                        a.path("spec").path("scaleTargetRef").path("name").asText()))
                .toList();
    }

    /// What they hold, and its digest: with the secrets taken out, only the digest still tells two contents apart.
    private String configMaps(Collection<JsonNode> workloads) throws IOException {
        var names = new TreeSet<>(service.configMaps());
        workloads.forEach(w -> names.addAll(template(w).configMaps()));
        var trees = new CleanTrees(redaction());
        var all = Api.JSON.createArrayNode();
        for (var name : names) {
            var found = api.find(Kind.CONFIG_MAP, namespace, name);
            if (found.isEmpty()) {
                all.addObject().put("name", name).put("missing", true);
            } else {
                var object = all.addObject()
                        .put("name", name)
                        .put("digest", Snapshot.content(found.get()).text());
                object.set("content", trees.clean(withoutBytes(found.get())));
            }
        }
        return pretty(all);
    }

    /// Nobody can take secrets out of bytes.
    private static JsonNode withoutBytes(JsonNode configMap) {
        var copy = (ObjectNode) configMap.deepCopy();
        if (copy.path("binaryData") instanceof ObjectNode binary) {
            Trees.texts(binary)
                    .forEach((key, value) -> binary.put(key, "%d characters of Base64".formatted(value.length())));
        }
        return copy;
    }

    private String versions(Map<String, JsonNode> workloads) throws IOException {
        var all = Api.JSON.createObjectNode();
        api.get("/version").ifPresent(v -> all.set("server", v));
        var running = all.putObject("workloads");
        workloads.forEach((name, object) -> {
            var revision = Naming.revision(service, name, template(object));
            running.putObject(name)
                    .put("version", revision.version().text())
                    .put("digest", revision.digest().text());
        });
        return pretty(all);
    }
}
