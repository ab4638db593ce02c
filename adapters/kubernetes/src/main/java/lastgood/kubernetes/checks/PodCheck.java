package lastgood.kubernetes.checks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.core.Release;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.PodTrouble;

/// Every container of every pod of every workload that the release names runs what the release says, and none was
/// started again since. `containers[0]` of the main workload, which the runbook looks at, is none of the things that
/// go wrong: a sidecar, an init container, a worker.
///
/// Pods on their way out do not fail it, since their workload is complete only when none of them gets requests any
/// more; but they are named.
final class PodCheck {

    private static final String THRESHOLD = "all ready, none restarted";
    private static final int NAMED_MAX = 3;

    CheckResult ask(Running.Seen seen, Release release, Instant since) {
        var source = source(seen);
        var wrong = Stream.of(
                        absent(seen, release),
                        incomplete(seen),
                        seen.all().stream().flatMap(o -> images(o).stream()),
                        seen.all().stream().flatMap(o -> restarts(o, since).stream()),
                        seen.all().stream()
                                .flatMap(o -> PodTrouble.of(o.pods()).stream()
                                        .map(t -> o.state().workload().name() + ": " + t)))
                .flatMap(s -> s)
                .findFirst();
        if (wrong.isPresent()) {
            return CheckResult.fail(Check.PODS, wrong.get(), THRESHOLD, source);
        }
        var ready = seen.all().stream().mapToInt(o -> o.state().ready()).sum();
        var wanted = seen.all().stream().mapToInt(o -> o.state().wanted()).sum();
        return CheckResult.pass(
                Check.PODS, "%d of %d ready, 0 restarts%s".formatted(ready, wanted, leaving(seen)), THRESHOLD, source);
    }

    private static String source(Running.Seen seen) {
        return "pods of "
                + String.join(
                        ", ",
                        seen.all().stream()
                                .map(o -> o.state().workload().name())
                                .toList());
    }

    private static Stream<String> absent(Running.Seen seen, Release release) {
        var said = new ArrayList<String>();
        if (seen.main().isEmpty()) {
            said.add("nothing that users get runs %s%s"
                    .formatted(
                            release,
                            seen.elsewhere().isEmpty()
                                    ? ""
                                    : ": " + seen.elsewhere().getFirst()));
        }
        seen.missing().forEach(name -> said.add("there is no " + name));
        seen.elsewhere().stream().filter(e -> e.contains(", not ")).forEach(said::add);
        return said.stream();
    }

    private static Stream<String> incomplete(Running.Seen seen) {
        var nobody = seen.main().stream()
                .filter(o -> o.state().wanted() == 0)
                .map(o -> o.state().workload().name() + " is scaled to 0");
        var unfinished = seen.all().stream()
                .filter(o -> !o.state().complete())
                .map(o -> o.state().workload().name() + ": " + progress(o));
        return Stream.concat(nobody, unfinished);
    }

    private static String progress(Running.One one) {
        var trouble = one.state().trouble();
        var why = trouble.isEmpty() ? PodTrouble.of(one.pods()) : trouble;
        return why.isEmpty() ? one.state().progress() : one.state().progress() + ": " + why.getFirst();
    }

    // ---- what runs

    /// Containers that the template does not know were injected, and are not part of the release.
    private static List<String> images(Running.One one) {
        var wrong = new ArrayList<String>();
        for (var wanted : Template.containers(one.template())) {
            var name = wanted.path("name").asText();
            var image = wanted.path("image").asText();
            for (var pod : one.staying()) {
                Template.containers(pod).stream()
                        .filter(c -> c.path("name").asText().equals(name))
                        .map(c -> c.path("image").asText())
                        .filter(seen -> !Images.same(seen, image))
                        .forEach(seen ->
                                wrong.add("%s/%s runs %s, not %s".formatted(Trees.name(pod), name, seen, image)));
            }
        }
        return wrong;
    }

    // ---- restarts

    private static List<String> restarts(Running.One one, Instant since) {
        // Kubernetes' times are whole seconds; better a restart of the same second too many than one missed.
        var from = since.truncatedTo(ChronoUnit.SECONDS);
        return one.staying().stream()
                .flatMap(pod -> statuses(pod)
                        .flatMap(c -> restarted(c, from).stream()
                                .map(at -> "%s/%s was started again at %s%s"
                                        .formatted(
                                                Trees.name(pod), c.path("name").asText(), at, end(c)))))
                .toList();
    }

    static Stream<JsonNode> statuses(JsonNode pod) {
        return Stream.concat(
                Trees.items(pod.path("status").path("initContainerStatuses")),
                Trees.items(pod.path("status").path("containerStatuses")));
    }

    private static Optional<Instant> restarted(JsonNode container, Instant since) {
        if (container.path("restartCount").asInt(0) == 0) {
            return Optional.empty();
        }
        return Stream.of("/lastState/terminated/finishedAt", "/state/running/startedAt")
                .flatMap(at -> time(container.at(at)).stream())
                .filter(at -> !at.isBefore(since))
                .max(Instant::compareTo);
    }

    private static Optional<Instant> time(JsonNode text) {
        try {
            return text.isTextual() ? Optional.of(Instant.parse(text.asText())) : Optional.empty();
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static String end(JsonNode container) {
        var last = container.path("lastState").path("terminated");
        return last.isObject()
                ? " (%s, exit code %d)"
                        .formatted(
                                last.path("reason").asText("ended"),
                                last.path("exitCode").asInt())
                : "";
    }

    private static String leaving(Running.Seen seen) {
        var names = seen.all().stream()
                .flatMap(o -> o.pods().stream())
                .filter(Trees::terminating)
                .map(Trees::name)
                .toList();
        return names.isEmpty()
                ? ""
                : "; still ending: %s%s"
                        .formatted(
                                String.join(", ", names.subList(0, Math.min(NAMED_MAX, names.size()))),
                                names.size() > NAMED_MAX ? " and %d more".formatted(names.size() - NAMED_MAX) : "");
    }
}
