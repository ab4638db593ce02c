package lastgood.kubernetes.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.PodTrouble;

/// How far a command's Job is. Pure: a table of Jobs and pods tests it.
///
/// "It ended" is only said where Kubernetes says how. A Job makes another pod where one is lost, and whether the first
/// had
/// done its work is then anybody's guess; so everything that is not clear is [Lost].
sealed interface Situation {

    /// The pod that it runs in, as soon as it has begun.
    String POD = "lastgood.dev/pod";

    /// Said by us of a Job that we stopped and that is known never to have begun.
    String NEVER_BEGAN = "lastgood.dev/never-began";

    /// Not begun yet.
    ///
    /// @param trouble why not; empty = it is on its way
    record Starting(String trouble) implements Situation {}

    /// @param uid of the pod
    /// @param noted whether the Job says so itself
    record Running(String uid, boolean noted) implements Situation {}

    /// Over its time, and not all of it is gone yet.
    record Ending() implements Situation {}

    /// @param pod empty = gone, and its log with it
    /// @param how in Kubernetes' words; empty = nothing to say
    record Ended(int code, Optional<JsonNode> pod, String how) implements Situation {}

    record TimedOut(Optional<JsonNode> pod) implements Situation {}

    record NeverBegan(String why) implements Situation {}

    /// Nobody can tell whether the command did its work.
    record Lost(String why) implements Situation {}

    /// @param uid of the Job as it was made or first seen
    /// @param pods all that it owns
    static Situation of(Optional<JsonNode> found, String uid, List<JsonNode> pods) {
        if (found.isEmpty() || Trees.terminating(found.get())) {
            return new Lost("its Job was deleted meanwhile");
        }
        var job = found.get();
        if (!Trees.uid(job).equals(uid)) {
            return new Lost("its Job was deleted meanwhile, and another one has its name");
        }
        var neverBegan = Trees.annotation(job, NEVER_BEGAN);
        if (!neverBegan.isEmpty()) {
            return new NeverBegan(neverBegan);
        }
        var container = job.at("/spec/template/spec/containers/0/name").asText();
        var begun = pods.stream().filter(p -> begun(p, container)).toList();
        if (begun.size() > 1) {
            return new Lost("it was begun %d times: a pod was lost, and the Job made another".formatted(begun.size()));
        }
        var noted = Trees.annotation(job, POD);
        if (begun.size() == 1
                && !noted.isEmpty()
                && !Trees.uid(begun.getFirst()).equals(noted)) {
            return new Lost("the pod that it ran in is gone, and the Job made another");
        }
        var pod = begun.stream().findFirst();
        var end = pod.flatMap(p -> terminated(p, container));
        if (end.isPresent()) {
            var exit = end.get();
            return new Ended(exit.path("exitCode").asInt(), pod, how(pod.get(), exit));
        }
        return ofJob(job, pod, pods, noted);
    }

    private static Situation ofJob(JsonNode job, Optional<JsonNode> pod, List<JsonNode> pods, String noted) {
        if (Trees.is(job, "Complete")) {
            return new Ended(0, pod, "");
        }
        if (Trees.is(job, "Failed")) {
            var failed = Trees.condition(job, "Failed");
            if (failed.path("reason").asText().equals("DeadlineExceeded")) {
                return pods.isEmpty() ? new TimedOut(pod) : new Ending();
            }
            return new Lost("its Job failed (%s: %s), and no pod says how the command ended%s"
                    .formatted(
                            failed.path("reason").asText("?"),
                            failed.path("message").asText(""),
                            words(pods)));
        }
        if (job.at("/spec/parallelism").asInt(1) == 0) {
            return new Lost("its Job was stopped, and nobody can tell whether the command had begun");
        }
        if (pod.isEmpty()) {
            return noted.isEmpty() ? starting(pods) : new Lost("the pod that it ran in is gone");
        }
        if (over(pod.get())) {
            return new Lost("its pod ended without saying how%s".formatted(words(pods)));
        }
        return new Running(Trees.uid(pod.get()), !noted.isEmpty());
    }

    private static Situation starting(List<JsonNode> pods) {
        var ended = pods.stream().filter(Situation::over).findFirst();
        if (ended.isPresent()) {
            return new Lost("its pod ended without saying how%s".formatted(words(pods)));
        }
        return new Starting(
                pods.isEmpty()
                        ? "no pod was made for it: is a ResourceQuota or an admission policy against it?"
                        : String.join("; ", PodTrouble.of(pods)));
    }

    private static String words(List<JsonNode> pods) {
        var trouble = PodTrouble.of(pods);
        return trouble.isEmpty() ? "" : ": " + String.join("; ", trouble);
    }

    private static boolean over(JsonNode pod) {
        var phase = pod.path("status").path("phase").asText();
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static Optional<JsonNode> status(JsonNode pod, String container) {
        return Trees.items(pod.path("status").path("containerStatuses"))
                .filter(c -> c.path("name").asText().equals(container))
                .findFirst();
    }

    static boolean begun(JsonNode pod, String container) {
        return status(pod, container)
                .filter(c -> c.path("state").has("running")
                        || c.path("state").has("terminated")
                        || c.path("lastState").has("terminated")
                        || !c.path("containerID").asText("").isEmpty())
                .isPresent();
    }

    private static Optional<JsonNode> terminated(JsonNode pod, String container) {
        return status(pod, container)
                .map(c -> c.path("state").path("terminated"))
                .filter(t -> t.path("exitCode").isNumber());
    }

    /// `OOMKilled`, `Evicted: The node was low on resource: memory`; nothing for an ordinary end.
    private static String how(JsonNode pod, JsonNode end) {
        var reason = end.path("reason").asText("");
        if (pod.path("status").path("phase").asText().equals("Failed")
                && pod.path("status").hasNonNull("reason")) {
            return "%s: %s"
                    .formatted(
                            pod.path("status").path("reason").asText(),
                            pod.path("status").path("message").asText(""));
        }
        return reason.equals("Completed") || reason.equals("Error") ? "" : reason;
    }
}
