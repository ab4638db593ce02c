package lastgood.kubernetes.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Redaction;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Api.LogText;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// Runs a command of the team's as a Job on the image of the release that it belongs to. A pod of that release may
/// crash
/// and cannot be entered then, and the older release's image does not have the newer migration's way back.
///
/// The Job's name is made of the fence's key, and that is all the memory there is: whoever asks again under the same
/// key,
/// in another process or years of crashes later, finds the Job and waits for it. Its pod runs once: no second try, and
/// where Kubernetes makes another pod all the same (a lost node), it is stopped and nobody is told that it is done.
///
/// A Job goes a day after it ended, by Kubernetes itself: nothing here deletes one.
public final class KubeCommands implements TeamCommands {

    /// As `timeout(1)` ends what took too long.
    public static final int TIMED_OUT = 124;

    static final String KEY = "lastgood.dev/key";
    private static final String RUN = "lastgood.dev/run";
    private static final String STEP = "lastgood.dev/step";
    private static final String EPOCH = "lastgood.dev/epoch";
    private static final String COMMAND = "lastgood.dev/command";

    private static final Duration LOOK = Duration.ofMillis(500);

    /// As long as a rollout without progress is given.
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    /// Beyond the limit: until the controller has noticed (it looks every few seconds), and the pod's grace is over.
    private static final Duration ENDING_MAX = Duration.ofMinutes(2);

    /// An API server that is restarted is back in a minute; a command that runs meanwhile is not lost.
    private static final Duration SILENCE_MAX = Duration.ofMinutes(1);

    private static final Duration KEPT = Duration.ofDays(1);

    /// Of a command that never began: after so many a person has to look.
    private static final int ATTEMPTS_MAX = 9;

    private static final int LINES = 40;
    private static final int LINE_MAX = 500;
    private static final int LOG_BYTES_MAX = 256 << 10;

    /// What we may wait; tests wait less.
    ///
    /// @param start until a pod that cannot start is given up
    public record Patience(Duration look, Duration start, Duration ending, Duration silence) {
        public static Patience usual() {
            return new Patience(LOOK, START_PATIENCE, ENDING_MAX, SILENCE_MAX);
        }
    }

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Programs programs;
    private final Time time;
    private final Patience patience;

    public KubeCommands(
            Api api, Map<ServiceRef, KubeService> services, Programs programs, Time time, Patience patience) {
        this.api = api;
        this.services = Map.copyOf(services);
        this.programs = programs;
        this.time = time;
        this.patience = patience;
    }

    @Override
    public Ended run(
            ServiceRef ref, String image, List<String> words, Map<String, String> extra, Duration limit, Fence fence) {
        var service = services.get(ref);
        if (service == null) {
            throw new Forbidden("the configuration does not know %s\nnothing was changed".formatted(ref));
        }
        var command = new Command(ref, image, words, new TreeMap<>(extra), limit, fence);
        for (var attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            var name = command.name(attempt);
            var job = api.find(Kind.JOB, service.namespace(), name);
            if (job.isEmpty()) {
                return new Waiting(service.namespace(), begin(service, command, name), command).toItsEnd();
            }
            requireOurs(job.get(), command);
            if (Trees.annotation(job.get(), Situation.NEVER_BEGAN).isEmpty()) {
                return new Waiting(service.namespace(), job.get(), command).toItsEnd();
            }
        }
        throw new Forbidden("%s was tried %d times and never began; its Jobs are %s…\nnothing was changed by this try"
                .formatted(command.title(), ATTEMPTS_MAX, command.name(1)));
    }

    private static void requireOurs(JsonNode job, Command command) {
        if (!Trees.annotation(job, KEY).equals(command.fence().key())) {
            throw new Forbidden("there is a Job %s that is not ours\nnothing was changed".formatted(Trees.name(job)));
        }
        if (!Trees.annotation(job, COMMAND).equals(command.digest())) {
            throw new Forbidden(
                    "the Job %s of the same step runs another command than %s\nnothing was changed; what that one did is in its log"
                            .formatted(Trees.name(job), command.title()));
        }
    }

    // ---- beginning

    private JsonNode begin(KubeService service, Command command, String name) {
        var program = programs.find(service, command.image());
        var job = api.object(Kind.JOB, service.namespace(), name);
        var metadata = job.withObject("/metadata");
        metadata.putObject("labels").put("app.kubernetes.io/managed-by", Api.MANAGER);
        metadata.putObject("annotations")
                .put(KEY, command.fence().key())
                .put(RUN, command.fence().run().text())
                .put(STEP, command.fence().step())
                .put(EPOCH, Integer.toString(command.fence().epoch()))
                .put(COMMAND, command.digest());
        var spec = job.putObject("spec")
                .put("backoffLimit", 0)
                .put("completions", 1)
                .put("parallelism", 1)
                .put("activeDeadlineSeconds", Math.max(1, command.limit().toSeconds()))
                .put("ttlSecondsAfterFinished", KEPT.toSeconds());
        spec.set(
                "template",
                CommandPod.template(program.template(), program.container(), program.image(), command, name));
        return switch (api.create(Kind.JOB, service.namespace(), job)) {
            case Answer.Ok(var made) -> made;
            case Answer.Refused(var refusal, var _)
            when refusal.conflict() -> {
                // Another one of us was faster, or our own answer was lost.
                var there = api.find(Kind.JOB, service.namespace(), name)
                        .orElseThrow(() -> lost(command, "its Job was deleted meanwhile"));
                requireOurs(there, command);
                yield there;
            }
            case Answer.Refused refused -> throw refused.failure();
        };
    }

    private static Unreachable lost(Command command, String why) {
        return new Unreachable("nobody can tell whether %s did its work: %s".formatted(command.title(), why));
    }

    // ---- waiting

    /// One wait for one Job.
    private final class Waiting {

        private final String namespace;
        private final String name;
        private final String uid;
        private final JsonNode container;
        private final Command command;
        private final Instant until;
        private Optional<Instant> troubleSince = Optional.empty();
        private Optional<Instant> silentSince = Optional.empty();

        Waiting(String namespace, JsonNode job, Command command) {
            this.namespace = namespace;
            this.name = Trees.name(job);
            this.uid = Trees.uid(job);
            this.container = job.at("/spec/template/spec/containers/0");
            this.command = command;
            this.until = time.now().plus(command.limit()).plus(patience.ending());
        }

        Ended toItsEnd() {
            while (!time.now().isAfter(until)) {
                var ended = once();
                if (ended.isPresent()) {
                    return ended.get();
                }
                pause();
            }
            throw lost(
                    command,
                    "its Job %s is not over after %s"
                            .formatted(name, Words.duration(command.limit().plus(patience.ending()))));
        }

        private Optional<Ended> once() {
            Optional<JsonNode> job;
            List<JsonNode> pods;
            try {
                job = api.find(Kind.JOB, namespace, name);
                pods = pods();
                silentSince = Optional.empty();
            } catch (Unreachable e) {
                if (patience.silence().compareTo(since(silentSince)) < 0) {
                    throw e;
                }
                silentSince = Optional.of(silentSince.orElse(time.now()));
                return Optional.empty();
            }
            return switch (Situation.of(job, uid, pods)) {
                case Situation.Starting(var trouble) -> starting(job.orElseThrow(), trouble);
                case Situation.Running(var pod, var noted) -> {
                    troubleSince = Optional.empty();
                    if (!noted) {
                        note(job.orElseThrow(), pod);
                    }
                    yield Optional.empty();
                }
                case Situation.Ending() -> Optional.empty();
                case Situation.Ended(var code, var pod, var how) -> Optional.of(new Ended(code, lines(pod, how)));
                case Situation.TimedOut(var pod) ->
                    Optional.of(new Ended(
                            TIMED_OUT, lines(pod, "ended by its limit of " + Words.duration(command.limit()))));
                case Situation.NeverBegan(var why) -> throw neverBegan(why);
                case Situation.Lost(var why) -> {
                    job.filter(j -> Trees.uid(j).equals(uid)).ifPresent(this::stopAnother);
                    throw lost(command, why);
                }
            };
        }

        private List<JsonNode> pods() {
            return api.list(Kind.POD, namespace, CommandPod.LABEL + "=" + name).stream()
                    .filter(p -> Trees.ownedBy(p, uid))
                    .toList();
        }

        private Duration since(Optional<Instant> then) {
            return then.map(t -> Duration.between(t, time.now())).orElse(Duration.ZERO);
        }

        private void pause() {
            try {
                time.pause(patience.look());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unreachable("interrupted while waiting for the Job %s".formatted(name), e);
            }
        }

        /// Written into the Job at once: if that pod goes, the next owner of the run knows that there was one.
        private void note(JsonNode job, String pod) {
            // Refused: the controller was faster, and the next look tries again.
            var _ = api.patch(Kind.JOB, namespace, name, JsonPatch.of(job).annotate(job, Situation.POD, pod));
        }

        private Optional<Ended> starting(JsonNode job, String trouble) {
            if (trouble.isEmpty()) {
                troubleSince = Optional.empty();
                return Optional.empty();
            }
            troubleSince = Optional.of(troubleSince.orElse(time.now()));
            if (since(troubleSince).compareTo(patience.start()) < 0) {
                return Optional.empty();
            }
            return giveUp(job, trouble);
        }

        /// An image that comes an hour later must not begin to undo a migration then. So the Job is told to have no pod
        /// any more, and only when its pod is gone without having begun is that said.
        private Optional<Ended> giveUp(JsonNode job, String trouble) {
            JsonNode stopped;
            switch (api.patch(Kind.JOB, namespace, name, JsonPatch.of(job).set("/spec/parallelism", 0))) {
                case Answer.Ok(var object) -> stopped = object;
                case Answer.Refused(var refusal, var _)
                when refusal.conflict() || refusal.invalid() -> {
                    return Optional.empty(); // the controller wrote to it meanwhile: look again
                }
                case Answer.Refused refused ->
                    throw new Unreachable("%s does not begin (%s), and its Job %s could not be stopped: %s"
                            .formatted(
                                    command.title(),
                                    trouble,
                                    name,
                                    refused.failure().getMessage()));
            }
            var end = time.now().plus(patience.ending());
            var begun = false;
            var left = pods();
            while (!left.isEmpty() && !begun && !time.now().isAfter(end)) {
                pause();
                left = pods();
                begun = left.stream()
                        .anyMatch(p -> Situation.begun(p, container.path("name").asText()));
            }
            if (begun || !left.isEmpty()) {
                throw lost(command, "it was stopped because of %s, and had just begun".formatted(trouble));
            }
            sayNeverBegan(stopped, trouble);
            throw neverBegan(trouble);
        }

        private void sayNeverBegan(JsonNode stopped, String trouble) {
            var job = api.find(Kind.JOB, namespace, name)
                    .filter(j -> Trees.uid(j).equals(Trees.uid(stopped)))
                    .orElseThrow(() -> lost(command, "its Job was deleted meanwhile"));
            var _ = api.patch(
                            Kind.JOB, namespace, name, JsonPatch.of(job).annotate(job, Situation.NEVER_BEGAN, trouble))
                    .orThrow();
        }

        private Forbidden neverBegan(String why) {
            return new Forbidden("%s did not begin: %s\nnothing was run; its Job %s was stopped"
                    .formatted(command.title(), why, name));
        }

        /// The Job makes another pod for one that is lost. That one would run the command a second time.
        private void stopAnother(JsonNode job) {
            if (job.at("/spec/parallelism").asInt(1) > 0 && !Trees.is(job, "Complete") && !Trees.is(job, "Failed")) {
                var _ = api.patch(Kind.JOB, namespace, name, JsonPatch.of(job).set("/spec/parallelism", 0));
            }
        }

        // ---- what it wrote

        private List<String> lines(Optional<JsonNode> pod, String how) {
            var lines = new ArrayList<>(pod.map(this::log).orElse(List.of("(its pod is gone, and its log with it)")));
            if (!how.isEmpty()) {
                lines.add("(%s)".formatted(how));
            }
            return lines;
        }

        private List<String> log(JsonNode pod) {
            try {
                var query = Map.of(
                        "container", container.path("name").asText(),
                        "tailLines", Integer.toString(LINES),
                        "limitBytes", Integer.toString(LOG_BYTES_MAX));
                return switch (api.log(namespace, Trees.name(pod), query)) {
                    case LogText.Text(var text, var _) -> clean(text);
                    case LogText.None(var refusal) -> List.of("(its log could not be read: %s)".formatted(refusal));
                };
            } catch (Unreachable e) {
                // How it ended is known, and worth more than what it wrote.
                return List.of("(its log could not be read: %s)".formatted(e.getMessage()));
            }
        }

        private List<String> clean(String text) {
            var all = new Redaction(secrets()).clean(text).lines().toList();
            return all.stream()
                    .skip(Math.max(0, all.size() - LINES))
                    .map(l -> l.length() > LINE_MAX ? l.substring(0, LINE_MAX) + "…" : l)
                    .toList();
        }

        /// Those that stand in the template itself; others are found by how they look.
        private List<String> secrets() {
            return Trees.items(container.path("env"))
                    .filter(e -> Redaction.namesASecret(e.path("name").asText()))
                    .map(e -> e.path("value").asText(""))
                    .filter(v -> !v.isEmpty())
                    .toList();
        }
    }
}
